// An even sample of the rows of tables of numbers (Parquet, CSV, or a folder of the feature store): what features were, whoever computed
// them. Row k is taken when k times the golden ratio, modulo 1, is below the share wanted: even, and no period of the rows can hit it.
import { existsSync, statSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import { joined } from "#base/joined.js";
import { openFeatures } from "../feature-lake/open-features.js";
import { openDuckDb, readNumber, readRows, sqlName, sqlText } from "../lake/duckdb.js";
import { doublesOf } from "../lake/vector-numbers.js";

export interface NumberSample {
  /** Columns that hold numbers and are wanted, in the file's order. */
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  /** Rows of the whole table. */
  readonly of: number;
}

const GOLDEN = 0.6180339887498949;

/**
 * About `most` rows, or all when there are fewer. Throws `no-such-file`, `bad-file` for what is no such table, and `no-data` for a folder
 * without finished features.
 */
export async function sampleNumbers(path: string, wanted: (name: string) => boolean, most: number): Promise<NumberSample> {
  if (!/[*?]/.test(path) && !existsSync(path)) throw new TruewindError("no-such-file", `Cannot read ${path}: there is no such file.`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return sampleStore(path, wanted, most);
  const db = await openDuckDb(null, null);
  const table = /\.parquet$/i.test(path) ? `read_parquet(${sqlText(path)})` : `read_csv(${sqlText(path)}, header = true)`;
  try {
    const described = await readRows(db.connection, `DESCRIBE SELECT * FROM ${table}`);
    const names = described.map(({ column_name }) => String(column_name)).filter(wanted);
    if (names.length === 0) throw noneOf(path);
    const of = await readNumber(db.connection, `SELECT count(*) FROM ${table}`);
    const casts = names.map((name) => `TRY_CAST(${sqlName(name)} AS DOUBLE) AS ${sqlName(name)}`).join(", ");
    const sql = `SELECT ${casts} FROM (SELECT *, row_number() OVER () AS row_of_table FROM ${table}) WHERE (row_of_table * ${GOLDEN}) % 1 < ${most / of}`;
    const reader = await db.connection.stream(sql);
    const parts: Float64Array[][] = names.map(() => []);
    for (let chunk = await reader.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await reader.fetchChunk()) {
      parts.forEach((part, c) => part.push(Float64Array.from(doublesOf(chunk, c))));
    }
    return { names, columns: parts.map(joined), of };
  } catch (cause) {
    if (cause instanceof TruewindError) throw cause;
    throw new TruewindError("bad-file", `${path} cannot be read as a table: ${(cause as Error).message.split("\n")[0]}`, { cause });
  } finally {
    db.close();
  }
}

async function sampleStore(folder: string, wanted: (name: string) => boolean, most: number): Promise<NumberSample> {
  const stored = await openFeatures(folder);
  const { manifest } = stored;
  const names = manifest.features.map(({ name }) => name).filter(wanted);
  if (names.length === 0) throw noneOf(folder);
  const parts: Float64Array[][] = names.map(() => []);
  let before = 0;
  for await (const batch of stored.rows({ features: names })) {
    const first = before;
    const taken = [...batch.at.keys()].filter((row) => ((first + row + 1) * GOLDEN) % 1 < most / manifest.rows);
    parts.forEach((part, f) => part.push(Float64Array.from(taken, (row) => batch.values[f]?.[row] as number)));
    before += batch.length;
  }
  return { names, columns: parts.map(joined), of: manifest.rows };
}

function noneOf(path: string): TruewindError {
  return new TruewindError("bad-file", `${path} has none of the columns that are looked for.`);
}
