// Sets of facts on disk: `facts/NAME` is a link to one version, as datasets are kept in the lake. A version holds facts.parquet in the
// order in which the facts became known, manifest.json and, when rows were refused, quarantine.jsonl.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import { canonicalJson, sha256 } from "#base/hash.js";
import type { Micros } from "#domain/time.js";
import { openDuckDb, readRows, sqlText } from "../lake/duckdb.js";
import { checkDatasetName, datasetFolder, datasetNames, replaceDataset } from "../lake/folder.js";
import type { Refusal } from "./fact-rows.js";
import type { FactSetManifest } from "./fact-set.js";
import { type FactColumns, readColumns } from "./fact-columns.js";
import type { SettledFacts } from "./settle-rows.js";

export type FactSetWords = Pick<
  FactSetManifest,
  "name" | "readers" | "source" | "vintage" | "events" | "assumedLag" | "quarantined" | "flagged" | "passedOver"
>;

/** Writes a version and makes it the set. `lineage`: of the version that this one updates. */
export async function writeFactSet(
  factsDir: string,
  words: FactSetWords,
  facts: SettledFacts,
  refusals: readonly Refusal[],
  lineage: string | null = null,
): Promise<FactSetManifest> {
  const manifest = manifestOf(words, facts, lineage);
  await replaceDataset(factsDir, words.name, async (folder) => {
    await writeParquet(folder, facts);
    if (refusals.length > 0) await writeFile(join(folder, "quarantine.jsonl"), refusals.map((one) => `${JSON.stringify(one)}\n`).join(""));
    await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  });
  return manifest;
}

function manifestOf(words: FactSetWords, facts: SettledFacts, lineage: string | null): FactSetManifest {
  const id = idOf(facts, words.vintage);
  const counts = new Map<number, number>();
  for (const field of facts.field) counts.set(field, (counts.get(field) ?? 0) + 1);
  const bound = (column: Float64Array, pick: (a: number, b: number) => number): Micros | null =>
    column.length === 0 ? null : (column.reduce((a, b) => pick(a, b)) as Micros);
  return {
    schema: 1,
    ...words,
    id,
    lineage: lineage ?? id,
    facts: facts.at.length,
    fields: Object.fromEntries(facts.fields.flatMap((name, i) => (counts.has(i) ? [[name, counts.get(i) as number]] : []))),
    symbols: new Set(facts.symbol.filter((symbol) => symbol >= 0)).size,
    from: bound(facts.at, Math.min),
    to: bound(facts.at, Math.max),
    seenFrom: bound(facts.seenAt, Math.min),
    seenTo: bound(facts.seenAt, Math.max),
    restated: facts.restated,
    repeated: facts.repeated,
  };
}

/** SHA-256 over the facts in canonical order, names written out, and what their vintage is. */
function idOf(facts: Pick<SettledFacts, "fields" | "symbols" | "field" | "symbol" | "at" | "seenAt" | "value">, vintage: string): string {
  const bytes = (lane: Int32Array | Float64Array): Uint8Array => new Uint8Array(lane.buffer, lane.byteOffset, lane.byteLength);
  // Names that no fact uses (all their rows were refused) are no part of it.
  const field = compact(facts.fields, facts.field);
  const symbol = compact(facts.symbols, facts.symbol);
  const head = canonicalJson({ vintage, fields: field.names, symbols: symbol.names });
  return sha256(head, bytes(field.numbers), bytes(symbol.numbers), bytes(facts.at), bytes(facts.seenAt), bytes(facts.value));
}

function compact(names: readonly string[], numbers: Int32Array): { readonly names: readonly string[]; readonly numbers: Int32Array } {
  const used = [...new Set(numbers)].filter((n) => n >= 0).sort((a, b) => a - b);
  const fresh = new Map(used.map((old, i) => [old, i]));
  return { names: used.map((old) => names[old] as string), numbers: numbers.map((old) => fresh.get(old) ?? -1) };
}

