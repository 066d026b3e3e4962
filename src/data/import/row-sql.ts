// The SQL that turns a row of text into times and numbers and says what is impossible about it by itself.
// All rules about single rows are here; rules about neighbors are in quality/.
import { SECOND_US, isoDateOrThrow, dayNumber, dateOfDayNumber } from "#domain/time.js";
import { VALUE_COLUMNS } from "../lake/columns.js";
import { sqlName, sqlText } from "../lake/duckdb.js";
import type { Declaration } from "./declaration.js";
import { zonedToMicros } from "../calendar/zone.js";

const ABSURD_PRICE = 1e9;
const ABSURD_SIZE = 1e15;

/**
 * Columns of the table `staged`; its rowid numbers the rows in source order. `why` is null for a row that may be right; only the others
 * keep their text (`moment`, `raw`), because texts cost more than all numbers together.
 */
export function stagedTableSql(declaration: Declaration): string {
  const values = VALUE_COLUMNS[declaration.kind].map((name) => `${name} DOUBLE`).join(", ");
  return `CREATE TABLE staged (file INTEGER, symbol VARCHAR, moment VARCHAR, day DATE, open_at BIGINT, end_at BIGINT, ${values}, why VARCHAR, raw VARCHAR)`;
}

/** The files of a table function in its order: their numbers in the table `files`, and the symbols that their paths tell. */
export interface SourceFiles {
  readonly numbers: readonly number[];
  readonly symbols: readonly (string | null)[];
}

/** `source` is a table function over `files` whose rows have the declared columns. `timezone` must be the session's. */
export function stageRowsSql(declaration: Declaration, source: string, files: SourceFiles, timezone: string): string {
  const { kind, columns } = declaration;
  const texts = VALUE_COLUMNS[kind].map((name) => [name, declaredColumn(declaration, name)] as const);
  const time = columns.date ?? columns.at?.column ?? "";
  const given = texts.map(
    ([name, column]) => `${column === null ? "CAST(NULL AS VARCHAR)" : `CAST(${sqlName(column)} AS VARCHAR)`} AS ${name}_text`,
  );
  const numbers = texts.map(([name]) => `${numberSql(declaration, name)} AS ${name}`);
  const raw = `concat_ws(',', ${["moment", ...texts.flatMap(([name, column]) => (column === null ? [] : [`${name}_text`]))].map((name) => `coalesce(${name}, '')`).join(", ")})`;
  const daily = isDaily(declaration);
  return `INSERT INTO staged
    SELECT file, symbol, CASE WHEN why IS NULL THEN NULL ELSE ${clean("moment")} END, ${daily ? "day, NULL, NULL" : `NULL, ${edgeSql(declaration)}`},
      ${texts.map(([name]) => finalSql(kind, name)).join(", ")}, why, CASE WHEN why IS NULL THEN NULL ELSE ${raw} END
    FROM (SELECT *, ${whySql(declaration, timezone)} AS why
      FROM (SELECT *, ${daily ? `${daySql()} AS day` : `${momentSql(declaration)} AS moment_us`}, ${numbers.join(", ")}
        FROM (SELECT ${pick(`[${files.numbers.join(", ")}]`)} AS file, ${symbolSql(declaration, files)} AS symbol, CAST(${sqlName(time)} AS VARCHAR) AS moment, ${given.join(", ")} FROM ${source})))`;
}

/** The moment of a row of `staged` named `row`, as text: of the source where it was kept, else in ISO form. */
export function momentTextSql(declaration: Declaration, row: string): string {
  const iso = `strftime(make_timestamp(coalesce(${row}.open_at, ${row}.end_at)), '%Y-%m-%dT%H:%M:%S.%f')`;
  return `coalesce(${row}.moment, ${isDaily(declaration) ? `strftime(${row}.day, '%Y-%m-%d')` : `replace(${iso}, '.000000', '') || 'Z'`})`;
}

export function isDaily(declaration: Declaration): boolean {
  return declaration.kind === "bar" && declaration.interval === "1d";
}

/** Every source column that the declaration speaks of. */
export function declaredColumns(declaration: Declaration): string[] {
  const { date, at, ...values } = declaration.columns;
  const names = [date, at?.column, ...Object.values(values), "column" in declaration.symbol ? declaration.symbol.column : undefined];
  return [...new Set(names.filter((name) => name !== undefined))];
}

