// Recursive trend followers.
import type { Fold } from "./fold.js";

export const trendFolds = {
  /**
   * Kaufman's adaptive moving average (Kaufman 1995; TA-Lib KAMA): alpha = (efficiency x (2/3 - 2/31) + 2/31)^2.
   * Inputs: the value, and its efficiency ratio in [0, 1]; the average starts from the value at the first bar where both are known.
   */
  kama: {
    inputs: 2,
    outputs: [[1, 0]],
    params: [],
    cells: () => [
      [0, 0],
      [1, 0],
    ],
    warmup: () => 0,
    memory: () => 6000,
    step: (cells, x, out) => {
      const alpha = ((x[1] as number) * (2 / 3 - 2 / 31) + 2 / 31) ** 2;
      const last = cells[0] === 0 ? (x[0] as number) : (cells[1] as number);
      cells[0] = 1;
      cells[1] = last + alpha * ((x[0] as number) - last);
      out[0] = cells[1] as number;
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
