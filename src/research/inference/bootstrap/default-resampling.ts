// The resampling that a test makes when it is given chance and not draws.
import type { Rng } from "#base/rng.js";
import { TruewindError } from "#base/errors.js";
import { type Resampling, stationaryResampling } from "./resampling.js";

export interface ResamplingOptions {
  /** Chance for the draws, or the draws themselves. */
  readonly resampling: Rng | Resampling;
  /** Number of draws; not asked where the draws are given. */
  readonly draws?: number;
  /** Mean block length in days; by default Politis and White's choice. Not asked where the draws are given. */
  readonly blockLength?: number;
}

/** Stationary, unless draws are given. `choose`: a block length from the series, asked only where none is given. Throws `bad-usage`. */
export function resamplingOf(options: ResamplingOptions, days: number, draws: number, choose: () => number): Resampling {
  const { resampling } = options;
  if (!("kind" in resampling)) return stationaryResampling(days, options.draws ?? draws, options.blockLength ?? choose(), resampling);
  if (resampling.days !== days)
    throw new TruewindError("bad-usage", `The draws are of ${resampling.days} days and the series have ${days}: give the same.`);
  return resampling;
}
