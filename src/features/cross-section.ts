// Ranks and z-scores over the members of one frame. Values that are not finite take no part and stay NaN.


/**
 * Percentiles in [-0.5, 0.5] of `column[rows[0..n)]`, written to `out[row * stride + at]`. Ties share their average rank.
 * `column` is read at `row`; other rows of `out` are not touched.
 */
export function writeRanks(column: Float64Array, rows: Int32Array, n: number, out: Float64Array, stride: number, at: number, scratch: Float64Array): void {
  let known = 0;
  for (let k = 0; k < n; k++) {
    const v = column[rows[k] as number] as number;
    if (v - v === 0) scratch[known++] = v;
  }
  const sorted = scratch.subarray(0, known).sort();
  for (let k = 0; k < n; k++) {
    const i = rows[k] as number;
    const v = column[i] as number;
    let result = Number.NaN;
    if (v - v === 0) {
      const below = firstNotBelow(sorted, known, v);
      let through = below + 1;
      if (through < known && sorted[through] === v) through = firstAbove(sorted, known, v);
      // Ranks below+1 .. through are shared: their average less a half is (below + through) / 2.
      result = (below + through) / (2 * known) - 0.5;
    }
    out[i * stride + at] = result;
  }
}

/** (x - mean) / population standard deviation; two passes in row order, so the bits depend on nothing but the values. */
export function writeZscores(column: Float64Array, rows: Int32Array, n: number, out: Float64Array, stride: number, at: number): void {
  let known = 0;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const v = column[rows[k] as number] as number;
    if (v - v !== 0) continue;
    known++;
    sum += v;
  }
  const mean = sum / known;
  let squares = 0;
  for (let k = 0; k < n; k++) {
    const d = (column[rows[k] as number] as number) - mean;
    if (d - d === 0) squares += d * d;
  }
  const deviation = Math.sqrt(squares / known);
  for (let k = 0; k < n; k++) {
    const i = rows[k] as number;
    const v = column[i] as number;
    out[i * stride + at] = v - v === 0 && deviation > 0 ? (v - mean) / deviation : Number.NaN;
  }
}

function firstNotBelow(sorted: Float64Array, length: number, value: number): number {
  let from = 0;
  let to = length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

function firstAbove(sorted: Float64Array, length: number, value: number): number {
  let from = 0;
  let to = length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] as number) <= value) from = middle + 1;
    else to = middle;
  }
  return from;
}
