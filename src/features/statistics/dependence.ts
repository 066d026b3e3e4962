// Statistics of serial dependence. Windows without spread give NaN.
import { centered, squaresOf } from "./centered.js";
import type { Statistic } from "./statistic.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;
const clip = (v: number): number => Math.max(-1, Math.min(1, v));

/** Sum of d[k] d[k - lag]. */
function lagged(d: Float64Array, n: number, lag: number): number {
  let sum = 0;
  for (let k = lag; k < n; k++) sum += (d[k] as number) * (d[k - lag] as number);
  return sum;
}

/** Ljung and Box 1978: n (n + 2) sum of r_k^2 / (n - k), over the centered values `d`. */
function ljungBox(d: Float64Array, n: number, lags: number): number {
  const squares = squaresOf(d, n);
  let sum = 0;
  for (let k = 1; k <= lags; k++) sum += (lagged(d, n, k) / squares) ** 2 / (n - k);
  return n * (n + 2) * sum;
}

/** Variance of overlapping q-bar sums over q times the one-bar variance, both unbiased (Lo and MacKinlay 1988, equations 12 and 13). */
function varianceRatio(d: Float64Array, n: number, q: number): number {
  let sum = 0;
  for (let k = 0; k < q - 1; k++) sum += d[k] as number;
  let squares = 0;
  for (let k = q - 1; k < n; k++) {
    sum += d[k] as number;
    squares += sum * sum;
    sum -= d[k - q + 1] as number;
  }
  return squares / (q * (n - q + 1) * (1 - q / n)) / (squaresOf(d, n) / (n - 1));
}

const partials = new Float64Array(32);
const before = new Float64Array(32);

export const dependenceStatistics = {
  /** Autocorrelation at a lag, over the mean and variance of the whole window. */
  autocorrelation: {
    ...plain,
    least: 3,
    params: ["lag in bars"],
    value: (x, _, from, n, [lag = 1]) => {
      const d = centered(x, from, n);
      return clip(lagged(d, n, lag) / squaresOf(d, n));
    },
  },
  /** Partial autocorrelation at a lag by Durbin and Levinson's recursion on the autocorrelations (Durbin 1960). */
  partialAutocorrelation: {
    ...plain,
    least: 4,
    params: ["lag in bars, at most 30"],
    value: (x, _, from, n, [lag = 2]) => {
      const d = centered(x, from, n);
      const squares = squaresOf(d, n);
      let last = 0;
      for (let order = 1; order <= lag; order++) {
        let up = lagged(d, n, order) / squares;
        let down = 1;
        for (let k = 1; k < order; k++) {
          const r = lagged(d, n, k) / squares;
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
    value: (x, _, from, n, [lags = 5]) => ljungBox(centered(x, from, n), n, lags),
  },
  /** McLeod and Li 1983: Ljung-Box of the squared deviations from the mean. */
  mcLeodLi: {
    ...plain,
    least: 4,
    params: ["number of lags"],
    value: (x, _, from, n, [lags = 5]) => {
      const d = centered(x, from, n);
      let sum = 0;
      for (let k = 0; k < n; k++) {
        d[k] = (d[k] as number) ** 2;
        sum += d[k] as number;
      }
      for (let k = 0; k < n; k++) d[k] = (d[k] as number) - sum / n;
      return ljungBox(d, n, lags);
    },
  },
  /** Lo and MacKinlay 1988: 1 for a random walk, above with trends, below with reversals. */
  varianceRatio: {
    ...plain,
    least: 4,
    params: ["bars of the longer return"],
    value: (x, _, from, n, [q = 2]) => varianceRatio(centered(x, from, n), n, q),
  },
  /** Its heteroskedasticity-robust statistic (Lo and MacKinlay 1988, equations 18 to 20). */
  varianceRatioZ: {
    ...plain,
    least: 4,
    params: ["bars of the longer return"],
    value: (x, _, from, n, [q = 2]) => {
      const d = centered(x, from, n);
      const squares = squaresOf(d, n);
      let theta = 0;
      for (let lag = 1; lag < q; lag++) {
        let sum = 0;
        for (let k = lag; k < n; k++) sum += (d[k] as number) ** 2 * (d[k - lag] as number) ** 2;
        theta += ((2 * (q - lag)) / q) ** 2 * ((n * sum) / (squares * squares));
      }
      return (Math.sqrt(n) * (varianceRatio(d, n, q) - 1)) / Math.sqrt(theta);
    },
  },
  /** Wald and Wolfowitz 1940: runs of values >= 0 and < 0 against chance, as a normal score; below 0 with trends. */
  runs: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      let up = 0;
      let runs = 1;
      for (let k = from; k < from + n; k++) {
        const rising = (x[k] as number) >= 0;
        if (rising) up++;
        if (k > from && rising !== (x[k - 1] as number) >= 0) runs++;
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
      const d = centered(x, from, n);
      let sum = 0;
      for (let k = 1; k < n; k++) sum += (d[k] as number) * (d[k - 1] as number) * ((d[k] as number) - (d[k - 1] as number));
      return sum / (n - 1) / (squaresOf(d, n) / n) ** 1.5;
    },
  },
  /** Hinich 1996: third-order autocorrelation, mean of x_t x_(t-1) x_(t-2) over deviation cubed. */
  bicorrelation: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      const d = centered(x, from, n);
      let sum = 0;
      for (let k = 2; k < n; k++) sum += (d[k] as number) * (d[k - 1] as number) * (d[k - 2] as number);
      return sum / (n - 2) / (squaresOf(d, n) / n) ** 1.5;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
