// The facts of a run: of all sets that the experiment names, the fields that its features read, for the instruments of its dataset, in
// one order with splits and dividends. Facts stay columns; an event is made when its turn comes.
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Fact, ToldEvents } from "#domain/fact.js";
import type { Instrument, InstrumentIx } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import { type FactColumns, readColumns } from "./fact-columns.js";
import type { FactSetManifest } from "./fact-set.js";
import { namesIn, readFactManifest } from "./fact-store.js";

/** A set that an experiment names, opened. */
export interface OpenFactSet {
  readonly manifest: FactSetManifest;
  readonly folder: string;
  /** Instruments of the dataset that the set speaks of, and those of the set that the dataset does not have. */
  readonly matched: number;
  readonly unmatched: number;
}

/** Throws `no-such-dataset`, or `bad-file` when a set is damaged. In the order of the names. */
export async function openFactSets(factsDir: string, names: readonly string[], instruments: readonly Instrument[]): Promise<OpenFactSet[]> {
  const known = new Set<string>(instruments.map(({ id }) => id));
  const sets: OpenFactSet[] = [];
  for (const name of names) {
    const { folder, manifest } = await readFactManifest(factsDir, name);
    const symbols = await namesIn(folder, "symbol");
    const matched = symbols.filter((symbol) => known.has(symbol)).length;
    sets.push({ manifest, folder, matched, unmatched: symbols.length - matched });
  }
  return sets;
}

/**
 * One table per set, cut to the fields and instruments. Rows of `instruments` are what `symbol` numbers into. What was known before 1970
 * is left out: the time of a run begins there.
 */
export async function loadFactColumns(
  sets: readonly OpenFactSet[],
  fields: readonly string[],
  instruments: readonly Instrument[],
): Promise<FactColumns[]> {
  const symbols = instruments.map(({ id }) => id as string);
  const tables: FactColumns[] = [];
  for (const { folder } of sets) tables.push(await readColumns(folder, fields, symbols, 0));
  return tables;
}

/** References and facts by (seenAt, references first, set by set): what the engine and the study are told besides the market. */
export function mergeTold(references: readonly ReferenceEvent[], tables: readonly FactColumns[]): ToldEvents {
  const factCount = tables.reduce((sum, { at }) => sum + at.length, 0);
  if (factCount === 0) return references;
  const length = references.length + factCount;
  // Source 0 are the references, source k the table k - 1.
  const source = new Uint16Array(length);
  const row = new Uint32Array(length);
  const next = new Uint32Array(tables.length + 1);
  const seenAt = (from: number): number => {
    const i = next[from] as number;
    const seen = from === 0 ? references[i]?.seenAt : tables[from - 1]?.seenAt[i];
    return seen ?? Number.POSITIVE_INFINITY;
  };
  for (let place = 0; place < length; place++) {
    let first = 0;
    for (let from = 1; from <= tables.length; from++) if (seenAt(from) < seenAt(first)) first = from;
    source[place] = first;
    row[place] = next[first] as number;
    next[first] = (next[first] as number) + 1;
  }
  return {
    length,
    at(index) {
      if (index >= length) return undefined;
      const from = source[index] as number;
      const i = row[index] as number;
      return from === 0 ? references[i] : factOf(tables[from - 1] as FactColumns, i);
    },
  };
}

function factOf({ fields, field, symbol, at, seenAt, value }: FactColumns, i: number): Fact {
  const instrument = symbol[i] as number;
  return {
    kind: "fact",
    at: at[i] as Micros,
    seenAt: seenAt[i] as Micros,
    instrument: instrument < 0 ? null : (instrument as InstrumentIx),
    field: fields[field[i] as number] as string,
    value: value[i] as number,
  };
}
