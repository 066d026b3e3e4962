// Recursive trend followers: adaptive averages, stops that trail the price, Heikin-Ashi candles.
import type { Fold } from "./fold.js";

const PRICE_CELL = [1, 0] as const;
const COUNT = [0, 0] as const;
const num = (cells: Float64Array, k: number): number => cells[k] as number;

export const trendFolds = {
  /**
   * Kaufman's adaptive moving average (Kaufman 1995; TA-Lib KAMA): alpha = (efficiency x (2/3 - 2/31) + 2/31)^2.
   * Inputs: the value, its efficiency ratio in [0, 1], and the value one bar before, from which the average starts.
   */
  kama: {
    inputs: 3,
    outputs: [[1, 0, 0]],
    params: [],
    cells: () => [COUNT, PRICE_CELL],
    warmup: () => 0,
    // At a mean efficiency of 0.05, far below that of a random walk (0.2); 5520 if the value never got anywhere.
    memory: () => 2560,
    step: (cells, x, out) => {
      const alpha = (num(x, 1) * (2 / 3 - 2 / 31) + 2 / 31) ** 2;
      const last = cells[0] === 0 ? num(x, 2) : num(cells, 1);
      cells[0] = 1;
      cells[1] = last + alpha * (num(x, 0) - last);
      out[0] = num(cells, 1);
    },
  },
  /**
   * MESA adaptive averages (Ehlers 2001; TA-Lib MAMA, FAMA). Inputs: the value, and its in-phase and quadrature parts (fold `hilbert`).
   * alpha = fast / fall of the phase in degrees, within [slow, fast]; FAMA follows MAMA at half of it. Both start from the first value.
   */
  mama: {
    inputs: 3,
    outputs: [
      [1, 0, 0],
      [1, 0, 0],
    ],
    params: ["fast limit", "slow limit"],
    cells: () => [COUNT, COUNT, PRICE_CELL, PRICE_CELL],
    warmup: () => 0,
    memory: ([, slow = 0.05]) => Math.ceil(Math.log(1e-10) / Math.log1p(-slow / 2)),
    step: (cells, x, out, [fast = 0.5, slow = 0.05]) => {
      const [price, real, imaginary] = [num(x, 0), num(x, 1), num(x, 2)];
      const phase = real === 0 ? 0 : (Math.atan(imaginary / real) * 180) / Math.PI;
      const fall = num(cells, 1) - phase;
      const alpha = fall > 1 ? Math.max(fast / fall, slow) : fast;
      const begun = cells[0] === 1;
      const mama = begun ? alpha * price + (1 - alpha) * num(cells, 2) : price;
      const fama = begun ? 0.5 * alpha * mama + (1 - 0.5 * alpha) * num(cells, 3) : price;
      cells[0] = 1;
      cells[1] = phase;
      out[0] = cells[2] = mama;
      out[1] = cells[3] = fama;
    },
  },
  /**
   * Parabolic stop and reverse (Wilder 1978; TA-Lib SAR, SAREXT without start value). Inputs: high, low. Outputs: the stop; its side, 1
   * below the price (long) or -1. Whichever of the first two bars' moves is larger says the first side. Two runs that start apart agree
   * for good once both have turned at the same bars twice.
   */
  sar: {
    inputs: 2,
    outputs: [
      [1, 0],
      [0, 0],
    ],
    params: ["acceleration when long", "its maximum", "acceleration when short", "its maximum"],
    // Bars seen, side, stop, extreme, acceleration, high and low of the bar before.
    cells: () => [COUNT, COUNT, PRICE_CELL, PRICE_CELL, COUNT, PRICE_CELL, PRICE_CELL],
    warmup: () => 1,
    memory: () => 500,
    step: (cells, x, out, [up = 0.02, upMost = 0.2, down = 0.02, downMost = 0.2]) => {
      const [high, low] = [num(x, 0), num(x, 1)];
      const [highBefore, lowBefore] = [num(cells, 5), num(cells, 6)];
      cells[5] = high;
      cells[6] = low;
      if (cells[0] === 0) {
        cells[0] = 1;
        out[0] = out[1] = Number.NaN;
        return;
      }
      if (cells[0] === 1) {
        const fell = lowBefore - low;
        const side = fell > 0 && fell > high - highBefore ? -1 : 1;
        cells[0] = 2;
        cells[1] = side;
        cells[2] = side > 0 ? lowBefore : highBefore;
        cells[3] = side > 0 ? high : low;
        cells[4] = side > 0 ? up : down;
        // TA-Lib takes the second bar for the one before it when it steps for the first time.
        sarStep(cells, out, high, low, high, low, up, upMost, down, downMost);
        return;
      }
      sarStep(cells, out, high, low, highBefore, lowBefore, up, upMost, down, downMost);
    },
  },
  /**
   * Supertrend (Seban 2009; TA-Lib SUPERTREND). Inputs: middle of the bar, average true range x multiplier, close. Outputs: the line; its
   * side, 1 below the price or -1. A band moves only towards the price, until the close before has crossed it.
   */
  supertrend: {
    inputs: 3,
    outputs: [
      [1, 0, 0],
      [0, 0, 0],
    ],
    params: [],
    // Bars seen, side, upper band, lower band, close before.
    cells: () => [COUNT, COUNT, PRICE_CELL, PRICE_CELL, PRICE_CELL],
    warmup: () => 0,
    memory: () => 500,
    step: (cells, x, out) => {
      const [middle, width, close] = [num(x, 0), num(x, 1), num(x, 2)];
      const begun = cells[0] === 1;
      let upper = middle + width;
      let lower = middle - width;
      if (begun && upper > num(cells, 2) && num(cells, 4) <= num(cells, 2)) upper = num(cells, 2);
      if (begun && lower < num(cells, 3) && num(cells, 4) >= num(cells, 3)) lower = num(cells, 3);
      const side = begun ? (num(cells, 1) > 0 ? (close < lower ? -1 : 1) : close > upper ? 1 : -1) : 1;
      cells[0] = 1;
      cells[1] = side;
      cells[2] = upper;
      cells[3] = lower;
      cells[4] = close;
      out[0] = side > 0 ? lower : upper;
      out[1] = side;
    },
  },
  /** Open of the Heikin-Ashi candle (Valcu 2004; TA-Lib HA): middle of the body before. Inputs: open, mean of the four prices. */
  heikinAshiOpen: {
    inputs: 2,
    outputs: [[1, 0]],
    params: [],
    cells: () => [COUNT, PRICE_CELL, PRICE_CELL],
    warmup: () => 0,
    memory: () => 40,
    step: (cells, x, out) => {
      const opened = cells[0] === 1 ? (num(cells, 1) + num(cells, 2)) / 2 : (num(x, 0) + num(x, 1)) / 2;
      cells[0] = 1;
      cells[1] = opened;
      cells[2] = num(x, 1);
      out[0] = opened;
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;

/** One bar of the stop: turn when it is touched, else move it towards the extreme, never into the last two bars. */
function sarStep(
  cells: Float64Array,
  out: Float64Array,
  high: number,
  low: number,
  highBefore: number,
  lowBefore: number,
  up: number,
  upMost: number,
  down: number,
  downMost: number,
): void {
  const side = num(cells, 1);
  const stop = num(cells, 2);
  const extreme = num(cells, 3);
  const bound = (to: number, next: number): number => (to > 0 ? Math.min(next, lowBefore, low) : Math.max(next, highBefore, high));
  const touched = side > 0 ? low <= stop : high >= stop;
  if (touched) {
    const turned = -side;
    const at = turned > 0 ? Math.min(extreme, lowBefore, low) : Math.max(extreme, highBefore, high);
    const reached = turned > 0 ? high : low;
    const speed = turned > 0 ? up : down;
    out[0] = at;
    out[1] = turned;
    cells[1] = turned;
    cells[3] = reached;
    cells[4] = speed;
    cells[2] = bound(turned, at + speed * (reached - at));
    return;
  }
  out[0] = stop;
  out[1] = side;
  const further = side > 0 ? high > extreme : low < extreme;
  const reached = further ? (side > 0 ? high : low) : extreme;
  const speed = further ? Math.min(num(cells, 4) + (side > 0 ? up : down), side > 0 ? upMost : downMost) : num(cells, 4);
  cells[3] = reached;
  cells[4] = speed;
  cells[2] = bound(side, stop + speed * (reached - stop));
}
