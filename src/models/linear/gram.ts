// Weighted cross products of standardised features, in f64, in blocks of rows and always in the same order.
import type { TrainingSet } from "#ports/model.js";
import { standardisedColumns } from "./scaling.js";
import type { Scaling } from "./scaling.js";

/** Rows per block: 40 columns of it stay in the second-level cache. */
export const BLOCK_ROWS = 256;

/** Columns in a block for `k` features: filled up with zeros, so that the kernel needs no remainder. */
export const blockColumns = (k: number): number => Math.ceil(k / 4) * 4;

/** Cross products of columns, growing block by block; `matrix` is `[blockColumns][blockColumns]` and right on and above its diagonal. */
export class Gram {
  readonly columns: number;
  readonly matrix: Float64Array;

  constructor(k: number) {
    this.columns = blockColumns(k);
    this.matrix = new Float64Array(this.columns * this.columns);
  }

  /** Adds `z' v` over one block of `n` rows: column j of either starts at `j * BLOCK_ROWS`. */
  add(z: Float64Array, v: Float64Array, n: number): void {
    const { columns } = this;
    for (let i = 0; i < columns; i += 4) for (let j = i; j < columns; j += 2) this.tile(z, v, i, j, n);
  }

  /** Four columns by two at once: eight products for six loads, and few enough sums to stay in registers. */
  private tile(z: Float64Array, v: Float64Array, i: number, j: number, n: number): void {
    const a = i * BLOCK_ROWS;
    const b = j * BLOCK_ROWS;
    let s00 = 0;
    let s01 = 0;
    let s10 = 0;
    let s11 = 0;
    let s20 = 0;
    let s21 = 0;
    let s30 = 0;
    let s31 = 0;
    for (let r = 0; r < n; r++) {
      const z0 = z[a + r] as number;
      const z1 = z[a + BLOCK_ROWS + r] as number;
      const z2 = z[a + 2 * BLOCK_ROWS + r] as number;
      const z3 = z[a + 3 * BLOCK_ROWS + r] as number;
      const v0 = v[b + r] as number;
      const v1 = v[b + BLOCK_ROWS + r] as number;
      s00 += z0 * v0;
      s01 += z0 * v1;
      s10 += z1 * v0;
      s11 += z1 * v1;
      s20 += z2 * v0;
      s21 += z2 * v1;
      s30 += z3 * v0;
      s31 += z3 * v1;
    }
    const { matrix, columns } = this;
    const add = (row: number, left: number, right: number): void => {
      const at = (i + row) * columns + j;
      matrix[at] = (matrix[at] as number) + left;
      matrix[at + 1] = (matrix[at + 1] as number) + right;
    };
    add(0, s00, s01);
    add(1, s10, s11);
    add(2, s20, s21);
    add(3, s30, s31);
  }
}

/** Calls `use` with each block of standardised columns: the block, its rows and their positions in the training set. */
export function forBlocks(train: TrainingSet, scaling: Scaling, use: (z: Float64Array, rows: Uint32Array) => void): void {
  const z = new Float64Array(blockColumns(train.features.length) * BLOCK_ROWS);
  for (let from = 0; from < scaling.rows.length; from += BLOCK_ROWS) {
    const to = Math.min(from + BLOCK_ROWS, scaling.rows.length);
    standardisedColumns(train, scaling, from, to, z, BLOCK_ROWS);
    use(z, scaling.rows.subarray(from, to));
  }
}
