// What the tests of a search share: statistics, how they vary, and adjusted p-values by stepping down from the best strategy.
import { TruewindError } from "#base/errors.js";
import { blockLengths } from "../bootstrap/block-length.js";
import { type ResamplingOptions, resamplingOf } from "../bootstrap/default-resampling.js";
import { runningSums } from "../bootstrap/draw-means.js";
import { circularMeanVariance, stationaryMeanVariance } from "../bootstrap/mean-variance.js";
import type { Resampling } from "../bootstrap/resampling.js";
import type { Excess } from "./excess.js";
import { allMaxima } from "./maxima-threads.js";

/** 10,000 draws by default, and as block length the mean over the strategies of Politis and White's choice. */
export interface SearchOptions extends ResamplingOptions {
  /** Divide every mean by its standard error (the default), so that a wild strategy does not hide a steady one. */
  readonly studentized?: boolean;
  /** Threads that share the draws, 1 by default. Results are the same for any number. */
  readonly threads?: number;
}

/** How a null hypothesis centers the draws, by mean per day and its standard error. */
export type Centering = (mean: number, error: number, days: number) => number;

/** All strategies are as good as the benchmark: the least favorable null (White 2000). */
export const leastFavorable: Centering = (mean) => mean;
/** Those below the benchmark are as bad as they look: a liberal bound (Hansen 2005, g_l). */
export const asBadAsSeen: Centering = (mean) => Math.max(0, mean);
/** Those clearly below the benchmark count as bad, by the law of the iterated logarithm (Hansen 2005, section 2.3, g_c). */
export const clearlyBad: Centering = (mean, error, days) => (mean >= -error * Math.sqrt(2 * Math.log(Math.log(days))) ? mean : 0);

export interface Search {
  /** sqrt(T) x mean, over its standard error where studentized; in the order of the strategies. */
  readonly statistics: Float64Array;
  /** Strategies from the best to the worst. */
  readonly order: Int32Array;
  /** One per centering: adjusted p-values in the order of the strategies. */
  readonly adjusted: readonly Float64Array[];
  readonly blockLength: number;
  readonly draws: number;
}

/**
 * Adjusted p-values of every strategy under each centering: the level at which stepping down (Romano & Wolf 2005, algorithm 3.1; p-values by
 * Romano & Wolf 2016, algorithm 4.2) would call it better than the benchmark, with 1 added to counts and draws, so that none is 0. The first
 * in the order is the p-value of the single test of the best. Throws `bad-usage`.
 */
export async function search(excess: Excess, centerings: readonly Centering[], options: SearchOptions): Promise<Search> {
  const { days, strategies, means, centered } = excess;
  const resampling = resamplingOf(options, days, 10_000, () =>
    centered.reduce((sum, values) => sum + blockLengths(values).stationary / strategies, 0),
  );
  const errors = Float64Array.from(centered, (values, k) => standardError(values, means[k] as number, k, resampling));
  const studentized = options.studentized ?? true;
  const scale = errors.map((error) => (error === 0 ? 0 : studentized ? 1 / error : Math.sqrt(days)));
  const statistics = means.map((mean, k) => mean * (scale[k] as number));
  const order = Int32Array.from({ length: strategies }, (_, k) => k);
  order.sort((a, b) => (statistics[b] as number) - (statistics[a] as number) || a - b);
  const { reached } = await allMaxima(
    {
      running: runningSums(centered),
      resampling,
      scale,
      shifts: centerings.map((center) => means.map((mean, k) => mean - center(mean, errors[k] as number, days))),
      order,
      observed: Float64Array.from(order, (k) => statistics[k] as number),
    },
    options.threads ?? 1,
  );
  const adjusted = reached.map((counts) => {
    const p = new Float64Array(strategies);
    let worst = 0;
    for (const [place, k] of order.entries()) {
      worst = Math.max(worst, (1 + (counts[place] as number)) / (1 + resampling.draws));
      p[k] = worst;
    }
    return p;
  });
  return { statistics, order, adjusted, blockLength: resampling.blockLength, draws: resampling.draws };
}

/** Of the mean, as the bootstrap sees it; 0 for a strategy that is its benchmark. */
function standardError(centered: Float64Array, mean: number, strategy: number, resampling: Resampling): number {
  let largest = 0;
  for (const value of centered) largest = Math.max(largest, Math.abs(value));
  if (largest <= 1e-12 * Math.abs(mean) || largest === 0) {
    if (mean > 0)
      throw new TruewindError(
        "bad-usage",
        `Strategy ${strategy} beats the benchmark by the same amount every day, which leaves nothing to test: leave it out.`,
      );
    return 0;
  }
  const variance = (resampling.kind === "circular" ? circularMeanVariance : stationaryMeanVariance)(centered, resampling.blockLength);
  return Math.sqrt(Math.max(0, variance) / centered.length);
}
