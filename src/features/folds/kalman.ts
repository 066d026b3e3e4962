// Kalman filters with declared noise (Harvey 1989). The price enters by its log returns and the level is kept relative to the last price, so
// that nothing here grows with the price.
import type { Fold } from "./fold.js";

const fading = (rate: number): number => Math.ceil(Math.log(1e-12) / Math.log(rate));

/** Mean and variance of the log of a squared standard normal value. */
const LOG_CHI_MEAN = -1.2703628454614782;
const LOG_CHI_VARIANCE = (Math.PI * Math.PI) / 2;

export const kalmanFolds = {
  /**
   * Local linear trend: price = level + noise, level' = level + slope + noise, slope' = slope + noise, variances 1 : a : b. Input: log return.
   * Outputs: slope per bar; innovation, the return less what was predicted of it.
   */
  localTrend: {
    inputs: 1,
    outputs: [[1], [1]],
    params: ["variance of the level's noise over the price's", "variance of the slope's noise over the price's"],
    // Begun, level less last price, slope, their covariance.
    cells: () => [[0], [1], [1], [0], [0], [0]],
    warmup: () => 0,
    // The slower of the filter's poles is about 1 - (b)^(1/4) / sqrt 2 or 1 - sqrt(b / a).
    memory: ([a = 0, b = 0]) => fading(1 - 0.5 * Math.min(b ** 0.25 / Math.SQRT2, Math.sqrt(b / Math.max(a, b)))),
    step: (cells, x, out, [a = 0, b = 0]) => {
      const r = x[0] as number;
      const begun = cells[0] === 1;
      const p11 = begun ? (cells[3] as number) : 1;
      const p12 = begun ? (cells[4] as number) : 0;
      const p22 = begun ? (cells[5] as number) : 1;
      const slope = cells[2] as number;
      const innovation = r - (cells[1] as number) - slope;
      const v11 = p11 + 2 * p12 + p22 + a;
      const v12 = p12 + p22;
      const v22 = p22 + b;
      const gain = v11 / (v11 + 1);
      const slopeGain = v12 / (v11 + 1);
      cells[0] = 1;
      cells[1] = -(1 - gain) * innovation;
      cells[2] = slope + slopeGain * innovation;
      cells[3] = (1 - gain) * v11;
      cells[4] = (1 - gain) * v12;
      cells[5] = v22 - slopeGain * v12;
      out[0] = cells[2] as number;
      out[1] = innovation;
    },
  },
  /**
   * Local level whose two noises change from bar to bar: price = level + noise of variance R, level' = level + noise of variance Q.
   * Inputs: log return, R, Q. Outputs: gain in [0, 1], how far the level follows this bar; price over level, as a log.
   */
  noisyLevel: {
    inputs: 3,
    outputs: [
      [0, 0, 0],
      [1, 0, 0],
    ],
    params: [],
    cells: () => [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ],
    warmup: () => 0,
    memory: () => 600,
    step: (cells, x, out) => {
      const [r, observed, moved] = [x[0] as number, x[1] as number, x[2] as number];
      const variance = (cells[0] === 1 ? (cells[2] as number) : moved) + moved;
      const gain = variance + observed > 0 ? variance / (variance + observed) : 1;
      const innovation = r - (cells[1] as number);
      cells[0] = 1;
      cells[1] = -(1 - gain) * innovation;
      cells[2] = (1 - gain) * variance;
      out[0] = gain;
      out[1] = (1 - gain) * innovation;
    },
  },
  /**
   * Stochastic volatility by quasi-maximum likelihood (Harvey, Ruiz and Shephard 1994): log x^2 = h + noise with h an autoregression around 0.
   * Near 0 the log is taken after Fuller (1996, equation 9.3.13) with 0.02. Input: standardised return. Output: filtered h / 2, the log of the
   * deviation relative to the standard.
   */
  stochasticVolatility: {
    inputs: 1,
    outputs: [[0]],
    params: ["persistence of h", "variance of its noise"],
    cells: () => [[0], [0], [0]],
    warmup: () => 0,
    memory: ([persistence = 0]) => fading(persistence),
    step: (cells, x, out, [persistence = 0, noise = 0]) => {
      const square = (x[0] as number) ** 2;
      const value = Math.log(square + 0.02) - 0.02 / (square + 0.02) - LOG_CHI_MEAN;
      const variance = cells[0] === 1 ? (cells[2] as number) : noise / (1 - persistence ** 2);
      const gain = variance / (variance + LOG_CHI_VARIANCE);
      const before = cells[1] as number;
      const h = before + gain * (value - before);
      cells[0] = 1;
      cells[1] = persistence * h;
      cells[2] = persistence ** 2 * (1 - gain) * variance + noise;
      out[0] = h / 2;
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
