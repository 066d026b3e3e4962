// Are there as many violations as the level promises? The proportion-of-failures test (Kupiec 1995).
import { chiSquareUpperTail } from "#base/chi-square.js";
import { TruewindError } from "#base/errors.js";
import { levelOrThrow } from "../measures/tail-risk.js";
import { logPower } from "./violations.js";

export interface LikelihoodRatio {
  /** From 0 on; chi square where the hypothesis holds and there is much to see. */
  readonly statistic: number;
  /** Two-sided: too few violations count against a measure as too many do. */
  readonly pValue: number;
}

export interface Kupiec extends LikelihoodRatio {
  readonly observations: number;
  readonly violations: number;
  /** (1 - level) times observations. */
  readonly expected: number;
}

/** `violations`: of `violationsOf`, at least one observation. Chi square with 1 degree of freedom. Throws `bad-usage` for none, and a level out of range. */
export function kupiec(violations: Uint8Array, level: number): Kupiec {
  const n = violations.length;
  const p = 1 - levelOrThrow(level);
  if (n === 0) throw new TruewindError("bad-usage", "A backtest needs at least one observation.");
  const x = violations.reduce((sum, one) => sum + one, 0);
  const seen = logPower(x, x / n) + logPower(n - x, 1 - x / n);
  const statistic = Math.max(0, 2 * (seen - logPower(x, p) - logPower(n - x, level)));
  return { observations: n, violations: x, expected: n * p, statistic, pValue: chiSquareUpperTail(statistic, 1) };
}
