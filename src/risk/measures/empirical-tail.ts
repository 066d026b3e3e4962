// The tail of a list of outcomes, each equally likely. The quantile is an outcome itself, never an interpolation: the smallest outcome x at
// which at least 1 - level of all lie at or below it (type 1 of Hyndman & Fan 1996, of returns), which is the larger loss where two could be meant.
import { type TailRisk, knownOrThrow, levelOrThrow } from "./tail-risk.js";

/** How many outcomes make up the tail, and which of them, counted from the worst, is the quantile. */
export interface TailSize {
  /** n (1 - level), not rounded. */
  readonly size: number;
  /** From 0. */
  readonly place: number;
}

export function tailSize(outcomes: number, level: number): TailSize {
  const exact = outcomes * (1 - level);
  // 100 (1 - 0.95) is 5.000000000000004: the sixth outcome would be taken for the fifth.
  const whole = Math.round(exact);
  const size = Math.abs(exact - whole) < 1e-9 * outcomes && whole > 0 ? whole : exact;
  return { size, place: Math.max(0, Math.ceil(size) - 1) };
}

/**
 * `outcomes`: returns, fractions, in any order. The shortfall is the exact mean of the worst n (1 - level) outcomes, with a part of the last one
 * where that is not a whole number (Rockafellar & Uryasev 2002, proposition 8). Throws `bad-usage` for none and for one that is not finite.
 */
export function empiricalTail(outcomes: Float64Array, level: number): TailRisk {
  knownOrThrow(outcomes, 1, "outcomes");
  levelOrThrow(level);
  const sorted = Float64Array.from(outcomes).sort();
  const { size, place } = tailSize(sorted.length, level);
  const quantile = sorted[place] as number;
  // Differences to the quantile, so that a tail of equal outcomes has a shortfall of exactly that.
  let beyond = 0;
  for (let i = 0; i < place; i++) beyond += quantile - (sorted[i] as number);
  return { valueAtRisk: -quantile, expectedShortfall: -quantile + beyond / size };
}
