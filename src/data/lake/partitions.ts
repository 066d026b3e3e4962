// The Parquet files of one version of a dataset: bars/year=YYYY.parquet (trades/, quotes/), by the year of `seen_at`, UTC.
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { type DataKind, laneNames } from "./columns.js";
import { type DuckDb, readRows, sqlText } from "./duckdb.js";

function partitionFolder(folder: string, kind: DataKind): string {
  return join(folder, `${kind}s`);
}

/** Absolute paths in order of time. */
export async function partitionFiles(folder: string, kind: DataKind): Promise<string[]> {
  const at = partitionFolder(folder, kind);
  if (!existsSync(at)) return [];
  const names = (await readdir(at)).filter((name) => /^year=\d{4}\.parquet$/.test(name));
  return names.sort().map((name) => join(at, name));
}

/**
 * Writes the rows of `table` (columns ix, times, values; no join in it) into one file per year. The rows must be in order of
 * (seen_at, ix, source); `seq`, a column that orders equal moments, makes them so first. Two years at a time: encoding is the larger
 * part of it, and runs on one thread per file.
 */
export async function writePartitions(db: DuckDb, folder: string, kind: DataKind, table: string, seq?: string): Promise<void> {
  const at = partitionFolder(folder, kind);
  await mkdir(at, { recursive: true });
  const found = await readRows(db.connection, `SELECT DISTINCT year(make_timestamp(seen_at)) AS y FROM ${table} ORDER BY y`);
  const years = found.map((row) => Number(row.y));
  const order = seq === undefined ? "" : `ORDER BY seen_at, ix, ${seq}`;
  let next = 0;
  const writer = async (connection: DuckDBConnection): Promise<void> => {
    for (let year = years[next++]; year !== undefined; year = years[next++]) {
      const [start, end] = [Date.UTC(year, 0, 1) * 1000, Date.UTC(year + 1, 0, 1) * 1000];
      const rows = `SELECT ix, ${laneNames(kind).join(", ")} FROM ${table} WHERE seen_at >= ${start} AND seen_at < ${end} ${order}`;
      const file = join(at, `year=${String(year).padStart(4, "0")}.parquet`);
      await connection.run(`COPY (${rows}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`).catch((error: unknown) => {
        next = years.length; // the other writer stops as well
        throw error;
      });
    }
  };
  const second = await db.connect();
  const done = await Promise.allSettled([writer(db.connection), writer(second)]);
  second.closeSync();
  for (const one of done) if (one.status === "rejected") throw one.reason;
}
