// Memory of events that fades: what has happened counts less and less, bars without an event included.
import type { Fold } from "./fold.js";

/** Bars until the factor of a half-life falls below 1e-13: tallies of a first bar may be a thousand times the usual ones. */
const fade = (halfLife: number): number => Math.ceil(halfLife * Math.log2(1e13));

export const decayFolds = {
  /** Sum of the past values, each times 2^(-age / half-life) with its age in bars (exponential decay). The first value is on the first bar. */
  decay: {
    inputs: 1,
    outputs: [[1]],
    params: ["half-life in bars"],
    cells: () => [[1]],
    warmup: () => 0,
    memory: ([halfLife = 1]) => fade(halfLife),
    step: (cells, x, out, [halfLife = 1]) => {
      const sum = (cells[0] as number) * 2 ** (-1 / halfLife) + (x[0] as number);
      cells[0] = sum - sum === 0 ? sum : 0;
      out[0] = sum - sum === 0 ? sum : Number.NaN;
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
