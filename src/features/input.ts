// The bar's own fields as columns. What is not finite is missing: NaN.
import { DAY_US } from "#domain/time.js";
import type { BarBatch } from "#domain/market.js";
import type { Lane } from "./kernel.js";
import type { InputName } from "./node.js";

/** Puts rows `from` to `from + n` of the batch at the current bar of their instruments. */
export function loadInput(name: InputName, batch: BarBatch, from: number, rows: Int32Array, n: number, lane: Lane, bar: Int32Array): void {
  const { ring, mask } = lane;
  const width = ring.length / (mask + 1);
  const source = columnOf(batch, name);
  for (let k = 0; k < n; k++) {
    const i = rows[k] as number;
    const v = source[from + k] as number;
    ring[Math.imul((bar[i] as number) & mask, width) + i] = name === "dayOfWeek" ? weekday(v) : v - v === 0 ? v : Number.NaN;
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
