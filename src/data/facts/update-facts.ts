// Brings new rows of a source into a set of facts that is there. What was known stays: a file that now tells another value for the same
// field, instrument, period and moment of becoming known revises history, and that is refused unless it is asked for.
import { TruewindError } from "#base/errors.js";
import type { Micros } from "#domain/time.js";
import { FactRows } from "./fact-rows.js";
import type { FactColumns } from "./fact-columns.js";
import type { FactSetManifest } from "./fact-set.js";
import { readAllFacts, readFactManifest, writeFactSet } from "./fact-store.js";
import { gatherFacts, type ImportFactsOptions } from "./import-facts.js";
import { settleRows } from "./settle-rows.js";

export interface FactUpdate {
  readonly manifest: FactSetManifest;
  readonly added: number;
  /** Facts that the source now tells differently. */
  readonly revised: number;
  /** False when revisions were refused: then nothing has changed. */
  readonly applied: boolean;
}

/** Throws `no-such-dataset`, `bad-config` when the vintage of the source is another, and as `importFacts`. */
export async function updateFacts(
  source: string,
  factsDir: string,
  options: ImportFactsOptions & { readonly acceptRevisions: boolean },
): Promise<FactUpdate> {
  const { folder, manifest } = await readFactManifest(factsDir, options.name);
  const { words, facts, rows } = await gatherFacts(source, options);
  if (words.vintage !== manifest.vintage) {
    throw new TruewindError(
      "bad-config",
      `The set ${options.name} holds ${manifest.vintage} values and ${source} ${words.vintage} ones: import it under another name.`,
    );
  }
  const events = new Set([...manifest.events, ...words.events]);
  const { merged, revised } = mergeFacts(await readAllFacts(folder), facts, events);
  if (revised > 0 && !options.acceptRevisions) return { manifest, added: 0, revised, applied: false };
  const next = await writeFactSet(
    factsDir,
    {
      ...words,
      readers: [...new Set([...manifest.readers, ...words.readers])].sort(),
      source: manifest.source,
      events: [...events].sort(),
      assumedLag: { ...manifest.assumedLag, ...words.assumedLag },
      quarantined: addCounts(manifest.quarantined, words.quarantined),
      flagged: addCounts(manifest.flagged, words.flagged),
    },
    settleRows(merged, events),
    rows.refusals,
    manifest.lineage,
  );
  return { manifest: next, added: next.facts - manifest.facts, revised, applied: true };
}

/** All facts of both. Where both tell one key, `after` is taken; `revised` counts those whose value it changes. */
function mergeFacts(
  before: FactColumns,
  after: FactColumns,
  events: ReadonlySet<string>,
): { readonly merged: FactRows; readonly revised: number } {
  const told = new Map<string, number>();
  eachKey(after, events, (key, i) => told.set(key, after.value[i] as number));
  const merged = new FactRows();
  let revised = 0;
  eachKey(before, events, (key, i) => {
    const now = told.get(key);
    if (now === undefined) take(merged, before, i);
    else if (now !== before.value[i]) revised++;
  });
  for (let i = 0; i < after.at.length; i++) take(merged, after, i);
  return { merged, revised };
}

/** Events that are alike in all (two texts of one second with one tone) are told apart by their number. */
function eachKey(table: FactColumns, events: ReadonlySet<string>, visit: (key: string, i: number) => void): void {
  const times = new Map<string, number>();
  for (let i = 0; i < table.at.length; i++) {
    const about = table.symbol[i] as number;
    const field = table.fields[table.field[i] as number] as string;
    const key = `${field}\n${about < 0 ? "" : table.symbols[about]}\n${table.at[i]}\n${table.seenAt[i]}`;
    if (!events.has(field)) {
      visit(key, i);
      continue;
    }
    const alike = `${key}\n${table.value[i]}`;
    const n = times.get(alike) ?? 0;
    times.set(alike, n + 1);
    visit(`${alike}\n${n}`, i);
  }
}

function take(rows: FactRows, from: FactColumns, i: number): void {
  const about = from.symbol[i] as number;
  const symbol = about < 0 ? null : (from.symbols[about] as string);
  const place = { file: "", row: 0, text: "" };
  rows.add(
    place,
    from.fields[from.field[i] as number] as string,
    symbol,
    from.at[i] as Micros,
    from.seenAt[i] as Micros,
    from.value[i] as number,
  );
}

function addCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]));
}
