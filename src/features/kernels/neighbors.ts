// The commonest elementwise steps for instruments that stand side by side, as they mostly do: without looking up their numbers, which is a
// third of the time of so small a loop. Gives the same bits as elementwise.ts.
import type { Op } from "./kernel.js";

/** Runs the step for the instruments `first` to `first + n`; false when it is none of those. */
export function elementwiseOfNeighbors({ fn, x, y, out }: Op, memory: Float64Array, first: number, n: number): boolean {
  const a = x.at + first;
  const b = y.at + first;
  const r = out.at + first;
  if (fn === "div") {
    for (let k = 0; k < n; k++) {
      const d = memory[b + k] as number;
      memory[r + k] = d === 0 ? Number.NaN : (memory[a + k] as number) / d;
    }
  } else if (fn === "sub") {
    for (let k = 0; k < n; k++) memory[r + k] = (memory[a + k] as number) - (memory[b + k] as number);
  } else if (fn === "mul") {
    for (let k = 0; k < n; k++) memory[r + k] = (memory[a + k] as number) * (memory[b + k] as number);
  } else if (fn === "add") {
    for (let k = 0; k < n; k++) memory[r + k] = (memory[a + k] as number) + (memory[b + k] as number);
  } else if (fn === "share") {
    for (let k = 0; k < n; k++) memory[r + k] = shareOf(memory[a + k] as number, memory[b + k] as number);
  } else if (fn === "max") {
    for (let k = 0; k < n; k++) memory[r + k] = Math.max(memory[a + k] as number, memory[b + k] as number);
  } else if (fn === "min") {
    for (let k = 0; k < n; k++) memory[r + k] = Math.min(memory[a + k] as number, memory[b + k] as number);
  } else if (fn === "gt") {
    for (let k = 0; k < n; k++) {
      const v = memory[a + k] as number;
      const w = memory[b + k] as number;
      memory[r + k] = v > w ? 1 : v <= w ? 0 : Number.NaN;
    }
  } else {
    return false;
  }
  return true;
}

/** What part / whole is where there is a whole, else 0: `where(whole > 0, part / whole, 0)` as one step. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : whole <= 0 ? 0 : Number.NaN;
}
