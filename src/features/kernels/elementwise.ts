// Kernels without memory: one value from values of the same instrument and bar, or bars of a fixed lag.
import type { Op, Work } from "./kernel.js";
import { elementwiseOfNeighbors, shareOf } from "./neighbors.js";

/** All of them in one kernel, because formulas alternate between them. What they give is said in node.ts and series.ts. */
export function elementwise(ops: readonly Op[], { memory, rows, from, to, neighbors }: Work): void {
  const first = rows[from] as number;
  for (let k = 0; k < ops.length; k++) {
    const op = ops[k] as Op;
    if (neighbors && elementwiseOfNeighbors(op, memory, first, to - from)) continue;
    const { fn, x, y, out } = op;
    const a = x.at;
    const b = y.at;
    const r = out.at;
    if (fn === "div") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const d = memory[b + i] as number;
        memory[r + i] = d === 0 ? Number.NaN : (memory[a + i] as number) / d;
      }
    } else if (fn === "sub") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = (memory[a + i] as number) - (memory[b + i] as number);
      }
    } else if (fn === "add") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = (memory[a + i] as number) + (memory[b + i] as number);
      }
    } else if (fn === "mul") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = (memory[a + i] as number) * (memory[b + i] as number);
      }
    } else if (fn === "max") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = Math.max(memory[a + i] as number, memory[b + i] as number);
      }
    } else if (fn === "min") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = Math.min(memory[a + i] as number, memory[b + i] as number);
      }
    } else if (fn === "gt") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const v = memory[a + i] as number;
        const w = memory[b + i] as number;
        memory[r + i] = v > w ? 1 : v <= w ? 0 : Number.NaN;
      }
    } else if (fn === "share") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = shareOf(memory[a + i] as number, memory[b + i] as number);
      }
    } else if (fn === "abs") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = Math.abs(memory[a + i] as number);
      }
    } else if (fn === "neg") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = -(memory[a + i] as number);
      }
    } else if (fn === "sqrt") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = Math.sqrt(memory[a + i] as number);
      }
    } else if (fn === "or") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const v = memory[a + i] as number;
        memory[r + i] = v - v === 0 ? v : (memory[b + i] as number);
      }
    } else if (fn === "known") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const v = memory[a + i] as number;
        memory[r + i] = v - v === 0 ? 1 : 0;
      }
    } else if (fn === "exp") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = Math.exp(memory[a + i] as number);
      }
    } else if (fn === "tanh") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = Math.tanh(memory[a + i] as number);
      }
    } else if (fn === "atan") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = Math.atan(memory[a + i] as number);
      }
    } else if (fn === "floor") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[r + i] = Math.floor(memory[a + i] as number);
      }
    } else if (fn === "log") {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const v = memory[a + i] as number;
        memory[r + i] = v > 0 ? Math.log(v) : Number.NaN;
      }
    } else {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const v = memory[a + i] as number;
        memory[r + i] = v > 0 ? 1 : v < 0 ? -1 : v;
      }
    }
  }
}

/** The second operand where the first is above 0, else the third; NaN where the first is. */
export function where(ops: readonly Op[], { memory, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, y, z, out } = ops[k] as Op;
    const condition = x.at;
    const a = y.at;
    const b = z.at;
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const c = memory[condition + i] as number;
      memory[r + i] = c > 0 ? (memory[a + i] as number) : c <= 0 ? (memory[b + i] as number) : Number.NaN;
    }
  }
}
