// Which of several forecasters may be the best? The model confidence set of Hansen, Lunde & Nason (2011): it holds the best with the
// chance asked for, and says by its size how much the record can tell.
import { TruewindError } from "#base/errors.js";
import { blockLengths } from "../bootstrap/block-length.js";
import { type ResamplingOptions, resamplingOf } from "../bootstrap/default-resampling.js";
import { eachDrawMeans, runningSums } from "../bootstrap/draw-means.js";
import { byAverage, byRange, type DrawnLosses } from "./elimination.js";

/** 5,000 draws by default, and as block length the longest that Politis and White choose for a model's loss over the average loss. */
export interface ConfidenceSetOptions extends ResamplingOptions {
  /** `range` (the default): the largest of all pairwise t statistics (section 3.1.2, T_R). `max`: the largest against the average (T_max). */
  readonly statistic?: "range" | "max";
}

export interface ConfidenceSet {
  /** One per model: it belongs to the set of every confidence above 1 - p. The set of 95 % are the models with p > .05. */
  readonly pValues: Float64Array;
  /** Models from the first that was eliminated to the one that is left. */
  readonly eliminated: readonly number[];
  /** Days. */
  readonly blockLength: number;
  readonly draws: number;
}

/** `losses[k][t]`: loss of model k at moment t, less is better; at least two models. Throws `bad-usage`. */
export function modelConfidenceSet(losses: readonly ArrayLike<number>[], options: ConfidenceSetOptions): ConfidenceSet {
  const moments = losses[0]?.length ?? 0;
  if (losses.length < 2) throw new TruewindError("bad-usage", "A confidence set needs the losses of at least two models.");
  const means = new Float64Array(losses.length);
  const centered = losses.map((series, k) => {
    if (series.length !== moments)
      throw new TruewindError("bad-usage", `Model ${k} has ${series.length} losses and model 0 has ${moments}: give the same moments.`);
    const values = Float64Array.from(series);
    const mean = values.reduce((a, b) => a + b, 0) / moments;
    if (!Number.isFinite(mean)) throw new TruewindError("bad-usage", `Model ${k} has a loss that is no number: leave out such moments.`);
    means[k] = mean;
    return values.map((value) => value - mean);
  });
  const resampling = resamplingOf(options, moments, 5000, () => longestBlock(centered));
  const { draws, blockLength } = resampling;
  const drawn = new Float64Array(draws * losses.length);
  eachDrawMeans(runningSums(centered), resampling, 0, draws, (draw, row) => drawn.set(row, draw * losses.length));
  const subject: DrawnLosses = { means, drawn, draws };
  const { order, counts } = options.statistic === "max" ? byAverage(subject) : byRange(subject);
  const pValues = new Float64Array(losses.length);
  let worst = 0;
  for (const [place, k] of order.entries()) {
    const count = counts[place];
    worst = count === undefined ? 1 : Math.max(worst, (1 + count) / (1 + draws));
    pValues[k] = worst;
  }
  return { pValues, eliminated: order, blockLength, draws };
}

function longestBlock(centered: readonly Float64Array[]): number {
  const moments = centered[0]?.length as number;
  const average = Float64Array.from(
    { length: moments },
    (_, t) => centered.reduce((sum, s) => sum + (s[t] as number), 0) / centered.length,
  );
  let longest = 1;
  for (const series of centered) longest = Math.max(longest, blockLengths(series.map((v, t) => v - (average[t] as number))).stationary);
  return longest;
}
