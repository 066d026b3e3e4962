// Statistics of shape: standardised moments and L-moments. Windows without spread give NaN.
import { deviation, deviations, spread } from "./centered.js";
import type { Statistic } from "./statistic.js";
import { rememberWindow } from "./window-memo.js";
import { sortedWindow } from "./window-sort.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

/** Skewness m3 / m2^1.5 and excess kurtosis m4 / m2^2 - 3 of the window (population moments). */
const shape = { skewness: 0, kurtosis: 0 };
function shapeOf(x: Float64Array, from: number, n: number): typeof shape {
  const d = deviations(x, from, n);
  let cubes = 0;
  let fourths = 0;
  for (let k = from; k < from + n; k++) {
    const v = d[k] as number;
    const square = v * v;
    cubes += square * v;
    fourths += square * square;
  }
  const variance = spread(x, from, n) / n;
  shape.skewness = cubes / n / (variance * Math.sqrt(variance));
  shape.kurtosis = fourths / n / (variance * variance) - 3;
  return shape;
}

/** Of the k-th smallest of n values in the probability-weighted moments of order 1, 2 and 3, at 3 k, 3 k + 1, 3 k + 2. */
const momentWeights = new Map<number, Float64Array>();
function weightsOf(n: number): Float64Array {
  let weights = momentWeights.get(n);
  if (weights === undefined) {
    weights = new Float64Array(3 * n);
    for (let k = 0; k < n; k++) {
      weights[3 * k] = k / (n - 1);
      weights[3 * k + 1] = (k / (n - 1)) * ((k - 1) / (n - 2));
      weights[3 * k + 2] = (k / (n - 1)) * ((k - 1) / (n - 2)) * ((k - 2) / (n - 3));
    }
    momentWeights.set(n, weights);
  }
  return weights;
}

/** Sample L-moments l2, l3, l4 at places 0, 1, 2, from unbiased probability-weighted moments (Hosking 1990, section 3). */
const lMoments = rememberWindow((x, from, n, out) => {
  const s = sortedWindow(x, from, n);
  const first = s[from] as number;
  const weights = weightsOf(n);
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  for (let k = 0; k < n; k++) {
    // Around the smallest value: L-moments of order 2 and up do not see the place.
    const v = (s[from + k] as number) - first;
    b0 += v;
    b1 += v * (weights[3 * k] as number);
    b2 += v * (weights[3 * k + 1] as number);
    b3 += v * (weights[3 * k + 2] as number);
  }
  out[from] = (2 * b1 - b0) / n;
  out[from + 1] = (6 * b2 - 6 * b1 + b0) / n;
  out[from + 2] = (20 * b3 - 30 * b2 + 12 * b1 - b0) / n;
});

export const momentStatistics = {
  /** Excess kurtosis m4 / m2^2 - 3 (population moments). */
  kurtosis: { ...plain, least: 4, value: (x, _, from, n) => shapeOf(x, from, n).kurtosis },
  /** Jarque and Bera 1980: n / 6 (skewness^2 + excess kurtosis^2 / 4), on population moments. */
  jarqueBera: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      const { skewness, kurtosis } = shapeOf(x, from, n);
      return (n / 6) * (skewness ** 2 + kurtosis ** 2 / 4);
    },
  },
  /** Geary 1935: mean absolute deviation over standard deviation, in (0, 1]; sqrt(2 / pi) for the normal distribution. */
  geary: {
    ...plain,
    least: 3,
    value: (x, _, from, n) => {
      const d = deviations(x, from, n);
      let sum = 0;
      for (let k = from; k < from + n; k++) sum += Math.abs(d[k] as number);
      return Math.min(1, sum / n / deviation(x, from, n));
    },
  },
  /** L-skewness l3 / l2 (Hosking 1990), in [-1, 1]. */
  lSkewness: {
    ...plain,
    sorts: true,
    least: 4,
    value: (x, _, from, n) => {
      const l = lMoments(x, from, n);
      return Math.max(-1, Math.min(1, (l[from + 1] as number) / (l[from] as number)));
    },
  },
  /** L-kurtosis l4 / l2 (Hosking 1990), below 1. */
  lKurtosis: {
    ...plain,
    sorts: true,
    least: 4,
    value: (x, _, from, n) => {
      const l = lMoments(x, from, n);
      return Math.max(-1.5, Math.min(1, (l[from + 2] as number) / (l[from] as number)));
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
