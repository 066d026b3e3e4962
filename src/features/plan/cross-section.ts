// Ranks and z-scores over the members of one frame. `column[k]` belongs to instrument `rows[k]`, whose result goes into one column of a table.
// Values that are not finite take no part and get no result: the caller fills the column with NaN beforehand.
import type { Sorter } from "./sorter.js";

/** One column of a row-major table with a row per instrument. */
export interface Target {
  readonly values: Float64Array;
  readonly columns: number;
  readonly column: number;
}

/** Percentiles in [-0.5, 0.5]: (average rank - 0.5) / n - 0.5 with ranks 1..n; ties share their average rank. */
export function writeRanks(column: Float64Array, rows: Int32Array, n: number, out: Target, sorter: Sorter): void {
  const known = sorter.sort(column, n);
  const { order } = sorter;
  const { values, columns, column: at } = out;
  for (let from = 0; from < known; ) {
    const v = column[order[from] as number] as number;
    let to = from + 1;
    while (to < known && column[order[to] as number] === v) to++;
    // The average of ranks from+1 .. to, less a half.
    const percentile = (from + to) / (2 * known) - 0.5;
    for (; from < to; from++) values[(rows[order[from] as number] as number) * columns + at] = percentile;
  }
}

/** (x - mean) / population standard deviation; two passes in row order, so the bits depend on nothing but the values. */
export function writeZscores(column: Float64Array, rows: Int32Array, n: number, out: Target): void {
  let known = 0;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const v = column[k] as number;
    if (v - v !== 0) continue;
    known++;
    sum += v;
  }
  const mean = sum / known;
  let squares = 0;
  for (let k = 0; k < n; k++) {
    const d = (column[k] as number) - mean;
    if (d - d === 0) squares += d * d;
  }
  const deviation = Math.sqrt(squares / known);
  for (let k = 0; k < n; k++) {
    const v = column[k] as number;
    if (v - v === 0 && deviation > 0) out.values[(rows[k] as number) * out.columns + out.column] = (v - mean) / deviation;
  }
}