function declaredColumn(declaration: Declaration, name: string): string | null {
  const key = name.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase()) as "open" | "bidSize";
  return declaration.columns[key] ?? null;
}

const NOTHING = "['', 'null', 'na', 'n/a', 'none']";

/** Trimmed text; the usual words for "nothing" become NULL. */
function clean(text: string): string {
  return `CASE WHEN ${isNothing(text)} THEN NULL ELSE trim(CAST(${text} AS VARCHAR)) END`;
}

// No IN: DuckDB makes a join of it, which is computed for every row, sound ones too, and does not keep their order.
function isNothing(text: string): string {
  return `list_contains(${NOTHING}, lower(trim(coalesce(CAST(${text} AS VARCHAR), ''))))`;
}

/** The element of a list that belongs to the row's file. Cheaper than a join, and it cannot change the order of rows. */
function pick(list: string): string {
  return `(${list})[CAST(file_index AS BIGINT) + 1]`;
}

function symbolSql(declaration: Declaration, files: SourceFiles): string {
  const { symbol } = declaration;
  if (!("column" in symbol))
    return pick(`[${files.symbols.map((text) => (text === null ? "CAST(NULL AS VARCHAR)" : sqlText(text))).join(", ")}]`);
  const text = clean(sqlName(symbol.column));
  return declaration.symbolCase === "upper" ? `upper(${text})` : text;
}

/** The symbol in the column `path` of the table `files`; NULL when the symbol stands in the rows. */
export function pathSymbolSql(declaration: Declaration): string {
  const { symbol } = declaration;
  if ("column" in symbol) return "CAST(NULL AS VARCHAR)";
  const text = `nullif(regexp_extract(path, ${sqlText(symbol.path)}, 1), '')`;
  return declaration.symbolCase === "upper" ? `upper(${text})` : text;
}

// DuckDB's cast takes "2005-01-03junk" and year 5 for dates, so the shape is checked first.
// The first case is what almost every file has, and is cheap.
function daySql(): string {
  const plain = "moment GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'";
  const iso = String.raw`regexp_full_match(trim(moment), '\d{4}-\d{2}-\d{2}([T ].*)?')`;
  const compact = String.raw`regexp_full_match(trim(moment), '\d{8}')`;
  return `CASE WHEN ${plain} THEN TRY_CAST(moment AS DATE) WHEN ${iso} THEN TRY_CAST(trim(moment)[1:10] AS DATE) WHEN ${compact} THEN CAST(try_strptime(trim(moment), '%Y%m%d') AS DATE) END`;
}

function momentSql(declaration: Declaration): string {
  const unit = declaration.columns.at?.unit ?? "iso";
  if (unit === "iso") {
    const shape = String.raw`regexp_full_match(trim(moment), '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*')`;
    return `CASE WHEN ${shape} THEN epoch_us(TRY_CAST(trim(moment) AS TIMESTAMPTZ)) END`;
  }
  const scale = { s: 1e6, ms: 1e3, us: 1 }[unit];
  // The decimal type is exact; the bounds are years 1678 and 2262.
  return `CASE WHEN abs(TRY_CAST(moment AS DECIMAL(38, 9))) < ${9.2e15 / scale} THEN CAST(round(TRY_CAST(moment AS DECIMAL(38, 9)) * ${scale}) AS BIGINT) END`;
}

/** `open_at, end_at` of a row that is no daily bar. */
function edgeSql(declaration: Declaration): string {
  if (declaration.kind !== "bar") return "NULL, moment_us";
  const length = Math.round(Number(declaration.interval) * SECOND_US);
  return declaration.columns.at?.edge === "end" ? `moment_us - ${length}, moment_us` : `moment_us, moment_us + ${length}`;
}

function numberSql(declaration: Declaration, name: string): string {
  if (name === "aggressor") {
    return `CASE WHEN list_contains(['1', '1.0', '+1', 'B', 'BUY'], upper(aggressor_text)) THEN 1.0 WHEN list_contains(['-1', '-1.0', 'S', 'SELL'], upper(aggressor_text)) THEN -1.0 ELSE 0.0 END`;
  }
  const number = `TRY_CAST(${name}_text AS DOUBLE)`;
  return declaration.priceScale === 1 || isSize(name) ? number : `${number} * ${declaration.priceScale}`;
}

