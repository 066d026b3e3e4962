// Reads all files of a declaration into the table `staged`, as many at once as have the same columns. A file that cannot be read
// is put aside with its reason; when DuckDB refuses a group, the group is halved until the culprit stands alone.
import { relative } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { TruewindError } from "#base/errors.js";
import { insertTexts, readNumber, readRows, sqlName, sqlText, sqlTexts } from "../lake/duckdb.js";
import type { FileQuality } from "../quality/report.js";
import type { Declaration, LocatedDeclaration } from "./declaration.js";
import { type Inspection, inspectCsv } from "./inspect-file.js";
import { declaredColumns, pathSymbolSql, stagedTableSql, stageRowsSql } from "./row-sql.js";

const FILES_AT_ONCE = 500;
const INSPECTED_AT_ONCE = 4;

export interface StageContext {
  readonly connection: DuckDBConnection;
  readonly located: LocatedDeclaration;
  /** Zone of moments that carry none. */
  readonly timezone: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (done: number) => void;
}

interface Group {
  readonly columns: readonly string[];
  readonly quoted: boolean;
  /** Numbers of its files. */
  readonly files: number[];
}

/** Stands for the lake, of which an update is made, in the table `files`. */
const LAKE_FILE = "(lake)";

/**
 * Creates `files` (number, path, symbol of the path; last of all the lake), fills `staged`, and `malformed` (file, line, raw) with lines
 * that are no rows. Returns what became of each file, in order.
 */
export async function stageFiles(context: StageContext, paths: readonly string[]): Promise<FileQuality[]> {
  const { connection, located } = context;
  const reasons = new Map<number, string>();
  const files = await nameFiles(connection, located.declaration, paths);
  const groups = await groupFiles(context, paths, reasons);
  await connection.run(stagedTableSql(located.declaration));
  await connection.run(`SET TimeZone = ${sqlText(context.timezone)}`);
  // Groups follow one another in the order of their first file; within a group files keep their order.
  for (const group of groups) {
    for (let start = 0; start < group.files.length; start += FILES_AT_ONCE) {
      await stageGroup(context, files, { ...group, files: group.files.slice(start, start + FILES_AT_ONCE) }, reasons);
      context.onProgress(0.5 + (0.5 * (start + FILES_AT_ONCE)) / Math.max(paths.length, start + FILES_AT_ONCE));
    }
  }
  await connection.run("SET TimeZone = 'UTC'");
  await collectMalformed(connection, located.declaration.format === "csv" && groups.length > 0);
  const counts = await readRows(
    connection,
    "SELECT file, count(*) AS n FROM (SELECT file FROM staged UNION ALL SELECT file FROM malformed) GROUP BY file ORDER BY file",
  );
  const rows = new Map(counts.map((row) => [row.file as number, row.n as number]));
  return paths.map((path, file) => ({ path: relative(located.root, path), rows: rows.get(file) ?? 0, reason: reasons.get(file) ?? null }));
}

interface NamedFiles {
  readonly paths: readonly string[];
  readonly symbols: readonly (string | null)[];
}

async function nameFiles(connection: DuckDBConnection, declaration: Declaration, paths: readonly string[]): Promise<NamedFiles> {
  await connection.run("CREATE TABLE paths (file INTEGER, path VARCHAR)");
  await insertTexts(connection, "paths", [...paths, LAKE_FILE]);
  await connection.run(`CREATE TABLE files AS SELECT file, path, ${pathSymbolSql(declaration)} AS symbol FROM paths ORDER BY file`);
  const rows = await readRows(connection, "SELECT symbol FROM files ORDER BY file");
  return { paths, symbols: rows.map((row) => row.symbol as string | null) };
}

async function groupFiles(context: StageContext, files: readonly string[], reasons: Map<number, string>): Promise<Group[]> {
  const { located, signal } = context;
  const { declaration } = located;
  const needed = declaredColumns(declaration);
  const inspections: Inspection[] = new Array<Inspection>(files.length);
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) {
      const file = files[i] as string;
      signal?.throwIfAborted();
      inspections[i] =
        declaration.format === "csv"
          ? await inspectCsv(file, declaration.delimiter, signal)
          : await inspectParquet(context.connection, file);
      context.onProgress((0.5 * ++done) / files.length);
    }
  };
  await Promise.all(Array.from({ length: INSPECTED_AT_ONCE }, worker));
  const groups = new Map<string, Group>();
  files.forEach((_, i) => {
    const inspection = inspections[i] as Inspection;
    const reason = inspection.ok ? columnProblem(inspection.header, needed) : inspection.reason;
    if (reason !== null || !inspection.ok) {
      reasons.set(i, reason ?? "");
      return;
    }
    const key = JSON.stringify([inspection.header, inspection.quoted]);
    const group = groups.get(key) ?? { columns: inspection.header, quoted: inspection.quoted, files: [] };
    group.files.push(i);
    groups.set(key, group);
  });
  return [...groups.values()];
}

