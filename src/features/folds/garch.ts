// Conditional variance of returns by recursions with declared parameters. The long-run variance is an input, so that each follows the
// market it runs on (variance targeting, Engle and Mezrich 1996). They start from it.
import type { Fold } from "./fold.js";

const MEAN_ABS_NORMAL = Math.sqrt(2 / Math.PI);
/** A shock beyond this many deviations counts as this many: the exponent of EGARCH must not overflow. */
const LARGEST_SHOCK = 10;

/** Bars until `rate` to their power is below 1e-11. */
const fading = (rate: number): number => Math.ceil(Math.log(1e-11) / Math.log(rate));

export const garchFolds = {
  /**
   * GJR-GARCH (Glosten, Jagannathan and Runkle 1993), GARCH (Bollerslev 1986) when gamma is 0:
   * h' = (1 - alpha - gamma / 2 - beta) v + (alpha + gamma [r < 0]) r^2 + beta h. Inputs: return r, long-run variance v.
   * Outputs: deviation forecast for the next bar; r over the deviation that was forecast for its own bar.
   */
  garch: {
    inputs: 2,
    outputs: [
      [1, 0],
      [0, 0],
    ],
    params: ["alpha", "gamma", "beta"],
    cells: () => [
      [0, 0],
      [2, 0],
    ],
    warmup: (_, k) => k,
    memory: ([alpha = 0, gamma = 0, beta = 0]) => fading(alpha + gamma / 2 + beta),
    step: (cells, x, out, [alpha = 0, gamma = 0, beta = 0]) => {
      const [r, v] = [x[0] as number, x[1] as number];
      const started = cells[0] === 1;
      const h = started ? (cells[1] as number) : v;
      const shock = r / Math.sqrt(h);
      cells[0] = 1;
      cells[1] = (1 - alpha - gamma / 2 - beta) * v + (alpha + (r < 0 ? gamma : 0)) * r * r + beta * h;
      out[0] = Math.sqrt(cells[1] as number);
      out[1] = started && shock - shock === 0 ? shock : Number.NaN;
    },
  },
  /**
   * EGARCH (Nelson 1991): log h' = (1 - beta) log v + beta log h + alpha (|z| - sqrt(2 / pi)) + gamma z with z = r / sqrt(h), at most 10 in
   * size. Inputs: return, long-run variance; while that is 0 nothing is learned. Output: deviation forecast for the next bar.
   */
  egarch: {
    inputs: 2,
    outputs: [[1, 0]],
    params: ["alpha", "gamma", "beta"],
    cells: () => [
      [0, 0],
      [2, 0],
    ],
    warmup: () => 0,
    // The step's shock shrinks what is left of the past further, or a little less when returns are small.
    memory: ([, , beta = 0]) => 2 * fading(beta),
    step: (cells, x, out, [alpha = 0, gamma = 0, beta = 0]) => {
      const [r, v] = [x[0] as number, x[1] as number];
      out[0] = Number.NaN;
      if (!(v > 0)) return;
      const h = cells[0] === 1 ? (cells[1] as number) : v;
      const z = Math.max(-LARGEST_SHOCK, Math.min(LARGEST_SHOCK, r / Math.sqrt(h)));
      // Around v, so that a change of unit rounds nothing.
      const next = v * Math.exp(beta * Math.log(h / v) + alpha * (Math.abs(z) - MEAN_ABS_NORMAL) + gamma * z);
      if (!(next > 0 && next < Number.POSITIVE_INFINITY)) return;
      cells[0] = 1;
      cells[1] = next;
      out[0] = Math.sqrt(next);
    },
  },
  /**
   * Component GARCH (Engle and Lee 1999): q' = v + rho (q - v) + phi (r^2 - h); h' = q' + alpha (r^2 - q) + beta (h - q).
   * Inputs: return, long-run variance. Outputs: short-run part h' / q' - 1; trend against the long run q' / v - 1.
   */
  componentGarch: {
    inputs: 2,
    outputs: [
      [0, 0],
      [0, 0],
    ],
    params: ["alpha", "beta", "rho", "phi"],
    cells: () => [
      [0, 0],
      [2, 0],
      [2, 0],
    ],
    warmup: () => 0,
    memory: ([, , rho = 0]) => fading(rho),
    step: (cells, x, out, [alpha = 0, beta = 0, rho = 0, phi = 0]) => {
      const [r, v] = [x[0] as number, x[1] as number];
      const h = cells[0] === 1 ? (cells[1] as number) : v;
      const q = cells[0] === 1 ? (cells[2] as number) : v;
      const trend = v + rho * (q - v) + phi * (r * r - h);
      const next = trend + alpha * (r * r - q) + beta * (h - q);
      cells[0] = 1;
      cells[1] = next;
      cells[2] = trend;
      out[0] = trend > 0 ? next / trend - 1 : Number.NaN;
      out[1] = v > 0 ? trend / v - 1 : Number.NaN;
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
