// Update: the rows of the lake join the rows of the files before the checks run. Where both speak of one bar, equal rows merge later;
// here the different ones are found, and history is only rewritten when that was asked for.
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { formatMicros, type Micros } from "#domain/time.js";
import type { Calendar } from "../calendar/calendar.js";
import { VALUE_COLUMNS } from "../lake/columns.js";
import { readNumber, readRows, sqlText, sqlTexts } from "../lake/duckdb.js";
import type { OpenDataset } from "../lake/open-dataset.js";
import { partitionFiles } from "../lake/partitions.js";
import type { Declaration } from "./declaration.js";
import { momentTextSql } from "./row-sql.js";

export interface PreviousVersion {
  readonly dataset: OpenDataset;
  /** Rewrite history where the files differ from the lake. */
  readonly acceptRevisions: boolean;
}

export interface RevisedSymbol {
  readonly symbol: string;
  /** Bars with other values, bars new before the lake's last one, bars that the files no longer have. */
  readonly changed: number;
  readonly inserted: number;
  readonly removed: number;
  /** ISO time of the earliest of them. */
  readonly first: string;
}

export interface UpdateReport {
  /** Rows later than the lake's last of their symbol. */
  readonly appended: number;
  readonly newSymbols: number;
  readonly revised: readonly RevisedSymbol[];
  readonly revisedRows: number;
  /** True when the revisions were written to the lake. */
  readonly applied: boolean;
  /** New rows left out, because their symbol's adjusted history changed and the revision was refused: they would not fit on. */
  readonly heldBack: number;
}

/** Adds the lake's bars to `staged`; `lakeFile` is the number of the lake in `files`. */
export async function stagePrevious(
  connection: DuckDBConnection,
  { dataset }: PreviousVersion,
  calendar: Calendar,
  daily: boolean,
  lakeFile: number,
): Promise<void> {
  const files = await partitionFiles(dataset.folder, "bar");
  if (files.length === 0) return;
  const symbols = sqlTexts(dataset.manifest.instruments.map((instrument) => instrument.id));
  const local = `timezone(${sqlText(calendar.timezone)}, make_timestamptz(open_at))`;
  await connection.run(
    `INSERT INTO staged SELECT ${lakeFile}, ${symbols}[ix + 1], NULL, ${daily ? `CAST(${local} AS DATE)` : "NULL"},
     open_at, end_at, ${VALUE_COLUMNS.bar.join(", ")}, NULL, NULL FROM read_parquet(${sqlTexts(files)}) ORDER BY seen_at, ix`,
  );
}

/** Finds what differs and gives verdicts. Needs `sorted`; `lakeFile` as before. */
export async function resolveRevisions(
  connection: DuckDBConnection,
  declaration: Declaration,
  previous: PreviousVersion,
  lakeFile: number,
  adjusted: boolean,
): Promise<UpdateReport> {
  await recallVerdicts(connection, declaration, previous.dataset.folder, lakeFile);
  const differs = VALUE_COLUMNS.bar.map((name) => `f.${name} IS DISTINCT FROM l.${name}`).join(" OR ");
  await connection.run(`CREATE VIEW lake AS SELECT * FROM sorted WHERE file = ${lakeFile}`);
  await connection.run(`CREATE TABLE fresh AS SELECT * FROM sorted WHERE file <> ${lakeFile} AND seq NOT IN (SELECT seq FROM verdicts)`);
  await connection.run("CREATE TABLE spans AS SELECT ix, min(end_at) AS first_at, max(end_at) AS last_at FROM lake GROUP BY ix");
  await connection.run("CREATE TABLE fresh_spans AS SELECT ix, min(end_at) AS first_at, max(end_at) AS last_at FROM fresh GROUP BY ix");
  await connection.run(
    `CREATE TABLE revisions AS
     SELECT 'changed' AS what, f.seq AS fresh_seq, l.seq AS lake_seq, f.ix, f.end_at, 'close ' || l.close || ' in the lake, ' || f.close || ' in the file' AS detail
       FROM fresh f JOIN lake l ON l.ix = f.ix AND l.end_at = f.end_at WHERE ${differs}
     UNION ALL SELECT 'inserted', f.seq, NULL, f.ix, f.end_at, 'not in the lake' FROM fresh f JOIN spans s ON s.ix = f.ix
       WHERE f.end_at < s.last_at AND NOT EXISTS (SELECT 1 FROM lake l WHERE l.ix = f.ix AND l.end_at = f.end_at)
     UNION ALL SELECT 'removed', NULL, l.seq, l.ix, l.end_at, 'no longer in the files' FROM lake l JOIN fresh_spans s ON s.ix = l.ix
       WHERE l.end_at BETWEEN s.first_at AND s.last_at AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.ix = l.ix AND f.end_at = l.end_at)
     ORDER BY ALL`,
  );
  const heldBack = previous.acceptRevisions ? await applyRevisions(connection) : await refuseRevisions(connection, adjusted);
  return {
    appended: await readNumber(
      connection,
      "SELECT count(*) FROM fresh f LEFT JOIN spans s ON s.ix = f.ix WHERE (s.ix IS NULL OR f.end_at > s.last_at) AND f.seq NOT IN (SELECT seq FROM verdicts)",
    ),
    newSymbols: await readNumber(connection, "SELECT count(DISTINCT ix) FROM fresh WHERE ix NOT IN (SELECT ix FROM spans)"),
    revised: await revisedSymbols(connection),
    revisedRows: await readNumber(connection, "SELECT count(*) FROM revisions"),
    applied: previous.acceptRevisions,
    heldBack,
  };
}