function columnProblem(header: readonly string[], needed: readonly string[]): string | null {
  if (header.includes("file_index")) return `wrong columns: "file_index" means something else here; rename it`;
  const missing = needed.filter((name) => !header.includes(name));
  const has = header.slice(0, 20).join(", ");
  if (missing.length > 0) return `wrong columns: it has no ${missing.map((name) => `"${name}"`).join(", ")}; it has ${has.slice(0, 200)}`;
  const twice = needed.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
  return twice === undefined ? null : `wrong columns: "${twice}" occurs twice`;
}

async function inspectParquet(connection: DuckDBConnection, file: string): Promise<Inspection> {
  try {
    const rows = await readRows(
      connection,
      `SELECT name FROM parquet_schema(${sqlText(file)}) WHERE num_children IS NULL OR num_children = 0 ORDER BY column_id`,
    );
    return { ok: true, header: rows.map((row) => String(row.name)), quoted: false };
  } catch (error) {
    return { ok: false, reason: `it is no readable Parquet file (${firstLine(error)})` };
  }
}

async function stageGroup(context: StageContext, files: NamedFiles, group: Group, reasons: Map<number, string>): Promise<void> {
  const { connection, located, timezone, signal } = context;
  signal?.throwIfAborted();
  const paths = group.files.map((file) => files.paths[file] as string);
  const source = { numbers: group.files, symbols: group.files.map((file) => files.symbols[file] ?? null) };
  const sql = stageRowsSql(located.declaration, tableFunction(group, paths, located), source, timezone);
  try {
    await connection.run(sql);
  } catch (error) {
    signal?.throwIfAborted();
    if (isOurs(error))
      throw new TruewindError("invariant", `Invariant: the import's own SQL failed: ${firstLine(error)}`, { cause: error });
    if (group.files.length === 1) {
      reasons.set(group.files[0] as number, `it cannot be read (${firstLine(error)})`);
      return;
    }
    const half = group.files.length >> 1;
    await stageGroup(context, files, { ...group, files: group.files.slice(0, half) }, reasons);
    await stageGroup(context, files, { ...group, files: group.files.slice(half) }, reasons);
  }
}

/** Errors of our SQL text, of memory or of the disk are no fault of a file. */
function isOurs(error: unknown): boolean {
  return /^(Binder|Parser|Catalog|Out of Memory|INTERNAL|FATAL|Not implemented)/.test((error as Error).message);
}

function tableFunction(group: Group, paths: readonly string[], { declaration }: LocatedDeclaration): string {
  if (declaration.format === "parquet") return `read_parquet(${sqlTexts(paths)})`;
  // DuckDB needs a name for every column: unnamed and repeated ones, which nothing refers to, get one.
  const names = group.columns.map((name, i) => (name === "" || group.columns.indexOf(name) !== i ? `unnamed ${i}` : name));
  const columns = names.map((name) => `${sqlName(name)}: 'VARCHAR'`).join(", ");
  const quote = group.quoted ? `quote = '"', escape = '"'` : "quote = '', escape = ''";
  return `read_csv(${sqlTexts(paths)}, auto_detect = false, header = true, delim = ${sqlText(declaration.delimiter)}, ${quote}, columns = {${columns}}, store_rejects = true, rejects_limit = 0)`;
}

async function collectMalformed(connection: DuckDBConnection, csv: boolean): Promise<void> {
  await connection.run("CREATE TABLE malformed (file INTEGER, line BIGINT, raw VARCHAR)");
  const known = await readNumber(connection, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'");
  if (!csv || known === 0) return;
  await connection.run(
    `INSERT INTO malformed SELECT f.file, e.line, min(trim(e.csv_line, chr(10) || chr(13))) FROM reject_errors e
     JOIN reject_scans s ON s.scan_id = e.scan_id AND s.file_id = e.file_id JOIN files f ON f.path = s.file_path
     GROUP BY f.file, s.scan_id, e.line ORDER BY 1, 2`,
  );
}

function firstLine(error: unknown): string {
  return ((error as Error).message.split("\n")[0] ?? "").slice(0, 200);
}
