// In what order the system of a program is eliminated, [H, E'; E, 0] with H = P + a diagonal, and what meets what on the way: worked out once for
// all steps. Pieces with few neighbors come first, on their sparse pattern; what is left, the tail, is dense.
import type { ProgramRows, QuadraticProgram, Stage } from "./quadratic-program.js";

export interface SystemPattern {
  /** Place of each variable, then of each row. */
  readonly place: Int32Array;
  /** Places below are sparse, from here on dense. */
  readonly sparse: number;
  readonly tail: number;
  /** How many places of the tail are variables: the first ones. */
  readonly above: number;
  /** 1 for a row, 0 for a variable, by place. */
  readonly isRow: Uint8Array;
  /** Column j of the sparse part has entries `starts[j]` up to `starts[j + 1]`, those that elimination brings included. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
  /** Entries of E within the tail, of one row each, `row` > `column`, counted from the tail's beginning. */
  readonly dense: readonly DenseEntry[];
  /** The sparse part, in order. */
  readonly spans: readonly Span[];
}

interface DenseEntry {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/**
 * `count` columns from `from` on. A run: all meet the same `rows` places of the tail and nothing else, those of the entries from `start` on.
 * With `rows` 0: columns that are gone through one by one.
 */
export interface Span {
  readonly from: number;
  readonly count: number;
  readonly rows: number;
  readonly start: number;
}

const STAGES = { early: 0, main: 2, late: 3 } as const satisfies Record<Stage, number>;
/** Fewer columns or rows are not worth going through memory of their own. */
const LEAST = 4;

export function systemPattern({ stages, rows, blocks }: QuadraticProgram): SystemPattern {
  const n = stages.length;
  const m = rows.right.length;
  const size = n + m;
  const ranks = new Uint8Array(size);
  for (let j = 0; j < n; j++) ranks[j] = STAGES[stages[j] as Stage];
  for (let r = 0; r < m; r++) ranks[n + r] = rows.stages[r] === "early" ? 1 : 4;
  const counts = new Int32Array(6);
  for (const rank of ranks) counts[rank + 1] = (counts[rank + 1] as number) + 1;
  for (let rank = 0; rank < 5; rank++) counts[rank + 1] = (counts[rank + 1] as number) + (counts[rank] as number);
  // Weights that all meet each other, in a dense P or in the rows of scenarios, are dense from there on. A row of one weight and the many
  // lines of its costs brings none together.
  const sparse = counts[blocks.length > 0 || bringsTogether(rows, ranks) ? 2 : 3] as number;
  const lateRows = counts[4] as number;
  const place = new Int32Array(size);
  const isRow = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    const rank = ranks[at] as number;
    place[at] = counts[rank] as number;
    if (at >= n) isRow[counts[rank] as number] = 1;
    counts[rank] = (counts[rank] as number) + 1;
  }

  const { begins, own, ownValues, dense } = entriesByColumn(rows, place, sparse);
  // A column's entries below its first go on to that first one, its parent.
  const starts = new Int32Array(sparse + 1);
  let all = new Int32Array(2 * own.length + 16);
  let values = new Float64Array(all.length);
  const [child, sibling] = [new Int32Array(sparse).fill(-1), new Int32Array(sparse).fill(-1)];
  const slots = new Int32Array(size).fill(-1);
  let count = 0;
  for (let j = 0; j < sparse; j++) {
    const begin = count;
    const end = begins[j + 1] as number;
    let most = count + end - (begins[j] as number);
    for (let from = child[j] as number; from >= 0; from = sibling[from] as number)
      most += (starts[from + 1] as number) - (starts[from] as number);
    if (most > all.length) {
      const [moreRows, moreValues] = [new Int32Array(2 * most), new Float64Array(2 * most)];
      moreRows.set(all);
      moreValues.set(values);
      [all, values] = [moreRows, moreValues];
    }
    let sorted = true;
    for (let at = begins[j] as number; at < end; at++) {
      const row = own[at] as number;
      if (count > begin && row < (all[count - 1] as number)) sorted = false;
      slots[row] = count;
      all[count++] = row;
    }
    for (let from = child[j] as number; from >= 0; from = sibling[from] as number)
      for (let at = (starts[from] as number) + 1; at < (starts[from + 1] as number); at++) {
        const row = all[at] as number;
        if ((slots[row] as number) >= begin) continue;
        if (count > begin && row < (all[count - 1] as number)) sorted = false;
        slots[row] = count;
        all[count++] = row;
      }
    starts[j + 1] = count;
    if (!sorted) {
      all.subarray(begin, count).sort();
      for (let slot = begin; slot < count; slot++) slots[all[slot] as number] = slot;
    }
    for (let at = begins[j] as number; at < end; at++) values[slots[own[at] as number] as number] = ownValues[at] as number;
    if (count === begin) continue;
    const parent = all[begin] as number;
    if (parent >= sparse) continue;
    sibling[j] = child[parent] as number;
    child[parent] = j;
  }
  const rowsOf = all.slice(0, count);
  const spans = spansOf(starts, rowsOf, sparse);
  return {
    place,
    sparse,
    tail: size - sparse,
    above: lateRows - sparse,
    isRow,
    starts,
    rows: rowsOf,
    values: values.slice(0, count),
    dense,
    spans,
  };
}

