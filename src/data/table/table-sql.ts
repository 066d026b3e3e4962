// The SQL that turns a table file into typed rows: a time, an instrument, numbers. Text is judged strictly: what is neither a number nor
// one of the usual words for "not known" makes its row bad, and the caller says where.
import type { DuckDBConnection } from "@duckdb/node-api";
import { TruewindError } from "#base/errors.js";
import { readHeader } from "../facts/read-table.js";
import { readRows, sqlName, sqlText } from "../lake/duckdb.js";
import type { TableFormat } from "./file-digest.js";

/** Which columns of a file mean what. */
export interface TableColumns {
  /** `YYYY-MM-DD` or a moment in UTC. */
  readonly time: string;
  readonly instrument: string;
  readonly features: readonly string[];
  /** Null where no label is wanted, or the file has none. */
  readonly label: string | null;
}

/** A file as SQL sees it. */
export interface TableSource {
  /** A table function. */
  readonly from: string;
  /** Expressions that are NULL where nothing is told, and also where the text is unreadable. */
  readonly time: string;
  readonly instrument: string;
  readonly numbers: readonly string[];
  /** True of a row of which something is unreadable or missing that must be there. */
  readonly bad: string;
  /** Per column that is read: its name, its text as SQL, and whether it is sound as SQL. */
  readonly cells: readonly { readonly name: string; readonly text: string; readonly sound: string; readonly wanted: string }[];
}

const NOTHING = "['', 'na', 'n/a', 'nan', 'null', 'none', '.']";
/** What stands in place of bytes that are no UTF-8, and characters that no name of a column has. */
const NO_TEXT = /[\uFFFD\p{Cc}]/u;
const LARGEST_F32 = "3.4028234e38";
const MOMENT = String.raw`'\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z?)?'`;

/** Names of the columns of the file, in its order. Throws `bad-file`. */
export async function columnNames(connection: DuckDBConnection, path: string, format: TableFormat): Promise<readonly string[]> {
  if (format !== "parquet") {
    const header = await readHeader(path);
    if (header === null) throw new TruewindError("bad-file", `${path} is empty: a table needs a header and rows.`);
    if (header.some((name) => NO_TEXT.test(name)))
      throw new TruewindError(
        "bad-file",
        `${path} is no table: its first line is no text in UTF-8. Give a CSV, plain or packed, or Parquet.`,
      );
    return header;
  }
  return (await describe(connection, path)).map(({ name }) => name);
}

/** Throws `bad-file` where a column is missing or stands there twice. */
export async function tableSource(
  connection: DuckDBConnection,
  path: string,
  format: TableFormat,
  columns: TableColumns,
): Promise<TableSource> {
  const names = await columnNames(connection, path, format);
  const numbers = [...(columns.label === null ? [] : [columns.label]), ...columns.features];
  const wanted = [columns.time, columns.instrument, ...numbers];
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new TruewindError("bad-file", `${path} lacks ${missing.join(", ")}: it has ${listed(names)}.`);
  const twice = wanted.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) throw new TruewindError("bad-file", `${path} has two columns named ${twice}: rename one.`);
  const types = format === "parquet" ? new Map((await describe(connection, path)).map(({ name, type }) => [name, type])) : null;
  // Columns of a CSV are named by their place: two of no interest may share a name.
  const place = (name: string): string => sqlName(types === null ? `c${names.indexOf(name)}` : name);
  const isText = (name: string): boolean => types === null || types.get(name) === "VARCHAR";
  const time = isText(columns.time) ? momentOfText(place(columns.time)) : `CAST(${place(columns.time)} AS TIMESTAMP)`;
  const instrument = `nullif(trim(CAST(${place(columns.instrument)} AS VARCHAR)), '')`;
  const number = (name: string): string =>
    isText(name)
      ? `CASE WHEN ${isNothing(place(name))} THEN NULL ELSE TRY_CAST(trim(${place(name)}) AS DOUBLE) END`
      : `CAST(${place(name)} AS DOUBLE)`;
  const soundNumber = (name: string): string =>
    isText(name)
      ? `(${isNothing(place(name))} OR coalesce(abs(TRY_CAST(trim(${place(name)}) AS DOUBLE)) <= ${LARGEST_F32}, false))`
      : `coalesce(isnan(CAST(${place(name)} AS DOUBLE)) OR abs(CAST(${place(name)} AS DOUBLE)) <= ${LARGEST_F32}, true)`;
  const text = (name: string): string => `coalesce(CAST(${place(name)} AS VARCHAR), '')`;
  const cells = [
    { name: columns.time, text: text(columns.time), sound: `${time} IS NOT NULL`, wanted: "a date as YYYY-MM-DD or a moment in UTC" },
    { name: columns.instrument, text: text(columns.instrument), sound: `${instrument} IS NOT NULL`, wanted: "the name of an instrument" },
    ...numbers.map((name) => ({ name, text: text(name), sound: soundNumber(name), wanted: "a finite number of 32 bits, nor empty" })),
  ];
  return {
    from: fromSql(path, format, names),
    time,
    instrument,
    numbers: numbers.map(number),
    bad: `NOT (${cells.map(({ sound }) => sound).join(" AND ")})`,
    cells,
  };
}

function fromSql(path: string, format: TableFormat, names: readonly string[]): string {
  if (format === "parquet") return `read_parquet(${sqlText(path)})`;
  const columns = names.map((_, i) => `'c${i}': 'VARCHAR'`).join(", ");
  const compression = format === "csv.gz" ? "gzip" : "none";
  return `read_csv(${sqlText(path)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', compression = '${compression}', columns = {${columns}})`;
}

async function describe(connection: DuckDBConnection, path: string): Promise<readonly { readonly name: string; readonly type: string }[]> {
  const rows = await readRows(connection, `DESCRIBE SELECT * FROM read_parquet(${sqlText(path)})`);
  return rows.map(({ column_name, column_type }) => ({ name: String(column_name), type: String(column_type) }));
}

// The shape is checked first: DuckDB's cast takes more for a date than people do.
function momentOfText(text: string): string {
  return `CASE WHEN regexp_full_match(trim(${text}), ${MOMENT}) THEN TRY_CAST(rtrim(trim(${text}), 'Z') AS TIMESTAMP) END`;
}

function isNothing(text: string): string {
  return `list_contains(${NOTHING}, lower(trim(coalesce(${text}, ''))))`;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`;
}
