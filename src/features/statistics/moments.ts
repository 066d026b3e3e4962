// Statistics of shape: standardised moments and L-moments. Windows without spread give NaN.
import { centered, squaresOf } from "./centered.js";
import type { Statistic } from "./statistic.js";
import { rememberWindow, sortedWindow } from "./window-memo.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

/** Skewness m3 / m2^1.5 and excess kurtosis m4 / m2^2 - 3 of the window (population moments). */
const shape = { skewness: 0, kurtosis: 0 };
function shapeOf(x: Float64Array, from: number, n: number): typeof shape {
  const d = centered(x, from, n);
  let [squares, cubes, fourths] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    const v = d[k] as number;
    const square = v * v;
    squares += square;
    cubes += square * v;
    fourths += square * square;
  }
  const variance = squares / n;
  shape.skewness = cubes / n / (variance * Math.sqrt(variance));
  shape.kurtosis = fourths / n / (variance * variance) - 3;
  return shape;
}

/** Sample L-moments l2, l3, l4 at places 0, 1, 2, from unbiased probability-weighted moments (Hosking 1990, section 3). */
const lMoments = rememberWindow((x, from, n, out) => {
  const s = sortedWindow(x, from, n);
  const first = s[from] as number;
  let [b0, b1, b2, b3] = [0, 0, 0, 0];
  for (let k = 0; k < n; k++) {
    // Around the smallest value: L-moments of order 2 and up do not see the place.
    const v = (s[from + k] as number) - first;
    const w1 = v * (k / (n - 1));
    const w2 = w1 * ((k - 1) / (n - 2));
    b0 += v;
    b1 += w1;
    b2 += w2;
    b3 += w2 * ((k - 2) / (n - 3));
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
      const d = centered(x, from, n);
      let sum = 0;
      for (let k = 0; k < n; k++) sum += Math.abs(d[k] as number);
      return Math.min(1, sum / n / Math.sqrt(squaresOf(d, n) / n));
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
