// Statistics of serial dependence. Windows without spread give NaN.
import { centeredSquares, deviations, spread, squaresOf } from "./centered.js";
import { autocovariance, laggedSum, laggedSums } from "./lagged.js";
import type { Statistic } from "./statistic.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;
const clip = (v: number): number => Math.max(-1, Math.min(1, v));

/** Ljung and Box 1978: n (n + 2) sum of r_k^2 / (n - k), of the sums of lagged products at `products[at .. at + lags)`. */
function ljungBox(products: Float64Array, at: number, squares: number, n: number, lags: number): number {
  let sum = 0;
  for (let k = 1; k <= lags; k++) sum += ((products[at + k - 1] as number) / squares) ** 2 / (n - k);
  return n * (n + 2) * sum;
}

/** Variance of overlapping q-bar sums over q times the one-bar variance, both unbiased (Lo and MacKinlay 1988, equations 12 and 13). */
function varianceRatio(x: Float64Array, from: number, n: number, q: number): number {
  const d = deviations(x, from, n);
  let sum = 0;
  for (let k = from; k < from + q - 1; k++) sum += d[k] as number;
  let squares = 0;
  for (let k = from + q - 1; k < from + n; k++) {
    sum += d[k] as number;
    squares += sum * sum;
    sum -= d[k - q + 1] as number;
  }
  return squares / (q * (n - q + 1) * (1 - q / n)) / (spread(x, from, n) / (n - 1));
}

let products = new Float64Array(64);
let ofSquares = new Float64Array(512);
const partials = new Float64Array(32);
const before = new Float64Array(32);

export const dependenceStatistics = {
  /** Autocorrelation at a lag, over the mean and variance of the whole window. */
  autocorrelation: {
    ...plain,
    least: 3,
    params: ["lag in bars"],
    value: (x, _, from, n, [lag = 1]) => clip(laggedSum(deviations(x, from, n), from, n, lag) / spread(x, from, n)),
  },
  /** Partial autocorrelation at a lag by Durbin and Levinson's recursion on the autocorrelations (Durbin 1960). */
  partialAutocorrelation: {
    ...plain,
    least: 4,
    params: ["lag in bars, at most 30"],
    value: (x, _, from, n, [lag = 2]) => {
      const squares = spread(x, from, n);
      let last = 0;
      for (let order = 1; order <= lag; order++) {
        let up = autocovariance(x, from, n, order) / squares;
        let down = 1;
        for (let k = 1; k < order; k++) {
          const r = autocovariance(x, from, n, k) / squares;
          up -= (before[order - k] as number) * r;
          down -= (before[k] as number) * r;
        }
        last = up / down;
        for (let k = 1; k < order; k++) partials[k] = (before[k] as number) - last * (before[order - k] as number);
        partials[order] = last;
        for (let k = 1; k <= order; k++) before[k] = partials[k] as number;
      }
      return clip(last);
    },
  },
  /** Ljung and Box 1978. */
  ljungBox: {
    ...plain,
    least: 4,
    params: ["number of lags"],
    value: (x, _, from, n, [lags = 5]) => {
      if (products.length < lags) products = new Float64Array(2 * lags);
      for (let k = 1; k <= lags; k++) products[k - 1] = autocovariance(x, from, n, k);
      return ljungBox(products, 0, spread(x, from, n), n, lags);
    },
  },
  /** McLeod and Li 1983: Ljung-Box of the squared deviations from the mean. */
  mcLeodLi: {
    ...plain,
    least: 4,
    params: ["number of lags"],
    value: (x, _, from, n, [lags = 5]) => {
      if (products.length < lags) products = new Float64Array(2 * lags);
      const d = centeredSquares(x, from, n);
      laggedSums(d, from, n, lags, products, 0);
      return ljungBox(products, 0, squaresOf(d, from, n), n, lags);
    },
  },
  /** Lo and MacKinlay 1988: 1 for a random walk, above with trends, below with reversals. */
  varianceRatio: {
    ...plain,
    least: 4,
    params: ["bars of the longer return"],
    value: (x, _, from, n, [q = 2]) => varianceRatio(x, from, n, q),
  },
  /** Its heteroskedasticity-robust statistic (Lo and MacKinlay 1988, equations 18 to 20). */
  varianceRatioZ: {
    ...plain,
    least: 4,
    params: ["bars of the longer return"],
    value: (x, _, from, n, [q = 2]) => {
      if (products.length < q) products = new Float64Array(2 * q);
      const d = deviations(x, from, n);
      const squares = spread(x, from, n);
      if (ofSquares.length < n) ofSquares = new Float64Array(2 * n);
      for (let k = 0; k < n; k++) ofSquares[k] = (d[from + k] as number) * (d[from + k] as number);
      laggedSums(ofSquares, 0, n, q - 1, products, 0);
      let theta = 0;
      for (let lag = 1; lag < q; lag++) {
        theta += ((2 * (q - lag)) / q) ** 2 * ((n * (products[lag - 1] as number)) / (squares * squares));
      }
      return (Math.sqrt(n) * (varianceRatio(x, from, n, q) - 1)) / Math.sqrt(theta);
    },
  },
  /** Wald and Wolfowitz 1940: runs of values >= 0 and < 0 against chance, as a normal score; below 0 with trends. */
  runs: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      // Counted without branches: signs cannot be foreseen.
      let before = Number((x[from] as number) >= 0);
      let up = before;
      let runs = 1;
      for (let k = from + 1; k < from + n; k++) {
        const rising = Number((x[k] as number) >= 0);
        up += rising;
        runs += rising ^ before;
        before = rising;
      }
      const both = 2 * up * (n - up);
      return (runs - (both / n + 1)) / Math.sqrt((both * (both - n)) / (n * n * (n - 1)));
    },
  },
  /** Ramsey and Rothman 1996: mean of x_t^2 x_(t-1) - x_t x_(t-1)^2 over deviation cubed; 0 when time has no direction. */
  timeReversal: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      const d = deviations(x, from, n);
      let sum = 0;
      for (let k = from + 1; k < from + n; k++) sum += (d[k] as number) * (d[k - 1] as number) * ((d[k] as number) - (d[k - 1] as number));
      return sum / (n - 1) / (spread(x, from, n) / n) ** 1.5;
    },
  },
  /** Hinich 1996: third-order autocorrelation, mean of x_t x_(t-1) x_(t-2) over deviation cubed. */
  bicorrelation: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      const d = deviations(x, from, n);
      let sum = 0;
      for (let k = from + 2; k < from + n; k++) sum += (d[k] as number) * (d[k - 1] as number) * (d[k - 2] as number);
      return sum / (n - 2) / (spread(x, from, n) / n) ** 1.5;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
