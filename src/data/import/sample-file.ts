// The first lines of a table, for guessing what it is. Never fails: what cannot be read has no sample.
import { open } from "node:fs/promises";
import { constants, gunzipSync } from "node:zlib";
import { openDuckDb, readRows, sqlText } from "../lake/duckdb.js";

const HEAD_BYTES = 65_536;
const PARQUET_ROWS = 1000;

export interface Sample {
  readonly path: string;
  readonly header: readonly string[];
  /** Whole lines only, as fields. */
  readonly rows: readonly (readonly string[])[];
}

/** The lines within the first `headBytes` of the file. Null when it is damaged, empty or no table. */
export async function sampleFile(path: string, headBytes = HEAD_BYTES): Promise<Sample | null> {
  try {
    return path.endsWith(".parquet") ? await sampleParquet(path) : await sampleCsv(path, headBytes);
  } catch {
    return null;
  }
}

async function sampleCsv(path: string, headBytes: number): Promise<Sample | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = (gzip ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes).toString("utf8").replace(/^\ufeff/, "");
    const lines = text.split(/\r?\n/).slice(0, bytesRead === headBytes ? -1 : undefined);
    const rows = lines.filter((line) => line !== "").map((line) => line.split(",").map((field) => field.trim().replaceAll('"', "")));
    const header = rows.shift();
    return header === undefined || header.length < 2 ? null : { path, header, rows };
  } finally {
    await file.close();
  }
}

async function sampleParquet(path: string): Promise<Sample | null> {
  const db = await openDuckDb(null, null);
  try {
    const rows = await readRows(
      db.connection,
      `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(${sqlText(path)}, file_row_number = true) ORDER BY file_row_number LIMIT ${PARQUET_ROWS}`,
    );
    const names = (
      await readRows(
        db.connection,
        `SELECT name FROM parquet_schema(${sqlText(path)}) WHERE num_children IS NULL OR num_children = 0 ORDER BY column_id`,
      )
    ).map((row) => String(row.name));
    return { path, header: names, rows: rows.map((row) => names.map((name) => String(row[name] ?? ""))) };
  } finally {
    db.close();
  }
}
