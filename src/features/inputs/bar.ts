// The bar's own fields as columns. What is not finite is missing: NaN.
import { DAY_US } from "#domain/time.js";
import type { BarBatch } from "#domain/market.js";
import type { Work } from "#features/kernels/kernel.js";
import type { InputLane } from "#features/plan/operations.js";
import type { InputName } from "#features/language/node.js";

/** Puts rows `from` to `to` (exclusive) of the batch at the current bar of their instruments. */
export function loadInput({ name, lane }: InputLane, batch: BarBatch, from: number, to: number, bar: Int32Array, work: Work): void {
  const { memory, width } = work;
  const { instrument } = batch;
  const { offset, mask } = lane;
  const source = columnOf(batch, name);
  for (let row = from; row < to; row++) {
    const i = instrument[row] as number;
    const v = source[row] as number;
    const slot = offset + Math.imul((bar[i] as number) & mask, width);
    memory[slot + i] = name === "dayOfWeek" ? weekday(v) : v - v === 0 ? v : Number.NaN;
  }
}

/** Spelled out: a computed property name would be looked up anew at every bar. */
function columnOf(batch: BarBatch, name: InputName): Float64Array {
  switch (name) {
    case "open":
      return batch.open;
    case "high":
      return batch.high;
    case "low":
      return batch.low;
    case "close":
      return batch.close;
    case "volume":
      return batch.volume;
    case "dayOfWeek":
      return batch.openAt;
    default:
      return name satisfies never;
  }
}

/** Monday 1 to Sunday 7, in UTC; 1970-01-01 was a Thursday. */
function weekday(time: number): number {
  return ((Math.floor(time / DAY_US) + 3) % 7) + 1;
}
