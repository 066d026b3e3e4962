// A column of numbers of a DuckDB chunk as one typed array, without a call per value: reading a lake is mostly this.
import type { DuckDBDataChunk, DuckDBDoubleVector, DuckDBIntegerVector } from "@duckdb/node-api";

/** What a vector of the client holds, and does not show: its numbers in place, and no mask when nothing is NULL. */
interface Inside<A> {
  readonly items?: A;
  readonly validity?: { readonly data?: unknown };
}

/** Of a DOUBLE column. Valid as long as the chunk; not to be written. NULL becomes NaN. */
export function doublesOf(chunk: DuckDBDataChunk, column: number): Float64Array {
  const vector = chunk.getColumnVector(column) as DuckDBDoubleVector;
  const { items, validity } = vector as unknown as Inside<Float64Array>;
  if (items instanceof Float64Array && validity?.data === null) return items;
  return Float64Array.from({ length: chunk.rowCount }, (_, row) => vector.getItem(row) ?? Number.NaN);
}

/** Of an INTEGER column. Valid as long as the chunk; not to be written. NULL becomes -1. */
export function integersOf(chunk: DuckDBDataChunk, column: number): Int32Array {
  const vector = chunk.getColumnVector(column) as DuckDBIntegerVector;
  const { items, validity } = vector as unknown as Inside<Int32Array>;
  if (items instanceof Int32Array && validity?.data === null) return items;
  return Int32Array.from({ length: chunk.rowCount }, (_, row) => vector.getItem(row) ?? -1);
}
