// Looking into the lake: which datasets there are, and some rows of one.
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { InstrumentId } from "#domain/instrument.js";
import { formatMicros, type Micros } from "#domain/time.js";
import { laneNames, TIME_COLUMNS } from "./columns.js";
import { openDuckDb, readRows, type SqlRow, sqlText, sqlTexts } from "./duckdb.js";
import { datasetFolder, datasetNames } from "./folder.js";
import { readManifest } from "./manifest.js";
import { partitionFiles } from "./partitions.js";

/** Sorted by name. */
export async function listDatasets(lakeDir: string): Promise<DatasetManifest[]> {
  const manifests: DatasetManifest[] = [];
  for (const name of await datasetNames(lakeDir)) manifests.push(await readManifest(join(lakeDir, name)));
  return manifests;
}

export interface ShowOptions {
  readonly symbol?: string | undefined;
  /** First `at` (inclusive) and end of `at` (exclusive), Micros. */
  readonly from?: Micros | undefined;
  readonly to?: Micros | undefined;
  /** Rows at most; default 20. */
  readonly limit?: number | undefined;
}

export interface ShownDataset {
  readonly manifest: DatasetManifest;
  /** Earliest first; times as ISO text, numbers as they are. */
  readonly rows: readonly SqlRow[];
}

/** Throws `no-such-dataset`, or `bad-usage` for a symbol that is not in it. */
export async function showDataset(lakeDir: string, name: string, options: ShowOptions = {}): Promise<ShownDataset> {
  const folder = await datasetFolder(lakeDir, name);
  const manifest = await readManifest(folder);
  const files = await partitionFiles(folder, manifest.kind);
  if (files.length === 0) return { manifest, rows: [] };
  const where: string[] = ["true"];
  if (options.symbol !== undefined) {
    const ix = manifest.instruments.findIndex((instrument) => instrument.id === (options.symbol as InstrumentId));
    if (ix < 0)
      throw new TruewindError(
        "bad-usage",
        `Dataset ${name} has no symbol ${sqlText(options.symbol)}; it has ${manifest.instruments.length} others.`,
      );
    where.push(`ix = ${ix}`);
  }
  if (options.from !== undefined) where.push(`end_at >= ${options.from}`);
  if (options.to !== undefined) where.push(`end_at < ${options.to}`);
  const limit = Math.max(0, Math.floor(options.limit ?? 20));
  const db = await openDuckDb(null, null);
  try {
    const source = `read_parquet(${sqlTexts(files)}, file_row_number = true, filename = true)`;
    const rows = await readRows(
      db.connection,
      `SELECT ix, ${laneNames(manifest.kind).join(", ")} FROM ${source} WHERE ${where.join(" AND ")} ORDER BY filename, file_row_number LIMIT ${limit}`,
    );
    return { manifest, rows: rows.map((row) => readable(row, manifest)) };
  } finally {
    db.close();
  }
}

function readable(row: SqlRow, manifest: DatasetManifest): SqlRow {
  const { ix, ...columns } = row;
  const out: Record<string, SqlRow[string]> = { symbol: manifest.instruments[ix as number]?.id ?? null, ...columns };
  for (const name of TIME_COLUMNS[manifest.kind]) out[name] = formatMicros(columns[name] as Micros);
  return out;
}
