// Reports to the SEC (10-Q, 10-K) with the day on which each was collected: that day's end is when its figures were known here.
// Income and per-share figures of a 10-Q are the quarter's; cash flows of the second and third quarter may be the quarter's or the
// year's to date, which the file does not say, so they are taken only where the cash of the reports before proves which (sec-cash-flow.ts).
import type { Micros } from "#domain/time.js";
import { DAY_US } from "#domain/time.js";
import type { FactRows, Place } from "./fact-rows.js";
import { endOfDay, parseDay } from "./moments.js";
import { columnsOf, type FactReader, type SourceFile } from "./reader.js";
import { parseNumber, readRows } from "./read-table.js";
import { CASH_FLOWS, CashFlowBook } from "./sec-cash-flow.js";

/** Columns and the fields they become; figures of a year carry `annual_` before the name, figures of a moment do not. */
const FLOWS = {
  revenues: "revenue",
  op_income: "operating_income",
  net_income: "net_income",
  eps_basic: "eps_basic",
  eps_diluted: "eps_diluted",
  dividend: "dividend_per_share",
} as const;
const LEVELS = {
  assets: "assets",
  cur_assets: "current_assets",
  cur_liab: "current_liabilities",
  cash: "cash",
  equity: "equity",
} as const;
const COLUMNS = ["collected_date", "symbol", "end_date", "period_focus", "doc_type"] as const;
const FIGURES = [...Object.keys(FLOWS), ...Object.keys(LEVELS), ...Object.keys(CASH_FLOWS)];
/** Later than this after its period a report is worth a look. */
const LATE_US = 200 * DAY_US;

export interface Report {
  readonly place: Place;
  readonly symbol: string;
  readonly annual: boolean;
  /** First fiscal quarter: the quarter is the year to date. */
  readonly first: boolean;
  readonly at: Micros;
  readonly seenAt: Micros;
  /** What the row tells, by column. */
  readonly figures: Map<string, number>;
}

export const secReader: FactReader = {
  name: "sec-reports",
  vintage: "point-in-time",
  times: "reports of a period, known at the midnight UTC that ends the day on which they were collected",
  events: false,
  fits: ({ header }) => ["collected_date", "end_date", "symbol", "period_focus"].every((name) => header.includes(name)),
  async read(files, { rows }) {
    const reports: Report[] = [];
    for (const file of files) for await (const report of reportsOf(file, rows)) reports.push(report);
    // By the day they were known; rows of one day in the order of the file.
    reports.sort((a, b) => a.seenAt - b.seenAt);
    const known = new Map<string, Map<string, number>>();
    const cashFlows = new CashFlowBook();
    for (const report of mergeSameDay(reports, rows)) tell(report, known, cashFlows, rows);
  },
};

async function* reportsOf(file: SourceFile, rows: FactRows): AsyncGenerator<Report> {
  const column = columnsOf(file, [...COLUMNS, ...FIGURES]);
  for await (const { row, text, cells } of readRows(file.path)) {
    const place = { file: file.label, row, text };
    const [collected, end] = [
      parseDay(cells[column["collected_date"] as number] ?? ""),
      parseDay(cells[column["end_date"] as number] ?? ""),
    ];
    const symbol = cells[column["symbol"] as number] ?? "";
    if (collected === null || end === null) rows.refuse("unknown-date", place);
    else if (symbol === "") rows.refuse("no-symbol", place);
    else if (endOfDay(collected) < endOfDay(end)) rows.refuse("seen-before-it-happened", place);
    else {
      const focus = cells[column["period_focus"] as number] ?? "";
      const figures = new Map<string, number>();
      for (const name of FIGURES) {
        const value = parseNumber(cells[column[name] as number]);
        if (value !== null) figures.set(name, value);
      }
      yield { place, symbol, annual: focus === "FY", first: focus === "Q1", at: endOfDay(end), seenAt: endOfDay(collected), figures };
    }
  }
}

/** Two rows about one period on one day (a report and its amendment) are one report: the later row's figures stand. */
function* mergeSameDay(reports: readonly Report[], rows: FactRows): Generator<Report> {
  for (let start = 0, end = 0; start < reports.length; start = end) {
    const day = new Map<string, Report>();
    for (; end < reports.length && (reports[end] as Report).seenAt === (reports[start] as Report).seenAt; end++) {
      const report = reports[end] as Report;
      const key = keyOf(report);
      const earlier = day.get(key);
      if (earlier !== undefined && differs(earlier.figures, report.figures)) rows.flag("amended-on-the-same-day");
      day.set(key, earlier === undefined ? report : { ...report, figures: new Map([...earlier.figures, ...report.figures]) });
    }
    yield* day.values();
  }
}

function keyOf({ symbol, annual, at }: Report): string {
  return `${symbol} ${annual ? "year" : "quarter"} ${at}`;
}

/** True when a figure that both tell is not the same. */
function differs(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): boolean {
  for (const [name, value] of now) if (before.has(name) && before.get(name) !== value) return true;
  return false;
}

function tell(report: Report, known: Map<string, Map<string, number>>, cashFlows: CashFlowBook, rows: FactRows): void {
  const { place, symbol, annual, at, seenAt, figures } = report;
  const key = keyOf(report);
  const before = known.get(key);
  if (before !== undefined && !differs(before, figures) && [...figures.keys()].every((name) => before.has(name))) {
    rows.flag("repeated-report");
    return;
  }
  known.set(key, new Map([...(before ?? []), ...figures]));
  if (seenAt - at > LATE_US) rows.flag("late-report");
  const prefix = annual ? "annual_" : "";
  const add = (field: string, value: number | undefined): void => {
    if (value !== undefined) rows.add(place, field, symbol, at, seenAt, value);
  };
  for (const [name, field] of Object.entries(FLOWS)) {
    // The source fills a dividend that no report tells with 0.
    if (name === "dividend" && figures.get(name) === 0) rows.flag("no-dividend-told");
    else add(`${prefix}${field}`, figures.get(name));
  }
  for (const [name, field] of Object.entries(LEVELS)) add(field, figures.get(name));
  const flows = cashFlows.take(report);
  if (flows === null) rows.flag("cash-flow-period-unknown");
  else for (const [name, field] of Object.entries(CASH_FLOWS)) add(`${prefix}${field}`, flows.get(name));
  add("report_restated", before !== undefined && differs(before, figures) ? 1 : 0);
}
