// From `staged` to `sorted`: rows that may be right, with instrument numbers and full times, in total order.
// Rows that are impossible by themselves, or fall on a day without a session, get their verdict here.
import type { DuckDBConnection } from "@duckdb/node-api";
import { SECOND_US, type IsoDate } from "#domain/time.js";
import type { Calendar } from "../calendar/calendar.js";
import { VALUE_COLUMNS } from "../lake/columns.js";
import { insertTexts, readRows, sqlText } from "../lake/duckdb.js";
import type { Declaration } from "./declaration.js";
import { isDaily } from "./row-sql.js";

export interface SortedRows {
  /** Symbols by provisional instrument number: all that have a row in `sorted`, sorted. */
  readonly symbols: readonly string[];
  /** First and last local day with a row; null when there is no row. */
  readonly days: { readonly from: IsoDate; readonly to: IsoDate } | null;
}

/** Creates `verdicts`, `flags`, `symbols` and `sorted`. `secondSql` gives (symbol, end_at, close) of a second source. */
export async function sortRows(
  connection: DuckDBConnection,
  declaration: Declaration,
  calendar: Calendar,
  secondSql: string | null,
): Promise<SortedRows> {
  await connection.run("CREATE TABLE verdicts (seq BIGINT, merged BOOLEAN, reason VARCHAR, detail VARCHAR)");
  await connection.run("CREATE TABLE flags (seq BIGINT, flag VARCHAR, detail VARCHAR)");
  await connection.run("INSERT INTO verdicts SELECT rowid, false, why, raw FROM staged WHERE why IS NOT NULL ORDER BY rowid");
  if (isDaily(declaration)) await placeDays(connection, calendar);
  else await connection.run("CREATE VIEW placed AS SELECT rowid AS seq, * FROM staged WHERE why IS NULL");
  const symbols = (await readRows(connection, "SELECT DISTINCT symbol FROM placed ORDER BY symbol")).map((row) => String(row.symbol));
  await connection.run("CREATE TABLE symbols (ix INTEGER, symbol VARCHAR)");
  await insertTexts(connection, "symbols", symbols);
  const { kind, feedDelay } = declaration;
  const delay = Math.round(feedDelay * SECOND_US);
  const times = kind === "bar" ? `p.open_at, p.end_at, p.end_at + ${delay} AS seen_at` : `p.end_at, p.end_at + ${delay} AS seen_at`;
  const values = VALUE_COLUMNS[kind].map((name) => `p.${name}`);
  const second = secondSql === null ? "" : `LEFT JOIN (${secondSql}) o ON o.symbol = p.symbol AND o.end_at = p.end_at`;
  await connection.run(
    `CREATE TABLE sorted AS SELECT p.seq, p.file, s.ix, ${times}, ${values.join(", ")}, ${secondSql === null ? "CAST('NaN' AS DOUBLE)" : "coalesce(o.close, CAST('NaN' AS DOUBLE))"} AS second
     FROM placed p JOIN symbols s ON s.symbol = p.symbol ${second}
     ORDER BY seen_at, s.ix, p.seq`,
  );
  return { symbols, days: await dayRange(connection, calendar) };
}

/** `placed`: daily rows with the times of their session. */
async function placeDays(connection: DuckDBConnection, calendar: Calendar): Promise<void> {
  const found = await readRows(
    connection,
    "SELECT strftime(d, '%Y-%m-%d') AS day FROM (SELECT DISTINCT day AS d FROM staged WHERE why IS NULL) ORDER BY 1",
  );
  await connection.run("CREATE TABLE session_days (day DATE, known BOOLEAN, open_at BIGINT, close_at BIGINT)");
  const tuples = found.map(({ day }) => {
    const session = sessionOrUnknown(calendar, day as IsoDate);
    const times = session === null || session === "unknown" ? "NULL, NULL" : `${session.openAt}, ${session.closeAt}`;
    return `(DATE ${sqlText(day as string)}, ${session !== "unknown"}, ${times})`;
  });
  for (let i = 0; i < tuples.length; i += 1000)
    await connection.run(`INSERT INTO session_days VALUES ${tuples.slice(i, i + 1000).join(", ")}`);
  await connection.run(
    `INSERT INTO verdicts SELECT r.rowid, false, CASE WHEN d.known THEN 'not-a-session' ELSE 'outside-calendar' END, strftime(r.day, '%Y-%m-%d') || ' ' || ${sqlText(calendar.name)}
     FROM staged r JOIN session_days d ON d.day = r.day WHERE r.why IS NULL AND d.open_at IS NULL ORDER BY r.rowid`,
  );
  await connection.run(
    `CREATE VIEW placed AS SELECT r.rowid AS seq, r.* REPLACE (d.open_at AS open_at, d.close_at AS end_at)
     FROM staged r JOIN session_days d ON d.day = r.day WHERE r.why IS NULL AND d.open_at IS NOT NULL`,
  );
}

function sessionOrUnknown(calendar: Calendar, day: IsoDate): ReturnType<Calendar["sessionOf"]> | "unknown" {
  try {
    return calendar.sessionOf(day);
  } catch {
    return "unknown";
  }
}

async function dayRange(connection: DuckDBConnection, calendar: Calendar): Promise<SortedRows["days"]> {
  const local = (time: string): string => `strftime(timezone(${sqlText(calendar.timezone)}, make_timestamptz(${time})), '%Y-%m-%d')`;
  const row = (
    await readRows(connection, `SELECT count(*) AS n, ${local("min(end_at) - 1")} AS a, ${local("max(end_at)")} AS b FROM sorted`)
  )[0];
  return row === undefined || row.n === 0 ? null : { from: row.a as IsoDate, to: row.b as IsoDate };
}
