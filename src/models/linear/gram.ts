// Weighted cross products of standardised features, in f64, in blocks of rows and always in the same order.
import type { TrainingSet } from "#ports/model.js";
import { standardisedColumns } from "./scaling.js";
import type { Scaling } from "./scaling.js";

/** Rows per block: 40 columns of it stay in the second-level cache. */
export const BLOCK_ROWS = 256;

/** Symmetric `[k][k]` matrix, `k` features, growing block by block. */
export class Gram {
  readonly matrix: Float64Array;

  constructor(private readonly k: number) {
    this.matrix = new Float64Array(k * k);
  }

  /** Adds `z' v` over one block: columns `z[j]` and `v[j]` of `n` rows lie at `j * stride`. Only the upper triangle is kept. */
  add(z: Float64Array, v: Float64Array, n: number, stride: number): void {
    const { k, matrix } = this;
    let i = 0;
    for (; i + 1 < k; i += 2) {
      let j = i;
      for (; j + 1 < k; j += 2) tile(z, v, i * stride, j * stride, n, stride, matrix, i * k + j, k);
      for (; j < k; j++) {
        matrix[i * k + j] = (matrix[i * k + j] as number) + dot(z, v, i * stride, j * stride, n);
        matrix[(i + 1) * k + j] = (matrix[(i + 1) * k + j] as number) + dot(z, v, (i + 1) * stride, j * stride, n);
      }
    }
    if (i < k) matrix[i * k + i] = (matrix[i * k + i] as number) + dot(z, v, i * stride, i * stride, n);
  }
}

/** Two by two columns at once: four products for four loads. */
function tile(z: Float64Array, v: Float64Array, a: number, b: number, n: number, stride: number, out: Float64Array, at: number, k: number): void {
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  for (let r = 0; r < n; r++) {
    const z0 = z[a + r] as number;
    const z1 = z[a + stride + r] as number;
    const v0 = v[b + r] as number;
    const v1 = v[b + stride + r] as number;
    s00 += z0 * v0;
    s01 += z0 * v1;
    s10 += z1 * v0;
    s11 += z1 * v1;
  }
  out[at] = (out[at] as number) + s00;
  out[at + 1] = (out[at + 1] as number) + s01;
  out[at + k] = (out[at + k] as number) + s10;
  out[at + k + 1] = (out[at + k + 1] as number) + s11;
}

function dot(z: Float64Array, v: Float64Array, a: number, b: number, n: number): number {
  let sum = 0;
  for (let r = 0; r < n; r++) sum += (z[a + r] as number) * (v[b + r] as number);
  return sum;
}

/** Calls `use` with each block of standardised columns: the block, its rows and their positions in the training set. */
export function forBlocks(train: TrainingSet, scaling: Scaling, use: (z: Float64Array, rows: Uint32Array) => void): void {
  const z = new Float64Array(train.features.length * BLOCK_ROWS);
  for (let from = 0; from < scaling.rows.length; from += BLOCK_ROWS) {
    const to = Math.min(from + BLOCK_ROWS, scaling.rows.length);
    standardisedColumns(train, scaling, from, to, z, BLOCK_ROWS);
    use(z, scaling.rows.subarray(from, to));
  }
}
