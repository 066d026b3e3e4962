// Turns the verdict and flag tables into the quality report and the files quarantine.parquet and flagged.parquet.
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { formatMicros, type Micros } from "#domain/time.js";
import { VALUE_COLUMNS } from "../lake/columns.js";
import { readNumber, readRows, sqlText } from "../lake/duckdb.js";
import type { Flag, QuarantineReason } from "../quality/findings.js";
import type { Example, FileQuality, QualityReport, SymbolQuality } from "../quality/report.js";
import type { Declaration } from "./declaration.js";
import type { Judgement } from "./judge-rows.js";
import { momentTextSql } from "./row-sql.js";

const EXAMPLES = 10;
const GAPS_LISTED = 1000;

export async function summarize(
  connection: DuckDBConnection,
  declaration: Declaration,
  root: string,
  folder: string,
  files: readonly FileQuality[],
  symbols: readonly string[],
  judgement: Judgement,
  notes: readonly string[],
): Promise<QualityReport> {
  await writeFindings(connection, declaration, root, folder);
  const malformed = await readNumber(connection, "SELECT count(*) FROM malformed");
  const staged = await readNumber(connection, "SELECT count(*) FROM staged");
  const merged = await readNumber(connection, "SELECT count(*) FROM verdicts WHERE merged");
  const counts = await readRows(connection, "SELECT reason, count(*) AS n FROM quarantined GROUP BY reason ORDER BY reason");
  const flags = await readRows(connection, "SELECT flag, count(*) AS n FROM flags GROUP BY flag ORDER BY flag");
  const flagged: Partial<Record<Flag, number>> = Object.fromEntries(flags.map((row) => [row.flag as Flag, row.n as number]));
  if (judgement.outsideHours > 0) flagged["outside-hours"] = judgement.outsideHours;
  const quarantined = counts.reduce((sum, row) => sum + (row.n as number), 0);
  const gaps = [...judgement.gaps].sort(
    (a, b) => b.sessions - a.sessions || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : a.from < b.from ? -1 : 1),
  );
  return {
    rowsRead: staged + malformed,
    rowsKept: staged + malformed - merged - quarantined,
    rowsMerged: merged,
    rowsQuarantined: quarantined,
    quarantined: Object.fromEntries(counts.map((row) => [row.reason, row.n])) as Partial<Record<QuarantineReason, number>>,
    flagged,
    rowsFlagged: await readNumber(connection, "SELECT count(DISTINCT seq) FROM flags"),
    files,
    symbols: await symbolTable(connection, symbols, judgement),
    gaps: gaps.slice(0, GAPS_LISTED),
    missingSessions: judgement.tallies.reduce((sum, tally) => sum + tally.missingSessions, 0),
    examples: await examples(connection),
    notes,
  };
}

/** Tables `quarantined` and `flagged`, readable without the import's numbers, and their Parquet files. */
async function writeFindings(connection: DuckDBConnection, declaration: Declaration, root: string, folder: string): Promise<void> {
  const values = VALUE_COLUMNS[declaration.kind];
  const prefix = root.endsWith("/") ? root : `${root}/`;
  const path = `CASE WHEN starts_with(f.path, ${sqlText(prefix)}) THEN substr(f.path, ${prefix.length + 1}) ELSE f.path END`;
  await connection.run(
    `CREATE TABLE quarantined AS
     SELECT v.reason, v.detail, ${path} AS file, v.seq, r.symbol, ${momentTextSql(declaration, "r")} AS moment, ${values.map((name) => `r.${name}`).join(", ")}
     FROM verdicts v JOIN staged r ON r.rowid = v.seq JOIN files f ON f.file = r.file WHERE NOT v.merged
     UNION ALL SELECT 'malformed-row', m.raw, ${path}, NULL, NULL, 'line ' || m.line, ${values.map(() => "CAST(NULL AS DOUBLE)").join(", ")} FROM malformed m JOIN files f ON f.file = m.file
     ORDER BY ALL`,
  );
  await connection.run(
    `CREATE TABLE flagged AS SELECT g.flag, g.detail, ${path} AS file, g.seq, r.symbol, ${momentTextSql(declaration, "r")} AS moment, ${values.map((name) => `r.${name}`).join(", ")}
     FROM flags g JOIN staged r ON r.rowid = g.seq JOIN files f ON f.file = r.file ORDER BY ALL`,
  );
  for (const table of ["quarantined", "flagged"]) {
    const file = join(folder, table === "quarantined" ? "quarantine.parquet" : "flagged.parquet");
    await connection.run(`COPY (SELECT * FROM ${table} ORDER BY ALL) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`);
  }
}

async function symbolTable(connection: DuckDBConnection, symbols: readonly string[], judgement: Judgement): Promise<SymbolQuality[]> {
  const rows = await readRows(connection, "SELECT coalesce(symbol, '') AS symbol, count(*) AS n FROM quarantined GROUP BY 1 ORDER BY 1");
  const quarantined = new Map(rows.map((row) => [row.symbol as string, row.n as number]));
  const known = symbols.map((symbol, ix): SymbolQuality => {
    const tally = judgement.tallies[ix];
    const time = (at: number | undefined): string | null => (at === undefined || Number.isNaN(at) ? null : formatMicros(at as Micros));
    return {
      symbol,
      rows: tally?.rows ?? 0,
      first: time(tally?.first),
      last: time(tally?.last),
      quarantined: quarantined.get(symbol) ?? 0,
      zeroVolume: tally?.zeroVolume ?? 0,
      extremeMoves: tally?.extremeMoves ?? 0,
      stale: tally?.stale ?? 0,
      missingSessions: tally?.missingSessions ?? 0,
    };
  });
  const listed = new Set(symbols);
  const lost = [...quarantined.keys()].filter((symbol) => symbol !== "" && !listed.has(symbol));
  const none = { rows: 0, first: null, last: null, zeroVolume: 0, extremeMoves: 0, stale: 0, missingSessions: 0 };
  return [...known, ...lost.map((symbol) => ({ symbol, quarantined: quarantined.get(symbol) ?? 0, ...none }))];
}

async function examples(connection: DuckDBConnection): Promise<Example[]> {
  const first = (table: string, finding: string): string =>
    `SELECT ${finding} AS finding, symbol, moment, detail, file FROM (SELECT *, row_number() OVER (PARTITION BY ${finding} ORDER BY moment, symbol, seq, detail, file) AS n FROM ${table}) WHERE n <= ${EXAMPLES}`;
  const rows = await readRows(connection, `${first("quarantined", "reason")} UNION ALL ${first("flagged", "flag")} ORDER BY ALL`);
  return rows.map((row) => ({
    finding: row.finding as QuarantineReason | Flag,
    symbol: String(row.symbol ?? "?"),
    at: String(row.moment ?? "?"),
    detail: String(row.detail ?? "").slice(0, 200),
    file: String(row.file),
  }));
}