/** A quote of 0 is no quote on that side; what is not reported is NaN. */
function finalSql(kind: Declaration["kind"], name: string): string {
  const absent = `coalesce(${name}, CAST('NaN' AS DOUBLE))`;
  if (kind !== "quote" || isSize(name)) return absent;
  return `CASE WHEN ${name} = 0 THEN CAST('NaN' AS DOUBLE) ELSE ${absent} END`;
}

function isSize(name: string): boolean {
  return name === "volume" || name === "size" || name.endsWith("_size");
}

/** The first rule that a row breaks, as a reason of quality/findings.ts. */
function whySql(declaration: Declaration, timezone: string): string {
  const { kind } = declaration;
  const values = VALUE_COLUMNS[kind].filter((name) => name !== "aggressor");
  const prices = values.filter((name) => !isSize(name));
  const sizes = values.filter(isSize);
  const needed = kind === "quote" ? [] : values.filter((name) => name !== "volume");
  const any = (names: readonly string[], rule: (name: string) => string): string =>
    names.length === 0 ? "false" : names.map(rule).join(" OR ");
  const floor = kind === "quote" ? "<" : "<=";
  const rules: [string, string][] = [
    ["missing-field", any(["symbol", "moment", ...needed.map((name) => `${name}_text`)], isNothing)],
    ["unparsable-date", isDaily(declaration) ? "day IS NULL" : "moment_us IS NULL"],
    [
      "unparsable-number",
      any(
        values,
        (name) => `(${name} IS NULL${(needed as readonly string[]).includes(name) ? "" : ` AND NOT ${isNothing(`${name}_text`)}`})`,
      ),
    ],
    ["not-finite", any(values, (name) => `NOT isfinite(${name})`)],
    ["non-positive-price", any(prices, (name) => `${name} ${floor} 0`)],
    ["absurd-price", `${any(prices, (name) => `${name} > ${ABSURD_PRICE}`)} OR ${any(sizes, (name) => `${name} > ${ABSURD_SIZE}`)}`],
    ["negative-size", any(sizes, (name) => `${name} < 0`)],
  ];
  if (kind === "bar") rules.push(["broken-bar", "high < greatest(open, close) OR low > least(open, close)"]);
  if (kind === "quote") rules.push(["missing-field", "coalesce(bid, 0) = 0 AND coalesce(ask, 0) = 0"]);
  const range = rangeSql(declaration, timezone);
  if (range !== null) rules.push(["outside-range", range]);
  // Almost every row is sound: one cheap test lets it pass, and the rules are asked of the others only (NaN and NULL fail the test).
  // No rule repeats a costly expression: DuckDB would compute it once for all rows, sound ones too.
  const sound = [
    "symbol IS NOT NULL",
    isDaily(declaration) ? "day IS NOT NULL" : "moment_us IS NOT NULL",
    ...prices.map((name) => `${name} > 0 AND ${name} <= ${ABSURD_PRICE}`),
    ...sizes.filter((name) => declaredColumn(declaration, name) !== null).map((name) => `${name} >= 0 AND ${name} <= ${ABSURD_SIZE}`),
    ...(kind === "bar" ? ["high >= greatest(open, close) AND low <= least(open, close)"] : []),
    ...(range === null ? [] : [`NOT (${range})`]),
  ];
  return `CASE WHEN ${sound.join(" AND ")} THEN NULL
      ${rules.map(([reason, rule]) => `WHEN ${rule} THEN '${reason}'`).join("\n      ")} END`;
}

function rangeSql(declaration: Declaration, timezone: string): string | null {
  const { from, to } = declaration.range;
  const rules: string[] = [];
  const start = (date: string, days: number): number => {
    const shifted = dateOfDayNumber(dayNumber(isoDateOrThrow(date)) + days);
    return zonedToMicros(`${shifted}T00:00:00`, timezone);
  };
  if (from !== undefined) rules.push(isDaily(declaration) ? `day < DATE ${sqlText(from)}` : `moment_us < ${start(from, 0)}`);
  if (to !== undefined) rules.push(isDaily(declaration) ? `day > DATE ${sqlText(to)}` : `moment_us >= ${start(to, 1)}`);
  return rules.length === 0 ? null : rules.join(" OR ");
}