/** Entries of E by column of the sparse part, in the order of their rows, and those within the tail. */
function entriesByColumn({ starts, variables, values, right }: ProgramRows, place: Int32Array, sparse: number) {
  const n = place.length - right.length;
  const begins = new Int32Array(sparse + 1);
  const dense: DenseEntry[] = [];
  for (let r = 0; r < right.length; r++) {
    const row = place[n + r] as number;
    for (let at = starts[r] as number; at < (starts[r + 1] as number); at++) {
      const other = place[variables[at] as number] as number;
      const column = Math.min(row, other);
      if (column < sparse) begins[column + 1] = (begins[column + 1] as number) + 1;
      else dense.push({ row: Math.max(row, other) - sparse, column: column - sparse, value: values[at] as number });
    }
  }
  for (let j = 0; j < sparse; j++) begins[j + 1] = (begins[j + 1] as number) + (begins[j] as number);
  const next = begins.slice();
  const own = new Int32Array(begins[sparse] as number);
  const ownValues = new Float64Array(own.length);
  for (let r = 0; r < right.length; r++) {
    const row = place[n + r] as number;
    for (let at = starts[r] as number; at < (starts[r + 1] as number); at++) {
      const other = place[variables[at] as number] as number;
      const column = Math.min(row, other);
      if (column >= sparse) continue;
      const slot = next[column] as number;
      next[column] = slot + 1;
      own[slot] = Math.max(row, other);
      ownValues[slot] = values[at] as number;
    }
  }
  return { begins, own, ownValues, dense };
}

function bringsTogether({ starts, variables, stages, right }: ProgramRows, ranks: Uint8Array): boolean {
  for (let r = 0; r < right.length; r++) {
    if (stages[r] !== "early" || (starts[r + 1] as number) - (starts[r] as number) <= 16) continue;
    let weights = 0;
    for (let at = starts[r] as number; at < (starts[r + 1] as number); at++) if (ranks[variables[at] as number] === STAGES.main) weights++;
    if (weights > 16) return true;
  }
  return false;
}

function spansOf(starts: Int32Array, rows: Int32Array, sparse: number): Span[] {
  const spans: Span[] = [];
  let single = 0;
  for (let from = 0; from < sparse; ) {
    const start = starts[from] as number;
    const length = (starts[from + 1] as number) - start;
    let to = from + 1;
    if (length >= LEAST && (rows[start] as number) >= sparse) while (to < sparse && isSame(starts, rows, from, to)) to++;
    if (to - from >= LEAST) {
      if (from > single) spans.push({ from: single, count: from - single, rows: 0, start: 0 });
      spans.push({ from, count: to - from, rows: length, start });
      single = to;
    }
    from = to;
  }
  if (sparse > single) spans.push({ from: single, count: sparse - single, rows: 0, start: 0 });
  return spans;
}

function isSame(starts: Int32Array, rows: Int32Array, a: number, b: number): boolean {
  const [from, other] = [starts[a] as number, starts[b] as number];
  const length = (starts[a + 1] as number) - from;
  if ((starts[b + 1] as number) - other !== length) return false;
  for (let at = 0; at < length; at++) if (rows[from + at] !== rows[other + at]) return false;
  return true;
}
