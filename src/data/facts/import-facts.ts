// From files to a set of facts: each file goes to the reader that knows its columns, what no reader knows is passed over and said.
import { basename, dirname, relative, resolve, sep } from "node:path";
import { statSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import { walk } from "../import/file-list.js";
import { FactRows } from "./fact-rows.js";
import type { FactSetManifest } from "./fact-set.js";
import { type FactSetWords, writeFactSet } from "./fact-store.js";
import type { Lag } from "./lag.js";
import { fredReader } from "./read-fred.js";
import { optionReader } from "./read-options.js";
import { plainEventReader, plainReader } from "./read-plain.js";
import { secReader } from "./read-sec.js";
import { snapshotReader } from "./read-snapshots.js";
import { readHeader, readLines } from "./read-table.js";
import { textReader } from "./read-texts.js";
import { vixReader } from "./read-vix.js";
import type { FactReader, SourceFile } from "./reader.js";
import { type SettledFacts, settleRows } from "./settle-rows.js";

export interface ImportFactsOptions {
  readonly name: string;
  /** Delay between `at` and being known, for sources that do not tell; null when not declared. */
  readonly lag?: Lag | null;
  /** Instrument of files that name none. */
  readonly symbol?: string | null;
  /** True: rows of plain files are events, of which one day may hold several. */
  readonly events?: boolean;
  readonly onProgress?: (step: string, done: number) => void;
  readonly signal?: AbortSignal;
}

export interface GatheredFacts {
  readonly words: FactSetWords;
  readonly facts: SettledFacts;
  readonly rows: FactRows;
}

/** `source`: a file or a folder. Throws `no-such-file`, `bad-file` when nothing in it is known, and `bad-config` without publication times or a lag. */
export async function importFacts(source: string, factsDir: string, options: ImportFactsOptions): Promise<FactSetManifest> {
  const { words, facts, rows } = await gatherFacts(source, options);
  return writeFactSet(factsDir, words, facts, rows.refusals);
}

/** Reads without writing. */
export async function gatherFacts(source: string, options: ImportFactsOptions): Promise<GatheredFacts> {
  const { known, passedOver } = await recognize(source, readersFor(options.events === true));
  const rows = new FactRows();
  const assumedLag = new Map<string, string>();
  const eventFields = new Set<string>();
  let done = 0;
  for (const [reader, files] of known) {
    const fieldsBefore = rows.fields.length;
    for (const batch of reader.name === "snapshots" || reader.name === "sec-reports" ? [files] : files.map((file) => [file])) {
      if (options.signal?.aborted === true) throw new TruewindError("interrupted", "The import was interrupted, and nothing has changed.");
      try {
        await reader.read(batch, { rows, lag: options.lag ?? null, symbol: options.symbol ?? null, assumedLag });
      } catch (error) {
        if (error instanceof TruewindError && (error.code !== "bad-config" || (known.size === 1 && files.length === 1))) throw error;
        passedOver.push({ file: batch.map(({ label }) => label).join(", "), reason: reasonOf(error) });
      }
      done += batch.length;
      options.onProgress?.("reading facts", done / [...known.values()].flat().length);
    }
    if (reader.events) for (const name of rows.fields.slice(fieldsBefore)) eventFields.add(name);
  }
  if (rows.length === 0) throw nothingIn(source, rows, passedOver);
  const facts = settleRows(rows, eventFields); // may refuse more rows
  const readers = [...known.keys()];
  const words: FactSetWords = {
    name: options.name,
    readers: readers.map(({ name }) => name).sort(),
    source: `${basename(resolve(source))}: ${readers.map(({ times }) => times).join("; ")}`,
    vintage: readers.some(({ vintage }) => vintage === "latest") ? "latest" : "point-in-time",
    events: [...eventFields].sort(),
    assumedLag: Object.fromEntries([...assumedLag].sort(([a], [b]) => (a < b ? -1 : 1))),
    quarantined: sorted(rows.quarantined),
    flagged: sorted(rows.flagged),
    passedOver,
  };
  return { words, facts, rows };
}

function readersFor(events: boolean): readonly FactReader[] {
  return [secReader, snapshotReader, optionReader, textReader, vixReader, events ? plainEventReader : plainReader, fredReader];
}

async function recognize(source: string, readers: readonly FactReader[]) {
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) throw new TruewindError("no-such-file", `There is nothing at ${source}: check the path.`);
  const paths = found.isDirectory() ? (await walk(resolve(source), 4)).sort() : [resolve(source)];
  const root = found.isDirectory() ? resolve(source) : dirname(resolve(source));
  const known = new Map<FactReader, SourceFile[]>();
  const passedOver: { file: string; reason: string }[] = [];
  for (const path of paths) {
    const label = relative(root, path).split(sep).join("/");
    let reason = "it holds no facts that Truewind knows (columns date or at, field, value, seen_at)";
    try {
      const file = await lookAt(path, label);
      const reader = file === null ? undefined : readers.find((one) => one.fits(file));
      if (file !== null && reader !== undefined) {
        known.set(reader, [...(known.get(reader) ?? []), file]);
        continue;
      }
    } catch (error) {
      reason = reasonOf(error);
    }
    passedOver.push({ file: label, reason });
  }
  return { known, passedOver };
}

const TEXT_FILE = /\.(csv|jsonl|txt|tsv)(\.gz)?$/i;
/** A header longer than this is no header. */
const LONGEST_HEADER = 20_000;

async function lookAt(path: string, label: string): Promise<SourceFile | null> {
  if (!TEXT_FILE.test(path)) return null;
  if (/\.jsonl(\.gz)?$/i.test(path)) {
    for await (const line of readLines(path)) {
      const first: unknown = JSON.parse(line);
      const keys = typeof first === "object" && first !== null ? Object.keys(first) : [];
      return { path, label, header: keys.map((key) => key.toLowerCase()), format: "jsonl" };
    }
    return null;
  }
  const header = await readHeader(path);
  if (header === null || header.join().length > LONGEST_HEADER) return null;
  return { path, label, header: header.map((name) => name.toLowerCase()), format: "csv" };
}

function reasonOf(error: unknown): string {
  if (error instanceof TruewindError) return error.message;
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nothingIn(
  source: string,
  rows: FactRows,
  passedOver: readonly { readonly file: string; readonly reason: string }[],
): TruewindError {
  const refused = [...rows.quarantined].map(([reason, count]) => `${count} rows ${reason}`);
  const [first] = passedOver;
  const why =
    refused.length > 0 ? refused.join(", ") : first === undefined ? "it is empty" : `${first.file}: ${first.reason.replace(/\.$/, "")}`;
  const needsLag = first !== undefined && refused.length === 0 && first.reason.includes("--lag");
  return new TruewindError(needsLag ? "bad-config" : "bad-file", `There are no facts in ${source} (${why}).`);
}
