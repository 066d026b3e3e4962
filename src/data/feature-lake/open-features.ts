// Reads a computed feature set: rows in order of (seenAt, instrument) over all its parts, in batches of bounded memory, or the values
// that were known at given moments. Finished sets only; their files never change.
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { openDuckDb, readRows, sqlName, sqlText } from "../lake/duckdb.js";
import { doublesOf, integersOf } from "../lake/vector-numbers.js";
import { type FeatureManifest, type FeaturePart, readFeatureManifest } from "./manifest.js";

/** Part of a set; everything when empty. */
export interface FeatureSelection {
  /** First `seenAt` that belongs (inclusive) and end (exclusive), Micros. */
  readonly from?: Micros | undefined;
  readonly to?: Micros | undefined;
  readonly symbols?: readonly string[] | undefined;
  /** In the order wanted. */
  readonly features?: readonly string[] | undefined;
}

/** Rows of bars; `instrument` numbers the symbols of the selection (all: the manifest's) in their order. */
export interface FeatureRows {
  readonly length: number;
  readonly instrument: Int32Array;
  /** End of the bar and moment from which it was known, Micros. */
  readonly at: Float64Array;
  readonly seenAt: Float64Array;
  /** One column per feature of the selection; NaN: not known. */
  readonly values: readonly Float64Array[];
}

/** A decision: features as of `at`; instruments whose last bar ended before `since` are late. */
export interface FeatureMoment {
  readonly at: Micros;
  readonly since: Micros;
}

export interface StoredFeatures {
  readonly manifest: FeatureManifest;
  /** Throws `bad-config` for a symbol or feature that the set does not have. */
  rows(selection?: FeatureSelection): AsyncGenerator<FeatureRows>;
  /**
   * One frame per moment, in order, of what was known then. The frame is reused by the next. Members are the fresh ones: who belongs to a
   * universe is not stored. Values are those of the last bar: ranks were taken when it came, and a level knows no split since.
   */
  frames(moments: readonly FeatureMoment[], selection?: Omit<FeatureSelection, "from" | "to">): AsyncGenerator<FeatureFrame>;
}

const BATCH_BYTES = 32 * 1024 * 1024;

/** Throws `no-data` when the folder holds no finished set. */
export async function openFeatures(folder: string): Promise<StoredFeatures> {
  const manifest = await readFeatureManifest(folder);
  if (manifest === null)
    throw new TruewindError("no-data", `${folder} holds no finished features: compute them with \`truewind features compute\`.`);
  return {
    manifest,
    rows: (selection = {}) => readSelected(folder, manifest, selection),
    frames: (moments, selection = {}) => framesOf(manifest, moments, selection, readSelected(folder, manifest, selection)),
  };
}

async function* readSelected(folder: string, manifest: FeatureManifest, selection: FeatureSelection): AsyncGenerator<FeatureRows> {
  const symbols = known("symbol", selection.symbols, manifest.symbols);
  const features = known(
    "feature",
    selection.features,
    manifest.features.map(({ name }) => name),
  );
  const wanted = new Set(symbols);
  const parts = manifest.parts.filter(
    (part) => part.symbols.some((symbol) => wanted.has(symbol)) && part.features.some((name) => features.includes(name)),
  );
  const db = await openDuckDb(null, null);
  try {
    await db.connection.run("CREATE TABLE wanted (ix INTEGER, symbol VARCHAR)");
    const appender = await db.connection.createAppender("wanted");
    symbols.forEach((symbol, ix) => {
      appender.appendInteger(ix);
      appender.appendVarchar(symbol);
      appender.endRow();
    });
    appender.closeSync();
    const most = Math.max(1024, Math.floor(BATCH_BYTES / (8 * (features.length + 3))));
    for (const window of await windowsOf(folder, parts, selection, most, db)) {
      const result = await db.connection.run(windowSql(folder, parts, features, window));
      const rows = allocate(features.length, result.rowCount);
      let at = 0;
      for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        rows.instrument.set(integersOf(chunk, 0), at);
        const lanes = [rows.at, rows.seenAt, ...rows.values];
        for (let c = 0; c < lanes.length; c++) (lanes[c] as Float64Array).set(doublesOf(chunk, c + 1), at);
        at += chunk.rowCount;
      }
      if (rows.length > 0) yield rows;
    }
  } finally {
    db.close();
  }
}

function allocate(features: number, length: number): FeatureRows {
  const lane = (): Float64Array => new Float64Array(length);
  return { length, instrument: new Int32Array(length), at: lane(), seenAt: lane(), values: Array.from({ length: features }, lane) };
}

