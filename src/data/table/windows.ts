// What a prediction may read of a table: for a row, the rows of the same instrument that lie at least `lag` rows before it. The row's own
// features are never among them. Where the file begins too late, rows that were kept from another file stand in.
import type { Table } from "./row-file.js";

/** The last rows of each instrument of an earlier file, in time. */
export interface PastRows {
  readonly times: Float64Array;
  /** Row-major `[row][feature]`. */
  readonly x: Float32Array;
}

export interface Windows {
  /** Row that is the newest to be read for this one; below the instrument's first where only the past has it; null where nobody has. */
  newest(row: number): number | null;
  /** Writes the last `steps` rows before `row`, oldest first, as `[step][feature]` into `out` from `at` on; NaN where there is none. */
  write(row: number, steps: number, out: Float32Array, at: number): void;
}

/** Position of the instrument that holds the row. */
export function instrumentOf({ firstRow }: Table, row: number): number {
  let low = 0;
  let high = firstRow.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((firstRow[middle] as number) <= row) low = middle;
    else high = middle;
  }
  return low;
}

/** `past` per symbol. A row of it that is not before the file's first row of its instrument does not count: the file wins. */
export function createWindows(table: Table, lag: number, past: ReadonlyMap<string, PastRows> = new Map()): Windows {
  const k = table.features.length;
  const kept = table.instruments.map((symbol, i) => {
    const rows = past.get(symbol);
    if (rows === undefined) return null;
    const first = table.times[table.firstRow[i] as number] as number;
    return { x: rows.x, count: rows.times.filter((time) => time < first).length };
  });
  const nobody = { x: new Float32Array(0), count: 0 };
  return {
    newest(row) {
      const instrument = instrumentOf(table, row);
      const first = table.firstRow[instrument] as number;
      const at = row - lag;
      return at >= first - (kept[instrument]?.count ?? 0) ? at : null;
    },
    write(row, steps, out, at) {
      const instrument = instrumentOf(table, row);
      const first = table.firstRow[instrument] as number;
      const { x, count } = kept[instrument] ?? nobody;
      const end = row - lag + 1;
      const fromFile = Math.max(first, end - steps);
      const inFile = Math.max(0, end - fromFile);
      const fromPast = Math.min(first, end) - (end - steps); // rows wanted from before the file
      let to = at;
      if (fromPast > 0) {
        const missing = first - Math.min(first, end); // the newest of the past that lie too near
        const last = count - missing;
        const has = Math.max(0, Math.min(fromPast, last));
        out.fill(Number.NaN, to, to + (fromPast - has) * k);
        to += (fromPast - has) * k;
        if (has > 0) out.set(x.subarray((last - has) * k, last * k), to);
        to += has * k;
      }
      if (inFile > 0) table.read(fromFile, inFile, out, to);
    },
  };
}

/** The last `count` rows of every instrument: the past of a file that begins where this one ends. */
export function lastRows(table: Table, count: number): ReadonlyMap<string, PastRows> {
  const k = table.features.length;
  return new Map(
    table.instruments.map((symbol, i) => {
      const end = table.firstRow[i + 1] as number;
      const from = Math.max(table.firstRow[i] as number, end - count);
      const x = new Float32Array((end - from) * k);
      table.read(from, end - from, x, 0);
      return [symbol, { times: table.times.slice(from, end), x }];
    }),
  );
}
