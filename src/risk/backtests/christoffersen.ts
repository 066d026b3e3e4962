// Do violations come alone? Independence against a first-order Markov chain, and coverage and independence together (Christoffersen
// 1998). Everything is given the first observation, so that the two statistics of the paper add up.
import { chiSquareUpperTail } from "#base/chi-square.js";
import { TruewindError } from "#base/errors.js";
import { levelOrThrow } from "../measures/tail-risk.js";
import type { LikelihoodRatio } from "./kupiec.js";
import { logPower } from "./violations.js";

export interface Christoffersen {
  /** Chi square with 1 degree of freedom; 0 where there is no violation to come alone. */
  readonly independence: LikelihoodRatio;
  /** Chi square with 2 degrees of freedom. */
  readonly conditionalCoverage: LikelihoodRatio;
  /** Share of violations on the day after none, and after one; null where there was no such day. */
  readonly afterNone: number | null;
  readonly afterOne: number | null;
}

/** `violations`: of `violationsOf`, at least two. Throws `bad-usage` for fewer, and a level out of range. */
export function christoffersen(violations: Uint8Array, level: number): Christoffersen {
  const p = 1 - levelOrThrow(level);
  if (violations.length < 2) throw new TruewindError("bad-usage", "A backtest of independence needs at least two observations.");
  const counts = [0, 0, 0, 0];
  for (let t = 1; t < violations.length; t++) {
    const at = 2 * (violations[t - 1] as number) + (violations[t] as number);
    counts[at] = (counts[at] as number) + 1;
  }
  const [n00, n01, n10, n11] = counts as [number, number, number, number];
  const likelihood = (ones: number, zeros: number, share: number): number => logPower(ones, share) + logPower(zeros, 1 - share);
  const own = (ones: number, zeros: number): number => likelihood(ones, zeros, ones / (ones + zeros));
  const chain = own(n01, n00) + own(n11, n10);
  const ratio = (hypothesis: number, degrees: number): LikelihoodRatio => {
    const statistic = Math.max(0, 2 * (chain - hypothesis));
    return { statistic, pValue: chiSquareUpperTail(statistic, degrees) };
  };
  return {
    independence: ratio(own(n01 + n11, n00 + n10), 1),
    conditionalCoverage: ratio(likelihood(n01 + n11, n00 + n10, p), 2),
    afterNone: n00 + n01 === 0 ? null : n01 / (n00 + n01),
    afterOne: n10 + n11 === 0 ? null : n11 / (n10 + n11),
  };
}