interface Window {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Spans of time with about `most` rows each, never cutting a moment. */
async function windowsOf(
  folder: string,
  parts: readonly FeaturePart[],
  { from = Number.NEGATIVE_INFINITY as Micros, to = Number.POSITIVE_INFINITY as Micros }: FeatureSelection,
  most: number,
  db: Awaited<ReturnType<typeof openDuckDb>>,
): Promise<readonly Window[]> {
  // One of the two kinds of parts has all rows.
  const joint = parts.find(({ name }) => name === "joint");
  const files = filesOf(folder, joint === undefined ? parts : [joint], { from, to });
  if (files.length === 0) return [];
  const sql = `SELECT seen_at, count(*) AS n FROM read_parquet([${files.join(", ")}]) JOIN wanted USING (symbol)${bounds({ from, to })} GROUP BY seen_at ORDER BY seen_at`;
  const windows: Window[] = [];
  let begun: number | null = null;
  let rows = 0;
  for (const { seen_at: moment, n } of await readRows(db.connection, sql)) {
    if (begun !== null && rows + (n as number) > most) {
      windows.push({ from: begun, to: moment as number });
      begun = null;
      rows = 0;
    }
    begun ??= moment as number;
    rows += n as number;
  }
  if (begun !== null) windows.push({ from: begun, to });
  return windows;
}

function windowSql(folder: string, parts: readonly FeaturePart[], features: readonly string[], window: Window): string {
  const scan = (chosen: readonly FeaturePart[]): string => {
    const columns = features.filter((name) => chosen[0]?.features.includes(name) === true).map(sqlName);
    return `SELECT ${["symbol", "end_at", "seen_at", ...columns].join(", ")} FROM read_parquet([${filesOf(folder, chosen, window).join(", ")}])${bounds(window)}`;
  };
  const joint = parts.filter(({ name }) => name === "joint");
  const own = parts.filter(({ name }) => name !== "joint");
  const both = joint.length > 0 && own.length > 0;
  const rows = both
    ? `(${scan(own)}) JOIN (${scan(joint)}) USING (symbol, end_at, seen_at)`
    : `(${scan(both || own.length > 0 ? own : joint)})`;
  const columns = ["CAST(end_at AS DOUBLE)", "CAST(seen_at AS DOUBLE)", ...features.map(sqlName)];
  return `SELECT ix, ${columns.join(", ")} FROM ${rows} JOIN wanted USING (symbol) ORDER BY seen_at, ix`;
}

function filesOf(folder: string, parts: readonly FeaturePart[], { from, to }: Window): readonly string[] {
  return parts.flatMap(({ name, segments }) =>
    segments.filter((segment) => segment.to >= from && segment.from < to).map(({ file }) => sqlText(join(folder, name, file))),
  );
}

function bounds({ from, to }: Window): string {
  const terms = [...(Number.isFinite(from) ? [`seen_at >= ${from}`] : []), ...(Number.isFinite(to) ? [`seen_at < ${to}`] : [])];
  return terms.length === 0 ? "" : ` WHERE ${terms.join(" AND ")}`;
}

function known(what: string, asked: readonly string[] | undefined, there: readonly string[]): readonly string[] {
  if (asked === undefined) return there;
  const all = new Set(there);
  const missing = asked.filter((name) => !all.has(name));
  if (missing.length === 0) return asked;
  throw new TruewindError(
    "bad-config",
    `The stored features have no ${what} ${missing.slice(0, 10).join(", ")}: compute a set that has it.`,
  );
}

async function* framesOf(
  manifest: FeatureManifest,
  moments: readonly FeatureMoment[],
  selection: Omit<FeatureSelection, "from" | "to">,
  batches: AsyncGenerator<FeatureRows>,
): AsyncGenerator<FeatureFrame> {
  const features = selection.features ?? manifest.features.map(({ name }) => name);
  const instruments = (selection.symbols ?? manifest.symbols).length;
  const width = features.length;
  const latest = new Float64Array(instruments * width).fill(Number.NaN);
  const lastAt = new Float64Array(instruments).fill(Number.NEGATIVE_INFINITY);
  const values = new Float64Array(latest.length);
  const fresh = new Uint8Array(instruments);
  const frame = ({ at: asOf, since }: FeatureMoment): FeatureFrame => {
    values.set(latest);
    for (let i = 0; i < instruments; i++) {
      fresh[i] = (lastAt[i] as number) >= since ? 1 : 0;
      if (fresh[i] === 0) values.fill(Number.NaN, i * width, (i + 1) * width);
    }
    return { asOf, instruments, features, values, fresh, member: fresh, history: null };
  };
  let next = 0;
  for await (const batch of batches) {
    for (let row = 0; row < batch.length; row++) {
      for (let moment = moments[next]; moment !== undefined && moment.at < (batch.seenAt[row] as number); moment = moments[++next])
        yield frame(moment);
      if (next === moments.length) return;
      const i = batch.instrument[row] as number;
      lastAt[i] = batch.at[row] as number;
      batch.values.forEach((lane, f) => (latest[i * width + f] = lane[row] as number));
    }
  }
  for (let moment = moments[next]; moment !== undefined; moment = moments[++next]) yield frame(moment);
}
