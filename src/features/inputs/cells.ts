// Names for the cells of a tape: where each stands and which dimension it has.
import type { Dimension } from "./columns.js";

interface Cells<K extends string> {
  readonly at: Readonly<Record<K, number>>;
  readonly dimensions: readonly Dimension[];
}

/** The cells in the order written, the first at `first`. */
export function cellsOf<K extends string>(dimensions: Readonly<Record<K, Dimension>>, first = 0): Cells<K> {
  const names = Object.keys(dimensions) as K[];
  const at = Object.fromEntries(names.map((name, k) => [name, first + k])) as Record<K, number>;
  return { at, dimensions: names.map((name) => dimensions[name]) };
}

/** Names with a number from 1 to `count`, all of one dimension. The type knows the first; the others stand behind it in their order. */
export function numbered<P extends string>(prefix: P, count: number, dimension: Dimension): Readonly<Record<`${P}1`, Dimension>> {
  return Object.fromEntries(Array.from({ length: count }, (_, k) => [`${prefix}${k + 1}`, dimension])) as Record<`${P}1`, Dimension>;
}

/** Adds to a cell. */
export function tally(state: Float64Array, cell: number, by: number): void {
  state[cell] = (state[cell] as number) + by;
}

/** Raises a cell to a value. */
export function raise(state: Float64Array, cell: number, to: number): void {
  if (to > (state[cell] as number)) state[cell] = to;
}

/** Hands out `count` tallies from cell `first` as the first columns, and begins them anew. */
export function handOut(state: Float64Array, first: number, count: number, out: Float64Array): void {
  for (let k = 0; k < count; k++) {
    out[k] = state[first + k] as number;
    state[first + k] = 0;
  }
}
