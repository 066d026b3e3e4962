// Facts of one version as columns, read back for the fields and instruments that are wanted: what a run holds in memory.
import { join } from "node:path";
import { insertTexts, openDuckDb, sqlText } from "../lake/duckdb.js";
import { doublesOf, integersOf } from "../lake/vector-numbers.js";

export interface FactColumns {
  readonly fields: readonly string[];
  readonly symbols: readonly string[];
  /** Numbers into `fields` and `symbols`; symbol -1 is the market. */
  readonly field: Int32Array;
  readonly symbol: Int32Array;
  readonly at: Float64Array;
  /** Ascending. */
  readonly seenAt: Float64Array;
  readonly value: Float64Array;
}

/** Facts about the market and about the given symbols that became known at `seenFrom` or later. */
export async function readColumns(
  folder: string,
  fields: readonly string[],
  symbols: readonly string[],
  seenFrom = Number.MIN_SAFE_INTEGER,
): Promise<FactColumns> {
  const db = await openDuckDb(null, null);
  try {
    const { connection } = db;
    await connection.run("CREATE TABLE f (i INTEGER, name VARCHAR); CREATE TABLE s (i INTEGER, name VARCHAR)");
    await insertTexts(connection, "f", fields);
    await insertTexts(connection, "s", symbols);
    const result = await connection.stream(
      `SELECT f.i, s.i, CAST(p.end_at AS DOUBLE), CAST(p.seen_at AS DOUBLE), p.value
       FROM read_parquet(${sqlText(join(folder, "facts.parquet"))}, file_row_number = true) p
       JOIN f ON f.name = p.field LEFT JOIN s ON s.name = p.symbol
       WHERE (p.symbol IS NULL OR s.i IS NOT NULL) AND p.seen_at >= ${seenFrom} ORDER BY p.file_row_number`,
    );
    const parts: FactColumns[] = [];
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      parts.push({
        fields,
        symbols,
        field: integersOf(chunk, 0).slice(0, chunk.rowCount),
        symbol: integersOf(chunk, 1).slice(0, chunk.rowCount),
        at: doublesOf(chunk, 2).slice(0, chunk.rowCount),
        seenAt: doublesOf(chunk, 3).slice(0, chunk.rowCount),
        value: doublesOf(chunk, 4).slice(0, chunk.rowCount),
      });
    }
    const join64 = (pick: (part: FactColumns) => Float64Array): Float64Array => concat(parts.map(pick), (n) => new Float64Array(n));
    const join32 = (pick: (part: FactColumns) => Int32Array): Int32Array => concat(parts.map(pick), (n) => new Int32Array(n));
    return {
      fields,
      symbols,
      field: join32((part) => part.field),
      symbol: join32((part) => part.symbol),
      at: join64((part) => part.at),
      seenAt: join64((part) => part.seenAt),
      value: join64((part) => part.value),
    };
  } finally {
    db.close();
  }
}

function concat<T extends Float64Array | Int32Array>(parts: readonly T[], make: (length: number) => T): T {
  const whole = make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
