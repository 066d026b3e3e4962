// The Parquet files of one version of a dataset: bars/year=YYYY.parquet (trades/, quotes/), by the year of `seen_at`, UTC.
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { type DataKind, laneNames } from "./columns.js";
import { readRows, sqlText } from "./duckdb.js";

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
 * Writes the rows of `table` (columns ix, times, values, and `seq` that orders equal moments of ticks) into one file per year,
 * sorted by (seen_at, ix, seq). `keep` is an SQL condition on the table's columns.
 */
export async function writePartitions(
  connection: DuckDBConnection,
  folder: string,
  kind: DataKind,
  table: string,
  keep = "true",
): Promise<void> {
  const at = partitionFolder(folder, kind);
  await mkdir(at, { recursive: true });
  const year = "year(make_timestamp(seen_at))";
  const years = await readRows(connection, `SELECT DISTINCT ${year} AS y FROM ${table} WHERE ${keep} ORDER BY y`);
  for (const { y } of years) {
    const start = Date.UTC(Number(y), 0, 1) * 1000;
    const end = Date.UTC(Number(y) + 1, 0, 1) * 1000;
    const rows = `SELECT ix, ${laneNames(kind).join(", ")} FROM ${table} WHERE seen_at >= ${start} AND seen_at < ${end} AND (${keep}) ORDER BY seen_at, ix, seq`;
    const file = join(at, `year=${String(y).padStart(4, "0")}.parquet`);
    await connection.run(`COPY (${rows}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`);
  }
}
