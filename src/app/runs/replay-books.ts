// Features over a recording of order books: bars of the mid-price as the clock, one row of features per bar, to CSV or Parquet.
import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { once } from "node:events";
import { dirname } from "node:path";
import { TruewindError } from "#base/errors.js";
import { barsFrom, type BarEvery } from "#data/books/bar-clock.js";
import { openRecordings, type Recording } from "#data/books/recording.js";
import { openDuckDb, sqlText } from "#data/lake/duckdb.js";
import type { Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { resolveFeatures } from "#features/registry.js";

export interface BookReplay {
  readonly paths: readonly string[];
  /** Features or sets. */
  readonly names: readonly string[];
  readonly every: BarEvery;
  readonly out: string;
  readonly heal: boolean;
  readonly signal: AbortSignal;
}

export interface BookReplayDone {
  readonly out: string;
  readonly symbol: string;
  readonly rows: number;
  readonly features: readonly string[];
  readonly behindMs: number;
}

/** Columns: `at` (Micros, on the exchange's clock), `mid` (mid-price), then the features; what is not known is empty or NULL. */
export async function replayBooks({ paths, names, every, out, heal, signal }: BookReplay): Promise<BookReplayDone> {
  const isParquet = out.endsWith(".parquet");
  if (!isParquet && !out.endsWith(".csv")) throw new TruewindError("bad-usage", `--out ${out} must end in .csv or .parquet.`);
  if (!existsSync(dirname(out))) throw new TruewindError("no-such-file", `There is no folder ${dirname(out)} for ${out}: make it first.`);
  const definitions = resolveFeatures(names);
  const plan = compileFeatures(definitions, {
    instruments: 1,
    tradable: Uint8Array.of(1),
    minHistory: 1,
    filters: [],
    priceBasis: "raw",
  });
  const [recording, other] = await openRecordings(paths, { heal });
  if (recording === undefined || other !== undefined)
    throw new TruewindError("bad-usage", "These files are several recordings: replay one symbol at a time.");
  // Only a whole file gets the wanted name.
  const csv = `${out}.part`;
  try {
    const rows = await writeCsv(recording, plan, every, csv, signal);
    if (isParquet) await toParquet(csv, out);
    else await rename(csv, out);
    return { out, symbol: recording.format.symbol, rows, features: plan.features, behindMs: recording.skew.behindUs / 1000 };
  } finally {
    await rm(csv, { force: true });
  }
}

async function writeCsv(
  recording: Recording,
  plan: ReturnType<typeof compileFeatures>,
  every: BarEvery,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const file = createWriteStream(path);
  const failed = once(file, "error").then(([error]) => Promise.reject(error as Error));
  // Waited for below, wherever the stream is waited for.
  failed.catch(() => undefined);
  let rows = 0;
  let text = `at,mid,${plan.features.join(",")}\n`;
  for await (const batch of barsFrom(recording.batches(0), every)) {
    plan.advance(batch, 0, batch.length);
    if (batch.kind !== "bar") continue;
    const at = batch.at[0] as Micros;
    const { values } = plan.frame(at, at);
    text += `${at},${cell(batch.close[0] as number)}`;
    for (const value of values) text += `,${cell(value)}`;
    text += "\n";
    rows++;
    if (text.length < 1 << 16) continue;
    signal.throwIfAborted();
    if (!file.write(text)) await Promise.race([once(file, "drain"), failed]);
    text = "";
  }
  file.end(text);
  await Promise.race([once(file, "finish"), failed]);
  return rows;
}

function cell(value: number): string {
  return Number.isNaN(value) ? "" : String(value);
}

async function toParquet(csv: string, out: string): Promise<void> {
  const part = `${out}.parquet.part`;
  const db = await openDuckDb(null, null);
  try {
    const read = `read_csv(${sqlText(csv)}, header = true, all_varchar = true)`;
    await db.connection.run(
      `COPY (SELECT CAST("at" AS BIGINT) AS "at", CAST(COLUMNS(* EXCLUDE ("at")) AS DOUBLE) FROM ${read}) TO ${sqlText(part)} (FORMAT parquet, ROW_GROUP_SIZE 10240)`,
    );
    await rename(part, out);
  } finally {
    db.close();
    await rm(part, { force: true });
  }
}