/** Rows that neighbors condemned before are condemned again, not taken for revisions. */
async function recallVerdicts(connection: DuckDBConnection, declaration: Declaration, folder: string, lakeFile: number): Promise<void> {
  const same = [
    `q.moment = ${momentTextSql(declaration, "r")}`,
    ...["symbol", "open", "high", "low", "close"].map((name) => `q.${name} = r.${name}`),
  ].join(" AND ");
  await connection.run(
    `INSERT INTO verdicts SELECT DISTINCT r.rowid, false, q.reason, q.detail
     FROM staged r JOIN (SELECT DISTINCT reason, detail, symbol, moment, open, high, low, close FROM read_parquet(${sqlText(join(folder, "quarantine.parquet"))})
       WHERE reason IN ('conflicting-duplicate', 'contradicted-by-action', 'contradicted-by-second-source', 'price-without-trade', 'absurd-move')) q ON ${same}
     WHERE r.why IS NULL AND r.file <> ${lakeFile} AND r.rowid NOT IN (SELECT seq FROM verdicts) ORDER BY r.rowid`,
  );
}

async function applyRevisions(connection: DuckDBConnection): Promise<number> {
  await connection.run(
    "INSERT INTO verdicts SELECT DISTINCT lake_seq, true, 'superseded', '' FROM revisions WHERE what = 'changed' ORDER BY 1",
  );
  await connection.run(
    "INSERT INTO verdicts SELECT lake_seq, false, 'removed-by-revision', detail FROM revisions WHERE what = 'removed' ORDER BY 1",
  );
  return 0;
}

async function refuseRevisions(connection: DuckDBConnection, adjusted: boolean): Promise<number> {
  await connection.run(
    "INSERT INTO verdicts SELECT fresh_seq, false, 'revision-refused', detail FROM revisions WHERE what <> 'removed' ORDER BY 1",
  );
  if (!adjusted) return 0;
  await connection.run(
    `CREATE TABLE held AS SELECT f.seq FROM fresh f JOIN spans s ON s.ix = f.ix
     WHERE f.end_at > s.last_at AND f.ix IN (SELECT ix FROM revisions WHERE what = 'changed') ORDER BY f.seq`,
  );
  await connection.run(
    "INSERT INTO verdicts SELECT seq, false, 'held-back', 'the adjusted history of the symbol changed' FROM held ORDER BY seq",
  );
  return readNumber(connection, "SELECT count(*) FROM held");
}

async function revisedSymbols(connection: DuckDBConnection): Promise<RevisedSymbol[]> {
  const counted = ["changed", "inserted", "removed"].map((what) => `count(*) FILTER (what = '${what}') AS ${what}`).join(", ");
  const rows = await readRows(
    connection,
    `SELECT s.symbol, ${counted}, min(r.end_at) AS first FROM revisions r JOIN symbols s ON s.ix = r.ix GROUP BY s.symbol ORDER BY s.symbol`,
  );
  return rows.map((row) => ({
    symbol: String(row.symbol),
    changed: row.changed as number,
    inserted: row.inserted as number,
    removed: row.removed as number,
    first: formatMicros(row.first as Micros),
  }));
}
