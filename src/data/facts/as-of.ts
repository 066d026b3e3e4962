// What was known of the facts at a moment: per field and instrument the latest period of which a value was known, and that value as it
// stood then.
import type { Micros } from "#domain/time.js";
import type { FactColumns } from "./fact-columns.js";

export interface KnownFact {
  readonly field: string;
  /** Null: the market. */
  readonly symbol: string | null;
  readonly at: Micros;
  readonly seenAt: Micros;
  readonly value: number;
}

/** By symbol (the market first), then field. A value that becomes known at `moment` itself counts as known. */
export function factsAsOf(facts: FactColumns, moment: Micros): KnownFact[] {
  const latest = new Map<number, number>();
  for (let i = 0; i < facts.seenAt.length && (facts.seenAt[i] as number) <= moment; i++) {
    const key = ((facts.symbol[i] as number) + 1) * facts.fields.length + (facts.field[i] as number);
    const best = latest.get(key);
    // In order of becoming known: an equal period is a restatement, and stands from now on.
    if (best === undefined || (facts.at[i] as number) >= (facts.at[best] as number)) latest.set(key, i);
  }
  return [...latest].sort(([a], [b]) => a - b).map(([, i]) => factAt(facts, i));
}

/** Row `i` of the table. */
export function factAt(facts: FactColumns, i: number): KnownFact {
  const symbol = facts.symbol[i] as number;
  return {
    field: facts.fields[facts.field[i] as number] as string,
    symbol: symbol < 0 ? null : (facts.symbols[symbol] as string),
    at: facts.at[i] as Micros,
    seenAt: facts.seenAt[i] as Micros,
    value: facts.value[i] as number,
  };
}
