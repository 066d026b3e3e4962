// From facts in the order of their files to the canonical table: in the order in which they became known, without repetitions and
// without two values for one key. A later value for a period restates it; both are kept.
import type { FactRows } from "./fact-rows.js";

export interface SettledFacts {
  readonly fields: readonly string[];
  readonly symbols: readonly string[];
  /** Per fact: number of the field, of the symbol (-1: the market), `at`, `seenAt`, value. Ordered by (seenAt, field, symbol, at). */
  readonly field: Int32Array;
  readonly symbol: Int32Array;
  readonly at: Float64Array;
  readonly seenAt: Float64Array;
  readonly value: Float64Array;
  readonly restated: number;
  readonly repeated: number;
}

/** `eventFields`: fields of which every row is an event of its own. Names are renumbered in alphabetical order. */
export function settleRows(rows: FactRows, eventFields: ReadonlySet<string>): SettledFacts {
  const fields = [...rows.fields].sort();
  const symbols = [...rows.symbols].sort();
  const fieldNumber = renumber(rows.fields, fields);
  const symbolNumber = renumber(rows.symbols, symbols);
  const field = Int32Array.from(rows.field, (old) => fieldNumber[old] as number);
  const symbol = Int32Array.from(rows.symbol, (old) => (old < 0 ? -1 : (symbolNumber[old] as number)));
  const { at, seenAt, value } = rows;
  const isEvent = fields.map((name) => eventFields.has(name));
  const order = Uint32Array.from({ length: rows.length }, (_, i) => i);
  const by = (column: ArrayLike<number>) => (a: number, b: number) => (column[a] as number) - (column[b] as number);
  const [byField, bySymbol, byAt, bySeen] = [by(field), by(symbol), by(at), by(seenAt)];
  // Rows of one key stand together in the order in which they became known, then in that of the source.
  order.sort((a, b) => byField(a, b) || bySymbol(a, b) || byAt(a, b) || bySeen(a, b) || a - b);
  const keep: number[] = [];
  let [restated, repeated] = [0, 0];
  let last = -1;
  let lastRestated = false;
  for (const i of order) {
    const same = last >= 0 && field[i] === field[last] && symbol[i] === symbol[last] && at[i] === at[last];
    if (!same || isEvent[field[i] as number] === true) {
      keep.push(i);
      last = i;
      lastRestated = false;
    } else if (value[i] === value[last]) repeated++;
    else if (seenAt[i] === seenAt[last]) {
      const text = `${fields[field[i] as number]} ${symbol[i] === -1 ? "market" : symbols[symbol[i] as number]} ${at[i]}: ${value[last]} and ${value[i]}`;
      rows.refuse("two-values-at-one-moment", { file: "", row: 0, text });
    } else {
      keep.push(i);
      last = i;
      if (!lastRestated) restated++;
      lastRestated = true;
    }
  }
  keep.sort((a, b) => bySeen(a, b) || byField(a, b) || bySymbol(a, b) || byAt(a, b) || a - b);
  const pick = (column: ArrayLike<number>) => Float64Array.from(keep, (i) => column[i] as number);
  return {
    fields,
    symbols,
    field: Int32Array.from(keep, (i) => field[i] as number),
    symbol: Int32Array.from(keep, (i) => symbol[i] as number),
    at: pick(at),
    seenAt: pick(seenAt),
    value: pick(value),
    restated,
    repeated,
  };
}

function renumber(old: readonly string[], fresh: readonly string[]): readonly number[] {
  const numberOf = new Map(fresh.map((name, i) => [name, i]));
  return old.map((name) => numberOf.get(name) as number);
}
