// Wilder's sums, and runs of rises and falls.
import type { Fold } from "./fold.js";

const num = (cells: Float64Array, k: number): number => cells[k] as number;

export const directionalFolds = {
  /** Wilder's sum (Wilder 1978; TA-Lib DX): the plain sum of the first n - 1 values, then S - S / n + x; from the n-th value on. */
  wilderSum: {
    inputs: 1,
    outputs: [[1]],
    params: ["n"],
    cells: () => [[0], [1]],
    warmup: ([n = 14]) => n - 1,
    memory: ([n = 14]) => n + Math.ceil(Math.log(1e-10) / Math.log1p(-1 / n)),
    step: (cells, x, out, [n = 14]) => {
      const sum = num(cells, 1);
      const seeding = num(cells, 0) < n - 1;
      cells[0] = num(cells, 0) + (seeding ? 1 : 0);
      cells[1] = seeding ? sum + num(x, 0) : sum - sum / n + num(x, 0);
      out[0] = seeding ? Number.NaN : num(cells, 1);
    },
  },
  /** Length of the run of rises (above 0) or falls (below 0), held at `most`; 0 when unchanged (Connors 2012). Input: the change. */
  streak: {
    inputs: 1,
    outputs: [[0]],
    params: ["most"],
    cells: () => [[0]],
    warmup: () => 0,
    memory: ([most = 20]) => most,
    step: (cells, x, out, [most = 20]) => {
      const before = num(cells, 0);
      const v = num(x, 0);
      const run = v > 0 ? Math.max(before, 0) + 1 : v < 0 ? Math.min(before, 0) - 1 : 0;
      cells[0] = Math.min(Math.max(run, -most), most);
      out[0] = num(cells, 0);
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
