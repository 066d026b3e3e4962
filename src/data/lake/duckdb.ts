// One DuckDB database per task, opened with the same safe settings everywhere: no extension is ever fetched,
// memory and threads are bounded, and what does not fit spills into the task's own folder.
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

export interface DuckDbOptions {
  /** Worker threads of DuckDB; results never depend on it. Default 2. */
  readonly threads?: number | undefined;
  /** DuckDB's own limit, e.g. `768MB`; above it, data spill to `tempFolder`. Default `1GB`. */
  readonly memoryLimit?: string | undefined;
}

export interface DuckDb {
  readonly connection: DuckDBConnection;
  /** A second connection to the same database: one result may stream on each. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/** Opens `file` (created when missing), or a database in memory when null. `tempFolder` takes what spills; null forbids it. */
export async function openDuckDb(file: string | null, tempFolder: string | null, options: DuckDbOptions = {}): Promise<DuckDb> {
  const instance = await DuckDBInstance.create(file ?? ":memory:", {
    threads: String(options.threads ?? 2),
    memory_limit: options.memoryLimit ?? "1GB",
    temp_directory: tempFolder ?? "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    connection,
    connect: () => instance.connect(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A quoted identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A list literal of texts. */
export function sqlTexts(texts: readonly string[]): string {
  return `[${texts.map(sqlText).join(", ")}]`;
}

export type SqlRow = Readonly<Record<string, string | number | boolean | null>>;

/** All rows of a small result; 64-bit integers become numbers, which suits counts and microseconds. */
export async function readRows(connection: DuckDBConnection, sql: string): Promise<SqlRow[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjects().map((row) => {
    const plain: Record<string, string | number | boolean | null> = {};
    for (const [key, value] of Object.entries(row)) {
      if (typeof value === "bigint") plain[key] = Number(value);
      else if (value === null || typeof value === "number" || typeof value === "boolean" || typeof value === "string") plain[key] = value;
      else plain[key] = String(value);
    }
    return plain;
  });
}

/** The one number of a one-row, one-column result. */
export async function readNumber(connection: DuckDBConnection, sql: string): Promise<number> {
  const row = (await readRows(connection, sql))[0] ?? {};
  return Number(Object.values(row)[0] ?? 0);
}

/** Appends (0, text), (1, text), ... to a table of an INTEGER and a VARCHAR. */
export async function insertTexts(connection: DuckDBConnection, table: string, texts: readonly string[]): Promise<void> {
  const appender = await connection.createAppender(table);
  texts.forEach((text, i) => {
    appender.appendInteger(i);
    appender.appendVarchar(text);
    appender.endRow();
  });
  appender.closeSync();
}
