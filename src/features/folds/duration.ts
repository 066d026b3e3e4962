// How long a state has lasted.
import type { Fold } from "./fold.js";

export const durationFolds = {
  /** Input: a value whose sign is the state. Output: bars since it changed, this one included, at most the cap, over the cap, with its sign. */
  stateLength: {
    inputs: 1,
    outputs: [[0]],
    params: ["longest length in bars"],
    cells: () => [[0], [0]],
    warmup: () => 0,
    memory: ([cap = 1]) => cap,
    step: (cells, x, out, [cap = 1]) => {
      const sign = Math.sign(x[0] as number);
      cells[1] = sign === cells[0] ? Math.min(cap, (cells[1] as number) + 1) : 1;
      cells[0] = sign;
      out[0] = (sign * (cells[1] as number)) / cap;
    },
  },
} as const satisfies Readonly<Record<string, Fold>>;
