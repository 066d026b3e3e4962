// Puts batches made in memory (by the market simulator) into the lake by the same atomic path as an import.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBDataChunk, DOUBLE, INTEGER, type DuckDBConnection } from "@duckdb/node-api";
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { DatasetManifest } from "#domain/dataset.js";

import { formatMicros, type Micros } from "#domain/time.js";
import type { QualityReport, SymbolQuality } from "../quality/report.js";
import { type DataKind, type LakeBatch, laneNames, lanesOf, TIME_COLUMNS } from "./columns.js";
import { openDuckDb, type DuckDbOptions, readRows } from "./duckdb.js";
import { replaceDataset } from "./folder.js";
import { writePartitions } from "./partitions.js";
import { type ManifestFacts, sealVersion } from "./seal.js";

/** Rows of one appended chunk: DuckDB's vector size. */
const CHUNK_ROWS = 2048;

/** Batches must be in order of (seenAt, instrument). `truth` is stored as truth.json beside the data when given. */
export async function writeDataset(
  lakeDir: string,
  facts: ManifestFacts,
  batches: Iterable<LakeBatch> | AsyncIterable<LakeBatch>,
  references: readonly ReferenceEvent[],
  truth?: unknown,
  options: DuckDbOptions = {},
): Promise<DatasetManifest> {
  let manifest: DatasetManifest | null = null;
  await replaceDataset(lakeDir, facts.name, async (folder) => {
    const work = join(folder, "work.duckdb");
    const db = await openDuckDb(work, join(folder, "spill"), options);
    try {
      await loadBatches(db.connection, facts.kind, batches);
      await writePartitions(db, folder, facts.kind, "rows", "seq");
      const quality = await plainQuality(db.connection, facts);
      manifest = await sealVersion(db.connection, folder, facts, references, quality, options);
      if (truth !== undefined) await writeFile(join(folder, "truth.json"), `${JSON.stringify(truth, null, 1)}\n`);
    } finally {
      db.close();
    }
    await removeWork(folder);
  });
  if (manifest === null) throw new TruewindError("invariant", "Invariant: a written dataset has a manifest");
  return manifest;
}

/** Removes the task's own database and what it spilled. */
export async function removeWork(folder: string): Promise<void> {
  for (const name of ["work.duckdb", "work.duckdb.wal", "spill"]) await rm(join(folder, name), { recursive: true, force: true });
}

async function loadBatches(
  connection: DuckDBConnection,
  kind: DataKind,
  batches: Iterable<LakeBatch> | AsyncIterable<LakeBatch>,
): Promise<void> {
  const lanes = laneNames(kind);
  await connection.run(`CREATE TABLE loaded (ix INTEGER, ${lanes.map((name) => `${name} DOUBLE`).join(", ")})`);
  const appender = await connection.createAppender("loaded");
  for await (const batch of batches) {
    if (batch.kind !== kind) throw new TruewindError("invariant", `Invariant: a ${batch.kind} batch in a dataset of ${kind}s`);
    const columns = lanesOf(batch);
    for (let start = 0; start < batch.length; start += CHUNK_ROWS) {
      const end = Math.min(batch.length, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create([INTEGER, ...lanes.map(() => DOUBLE)]);
      chunk.rowCount = end - start;
      chunk.setColumnValues(0, [...batch.instrument.subarray(start, end)]);
      columns.forEach((lane, c) => chunk.setColumnValues(c + 1, [...lane.subarray(start, end)]));
      appender.appendDataChunk(chunk);
    }
  }
  appender.closeSync();
  const typed = lanes.map((name) =>
    (TIME_COLUMNS[kind] as readonly string[]).includes(name) ? `CAST(${name} AS BIGINT) AS ${name}` : name,
  );
  await connection.run(`CREATE VIEW rows AS SELECT rowid AS seq, ix, ${typed.join(", ")} FROM loaded`);
}

/** The report of data that were never dirty: everything kept, nothing found. */
async function plainQuality(connection: DuckDBConnection, facts: ManifestFacts): Promise<QualityReport> {
  const found = await readRows(
    connection,
    "SELECT ix, count(*) AS n, min(end_at) AS first, max(end_at) AS last FROM rows GROUP BY ix ORDER BY ix",
  );
  const byIx = new Map(found.map((row) => [row.ix as number, row]));
  const rows = found.reduce((sum, row) => sum + (row.n as number), 0);
  const symbols: SymbolQuality[] = facts.instruments.map((instrument, ix) => {
    const row = byIx.get(ix);
    const time = (value: SqlTime): string | null => (value === undefined || value === null ? null : formatMicros(value as Micros));
    return {
      symbol: instrument.id,
      rows: (row?.n as number | undefined) ?? 0,
      first: time(row?.first),
      last: time(row?.last),
      quarantined: 0,
      zeroVolume: 0,
      extremeMoves: 0,
      stale: 0,
      missingSessions: 0,
    };
  });
  return {
    rowsRead: rows,
    rowsKept: rows,
    rowsMerged: 0,
    rowsQuarantined: 0,
    quarantined: {},
    flagged: {},
    rowsFlagged: 0,
    files: [],
    symbols,
    gaps: [],
    missingSessions: 0,
    examples: [],
    notes: [],
  };
}

type SqlTime = string | number | boolean | null | undefined;
