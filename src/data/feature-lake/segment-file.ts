// One Parquet file of feature rows: symbol, end_at, seen_at (Micros) and one DOUBLE per feature; NaN means not known, NULL never occurs.
// A file appears under its name when it is whole.
import { rename, rm } from "node:fs/promises";
import { DOUBLE, DuckDBDataChunk, INTEGER } from "@duckdb/node-api";
import { TruewindError } from "#base/errors.js";
import { openDuckDb, sqlName, sqlText, sqlTexts } from "../lake/duckdb.js";
import { doublesOf, integersOf } from "../lake/vector-numbers.js";
import type { SegmentBuffer } from "./segment-buffer.js";

/** DuckDB's vector size. */
const CHUNK_ROWS = 2048;
/** Rows read at once by whoever reads a row group, about 8 MB of numbers. */
const GROUP_BYTES = 8 * 1024 * 1024;
const MEMORY = "512MB";

/** What a vector of the client keeps before `flush`. */
interface Writable {
  readonly items: Float64Array | Int32Array;
  flush(): void;
}

export async function writeSegment(
  file: string,
  buffer: SegmentBuffer,
  symbols: readonly string[],
  features: readonly string[],
): Promise<void> {
  const db = await openDuckDb(null, null, { threads: 1, memoryLimit: MEMORY });
  const unfinished = `${file}.unfinished`;
  try {
    const lanes = features.map((_, c) => `f${c} DOUBLE`);
    await db.connection.run(`CREATE TABLE buffered (${["ix INTEGER", "end_at DOUBLE", "seen_at DOUBLE", ...lanes].join(", ")})`);
    const appender = await db.connection.createAppender("buffered");
    const columns = [buffer.instrument, buffer.at, buffer.seenAt, ...buffer.columns];
    const types = [INTEGER, ...columns.slice(1).map(() => DOUBLE)];
    for (let start = 0; start < buffer.rows; start += CHUNK_ROWS) {
      const end = Math.min(buffer.rows, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(types, end - start);
      columns.forEach((column, c) => {
        const vector = chunk.getColumnVector(c) as unknown as Writable;
        vector.items.set(column.subarray(start, end));
        vector.flush();
      });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const named = features.map((name, c) => `f${c} AS ${sqlName(name)}`);
    const times = ["CAST(end_at AS BIGINT) AS end_at", "CAST(seen_at AS BIGINT) AS seen_at"];
    const select = `SELECT ${[`${sqlTexts(symbols)}[ix + 1] AS symbol`, ...times, ...named].join(", ")} FROM buffered`;
    const group = Math.max(CHUNK_ROWS, Math.floor(GROUP_BYTES / (8 * (features.length + 3)) / CHUNK_ROWS) * CHUNK_ROWS);
    await db.connection.run(`COPY (${select}) TO ${sqlText(unfinished)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${group})`);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    db.close();
  }
  await rename(unfinished, file);
}

/** Puts the rows of a file into an empty buffer. Throws `bad-file` when it is not what `writeSegment` wrote. */
export async function readSegment(
  file: string,
  buffer: SegmentBuffer,
  symbols: readonly string[],
  features: readonly string[],
): Promise<void> {
  const db = await openDuckDb(null, null, { threads: 1, memoryLimit: MEMORY });
  try {
    const columns = [
      `CAST(list_position(${sqlTexts(symbols)}, symbol) - 1 AS INTEGER)`,
      "CAST(end_at AS DOUBLE)",
      "CAST(seen_at AS DOUBLE)",
      ...features.map(sqlName),
    ];
    const result = await db.connection.stream(`SELECT ${columns.join(", ")} FROM read_parquet(${sqlText(file)})`);
    const row = new Float64Array(features.length);
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const instrument = integersOf(chunk, 0);
      const lanes = features.map((_, c) => doublesOf(chunk, c + 3));
      const [at, seenAt] = [doublesOf(chunk, 1), doublesOf(chunk, 2)];
      for (let r = 0; r < chunk.rowCount; r++) {
        lanes.forEach((lane, c) => (row[c] = lane[r] as number));
        buffer.add(instrument[r] as number, at[r] as number, seenAt[r] as number, row, 0);
      }
    }
  } catch (cause) {
    throw new TruewindError("bad-file", `${file} is no file of features: delete the folder it is in and compute them again.`, { cause });
  } finally {
    db.close();
  }
}
