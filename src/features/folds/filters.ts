// Ehlers' recursive filters.
import type { Fold } from "./fold.js";

const PRICE_CELL = [1, 0] as const;
const COUNT = [0, 0] as const;
const num = (cells: Float64Array, k: number): number => cells[k] as number;

export const filterFolds = {
  /**
   * Two-pole super smoother (Ehlers 2013, Cycle Analytics for Traders, equation 3-3). Inputs: the value, and the value one bar before.
   * Starts flat at the first value.
   */
  superSmoother: {
    inputs: 2,
    outputs: [[1, 0]],
    params: ["period"],
    cells: () => [COUNT, PRICE_CELL, PRICE_CELL],
    warmup: () => 0,
    memory: ([period = 10]) => Math.ceil((Math.log(1e11) * period) / (Math.SQRT2 * Math.PI)) + 20,
    step: (cells, x, out, [period = 10]) => {
      const a = Math.exp((-Math.SQRT2 * Math.PI) / period);
      const b = 2 * a * Math.cos((Math.SQRT2 * Math.PI) / period);
      const first = cells[0] === 0;
      const one = first ? num(x, 0) : num(cells, 1);
      const two = first ? num(x, 0) : num(cells, 2);
      const level = (num(x, 0) + num(x, 1)) / 2;
      // The weights add up to 1; in this form a constant stays what it is, bit for bit.
      const y = one + (1 - b + a * a) * (level - one) - a * a * (two - one);
      cells[0] = 1;
      cells[1] = y;
      cells[2] = one;
      out[0] = y;
    },
  },
  /**
   * Two-pole high pass (Ehlers 2013, equation 2-3). Inputs: the value, one and two bars before. Starts at 0.
   * y = (1 - a/2)^2 (x - 2 x1 + x2) + 2 (1 - a) y1 - (1 - a)^2 y2.
   */
  highPass: {
    inputs: 3,
    outputs: [[1, 0, 0]],
    params: ["period"],
    cells: () => [PRICE_CELL, PRICE_CELL],
    warmup: () => 0,
    memory: ([period = 48]) => 12 * period,
    step: (cells, x, out, [period = 48]) => {
      const angle = (Math.SQRT2 * Math.PI) / period;
      const c = (1 - Math.sin(angle)) / Math.cos(angle); // 1 - alpha
      const bend = num(x, 0) - num(x, 1) - (num(x, 1) - num(x, 2));
      const y = ((1 + c) / 2) ** 2 * bend + 2 * c * num(cells, 0) - c * c * num(cells, 1);
      cells[1] = num(cells, 0);
      cells[0] = y;
      out[0] = y;
    },
  },
  /**
   * Four-stage Laguerre filter (Ehlers 2004, Cybernetic Analysis, chapter 14). Input: the value. Outputs: the sum of rises, the sum of
   * falls between neighboring stages, from the second value on. All stages start at the first.
   */
  laguerre: {
    inputs: 1,
    outputs: [[1], [1]],
    params: ["gamma"],
    cells: () => [[0], [1], [1], [1], [1]],
    warmup: () => 1,
    memory: ([gamma = 0.5]) => Math.ceil(Math.log(1e-10) / Math.log(gamma)) + 60,
    step: (cells, x, out, [gamma = 0.5]) => {
      const v = num(x, 0);
      const first = cells[0] === 0;
      if (first) cells.fill(v, 1, 5);
      cells[0] = 1;
      const [a, b, c, d] = [num(cells, 1), num(cells, 2), num(cells, 3), num(cells, 4)];
      const l0 = v + gamma * (a - v);
      const l1 = a + gamma * (b - l0);
      const l2 = b + gamma * (c - l1);
      const l3 = c + gamma * (d - l2);
      cells[1] = l0;
      cells[2] = l1;
      cells[3] = l2;
      cells[4] = l3;
      out[0] = first ? Number.NaN : Math.max(l0 - l1, 0) + Math.max(l1 - l2, 0) + Math.max(l2 - l3, 0);
      out[1] = first ? Number.NaN : Math.max(l1 - l0, 0) + Math.max(l2 - l1, 0) + Math.max(l3 - l2, 0);
    },
  },
  /**
   * Fisher transform (Ehlers 2002): value = 0.33 x 2 (place - 0.5) + 0.67 value, held within +-0.999; output 0.5 ln((1 + v) / (1 - v))
   * + 0.5 of the output before. Input: place within the range, in [0, 1].
   */
  fisher: {
    inputs: 1,
    outputs: [[0]],
    params: [],
    cells: () => [[0], [0]],
    warmup: () => 0,
    memory: () => 100,
    step: (cells, x, out) => {
      const v = Math.min(Math.max(0.66 * (num(x, 0) - 0.5) + 0.67 * num(cells, 0), -0.999), 0.999);
      const y = 0.5 * Math.log((1 + v) / (1 - v)) + 0.5 * num(cells, 1);
      cells[0] = v;
      cells[1] = y;
      out[0] = y;
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
