// Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado & Zhu 2017, "The
// probability of backtest overfitting", section 3): the record is cut into blocks, every half of them is a training set and the other half its
// test, and the question is where the best of the training set stands among all in the test. It assumes that blocks may change places, so that
// dependence longer than a block is not seen; it judges the search, not a strategy, and knows nothing of strategies that were not given.
import { TruewindError } from "#base/errors.js";
import { blockSums, performanceOf } from "./block-sums.js";

export interface CscvOptions {
  /** Even, from 4 to 20; 16 gives 12,870 combinations. */
  readonly blocks?: number;
  /** What a strategy is chosen for. */
  readonly statistic?: "sharpe" | "mean";
}

export interface Overfitting {
  readonly combinations: number;
  /** Probability in [0, 1] that the best in the training half is no better than the median in the other. */
  readonly pbo: number;
  /** Per combination ln(w / (1 - w)), w being the place of the chosen among the others in (0, 1); 0 is the median. Order of the subsets' bits. */
  readonly logits: Float64Array;
  /** Statistic of the chosen per combination, per session: in the half it was chosen in, and in the other. */
  readonly inSample: Float64Array;
  readonly outOfSample: Float64Array;
  /** Least-squares line of the latter on the former: a slope below zero means that the better it looked the worse it did. Null where all are equal. */
  readonly degradation: { readonly slope: number; readonly intercept: number; readonly explained: number } | null;
  /** Share of combinations in which the chosen lost in the other half. */
  readonly lossProbability: number;
}

/**
 * `series[strategy]` holds its net returns, over cash or a yardstick, of the same sessions as all others, without NaN. A strategy that does not
 * vary in a half has a Sharpe ratio of 0 there. Throws `no-data` for fewer than two strategies or fewer than two sessions a block.
 */
export function cscv(series: readonly ArrayLike<number>[], { blocks = 16, statistic = "sharpe" }: CscvOptions = {}): Overfitting {
  const strategies = series.length;
  const sessions = series[0]?.length ?? 0;
  if (strategies < 2)
    throw new TruewindError(
      "no-data",
      `Overfitting is a matter of choice, and there is no choice among ${strategies} strategies: give two or more.`,
    );
  if (!Number.isInteger(blocks) || blocks % 2 !== 0 || blocks < 4 || blocks > 20)
    throw new TruewindError("bad-usage", `A record is cut into an even number of blocks from 4 to 20, not ${blocks}.`);
  if (sessions < 2 * blocks)
    throw new TruewindError("no-data", `${sessions} sessions are too few for ${blocks} blocks: give at least ${2 * blocks}.`);
  const sums = blockSums(series, blocks);
  const subsets = halvesOf(blocks);
  const combinations = subsets.length;
  const logits = new Float64Array(combinations);
  const inSample = new Float64Array(combinations);
  const outOfSample = new Float64Array(combinations);
  const [one, other] = [new Float64Array(strategies), new Float64Array(strategies)];
  const choose = (combination: number, train: Float64Array, test: Float64Array): void => {
    const best = indexOfMax(train);
    inSample[combination] = train[best] as number;
    outOfSample[combination] = test[best] as number;
    const place = placeOf(test, best) / (strategies + 1);
    logits[combination] = Math.log(place / (1 - place));
  };
  // Subsets in ascending order mirror one another: the complement of the first is the last, so each pair is measured once.
  for (let c = 0; c < combinations / 2; c++) {
    performanceOf(sums, subsets[c] as number, statistic === "sharpe", one);
    performanceOf(sums, subsets[combinations - 1 - c] as number, statistic === "sharpe", other);
    choose(c, one, other);
    choose(combinations - 1 - c, other, one);
  }
  const share = (values: Float64Array, is: (value: number) => boolean): number =>
    values.reduce((count, value) => count + (is(value) ? 1 : 0), 0) / combinations;
  return {
    combinations,
    pbo: share(logits, (logit) => logit <= 0),
    logits,
    inSample,
    outOfSample,
    degradation: lineOf(inSample, outOfSample),
    lossProbability: share(outOfSample, (value) => value < 0),
  };
}

/** All subsets of half the blocks, a bit per block, ascending. */
function halvesOf(blocks: number): Int32Array {
  const out: number[] = [];
  for (let subset = (1 << (blocks / 2)) - 1; subset < 1 << blocks; ) {
    out.push(subset);
    // The next number with as many bits (Gosper's hack).
    const lowest = subset & -subset;
    const ripple = subset + lowest;
    subset = ripple | (((subset ^ ripple) >>> 2) / lowest);
  }
  return Int32Array.from(out);
}

function indexOfMax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** From 1 for the worst; equals share their places. */
function placeOf(values: Float64Array, index: number): number {
  const own = values[index] as number;
  let [below, equal] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < own) below++;
    else if (value === own) equal++;
  }
  return below + (equal + 1) / 2;
}

function lineOf(x: Float64Array, y: Float64Array): Overfitting["degradation"] {
  const n = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(x[i] as number) - meanX, (y[i] as number) - meanY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (!(xx > 0) || !(yy > 0)) return null;
  return { slope: xy / xx, intercept: meanY - (xy / xx) * meanX, explained: (xy * xy) / (xx * yy) };
}