async function writeParquet(folder: string, { fields, symbols, field, symbol, at, seenAt, value }: SettledFacts): Promise<void> {
  const db = await openDuckDb(null, folder);
  try {
    await db.connection.run("CREATE TABLE facts (n INTEGER, field VARCHAR, symbol VARCHAR, end_at BIGINT, seen_at BIGINT, value DOUBLE)");
    const appender = await db.connection.createAppender("facts");
    for (let i = 0; i < at.length; i++) {
      appender.appendInteger(i);
      appender.appendVarchar(fields[field[i] as number] as string);
      if ((symbol[i] as number) < 0) appender.appendNull();
      else appender.appendVarchar(symbols[symbol[i] as number] as string);
      appender.appendBigInt(BigInt(at[i] as number));
      appender.appendBigInt(BigInt(seenAt[i] as number));
      appender.appendDouble(value[i] as number);
      appender.endRow();
    }
    appender.closeSync();
    const rows = "SELECT field, symbol, end_at, seen_at, value FROM facts ORDER BY n";
    await db.connection.run(`COPY (${rows}) TO ${sqlText(join(folder, "facts.parquet"))} (FORMAT parquet, COMPRESSION zstd)`);
  } finally {
    db.close();
  }
}

/** Throws `no-such-dataset` when there is no such set, and `bad-file` when its manifest is damaged. */
export async function readFactManifest(
  factsDir: string,
  name: string,
): Promise<{ readonly folder: string; readonly manifest: FactSetManifest }> {
  checkDatasetName(name);
  if (!existsSync(join(factsDir, name, "manifest.json"))) {
    throw new TruewindError(
      "no-such-dataset",
      `There is no set of facts "${name}" in this workspace: import it with \`truewind facts import\`, or look at \`truewind facts list\`.`,
    );
  }
  const folder = await datasetFolder(factsDir, name);
  const file = join(folder, "manifest.json");
  try {
    const manifest = JSON.parse(await readFile(file, "utf8")) as FactSetManifest;
    if (manifest.schema !== 1) throw new Error(`schema ${String(manifest.schema)}`);
    return { folder, manifest };
  } catch (cause) {
    throw new TruewindError("bad-file", `${file} is no manifest of this version: import the facts again.`, { cause });
  }
}

/** Sorted by name. */
export async function listFactSets(factsDir: string): Promise<FactSetManifest[]> {
  const sets: FactSetManifest[] = [];
  for (const name of await datasetNames(factsDir)) sets.push((await readFactManifest(factsDir, name)).manifest);
  return sets;
}

/** Symbols, or fields, that occur in a version, in alphabetical order. Throws `bad-file` when the table cannot be read. */
export async function namesIn(folder: string, column: "field" | "symbol"): Promise<string[]> {
  const db = await openDuckDb(null, null);
  try {
    const table = `read_parquet(${sqlText(join(folder, "facts.parquet"))})`;
    const found = await readRows(db.connection, `SELECT DISTINCT ${column} AS name FROM ${table} WHERE ${column} IS NOT NULL`);
    return found.map(({ name }) => String(name)).sort();
  } catch (cause) {
    throw new TruewindError("bad-file", `The facts in ${folder} cannot be read: import them again.`, { cause });
  } finally {
    db.close();
  }
}

/** Everything in a version. Throws `bad-file` when the table cannot be read. */
export async function readAllFacts(folder: string): Promise<FactColumns> {
  return readColumns(folder, await namesIn(folder, "field"), await namesIn(folder, "symbol"));
}

/** Reads every fact. Throws `data-changed` when they are not what was imported. */
export async function checkFactSet(factsDir: string, name: string): Promise<FactSetManifest> {
  const { folder, manifest } = await readFactManifest(factsDir, name);
  const facts = await readAllFacts(folder);
  const id = idOf(facts, manifest.vintage);
  if (id !== manifest.id) {
    throw new TruewindError(
      "data-changed",
      `The facts ${name} were changed after their import (id ${id.slice(0, 12)} instead of ${manifest.id.slice(0, 12)}): import them again.`,
    );
  }
  return manifest;
}
