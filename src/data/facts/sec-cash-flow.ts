// Whether the cash flows of a quarterly report are the quarter's or the year's to date. The flows of a period add up to the change of
// cash over it: if they fit the change since the last quarter they are the quarter's, if since the last year's end the year's to date.
// Uses earlier reports alone, as they were known when the report came.
import { DAY_US } from "#domain/time.js";
import type { Report } from "./read-sec.js";

export const CASH_FLOWS = {
  cash_flow_op: "operating_cash_flow",
  cash_flow_inv: "investing_cash_flow",
  cash_flow_fin: "financing_cash_flow",
} as const;
const NAMES = Object.keys(CASH_FLOWS);

/** Exchange rates move cash too; beyond this part of the largest flow the sum does not fit. */
const TOLERANCE = 0.005;
/** A quarter has 13 or 14 weeks; some calendars count months. */
const QUARTER_DAYS = [75, 110] as const;

interface Past {
  readonly at: number;
  readonly annual: boolean;
  readonly cash: number | undefined;
  /** Since the beginning of the fiscal year; null when not known. */
  readonly toDate: ReadonlyMap<string, number> | null;
}

export class CashFlowBook {
  private readonly past = new Map<string, Past[]>();

  /** The flows of the report's own period, by column; null when what they speak of cannot be told. */
  take(report: Report): ReadonlyMap<string, number> | null {
    const { symbol, annual, first, at, figures } = report;
    const history = this.past.get(symbol) ?? [];
    this.past.set(symbol, history);
    const told = new Map(NAMES.flatMap((name) => (figures.has(name) ? [[name, figures.get(name) as number] as const] : [])));
    const found = annual || first ? { own: told, toDate: told } : this.judge(told, figures.get("cash"), at, history);
    const entry = { at, annual, cash: figures.get("cash"), toDate: found?.toDate ?? null };
    const same = history.findIndex((one) => one.at === at && one.annual === annual);
    if (same >= 0) history[same] = entry;
    else history.push(entry);
    return found?.own ?? null;
  }

  private judge(told: ReadonlyMap<string, number>, cash: number | undefined, at: number, history: readonly Past[]) {
    if (told.size < NAMES.length || cash === undefined) return null;
    const before = history.find((one) => !one.annual && isQuarterBefore(one.at, at));
    if (before === undefined) return null;
    const year = history.filter((one) => one.annual && one.at < before.at).sort((a, b) => b.at - a.at)[0];
    const fits = (past: Past | undefined): boolean => past?.cash !== undefined && addsUp(told, cash - past.cash);
    const [quarter, toDate] = [fits(before), fits(year)];
    if (quarter === toDate) return null; // neither, or both
    if (quarter) return { own: told, toDate: before.toDate === null ? null : combine(told, before.toDate, 1) };
    return before.toDate === null ? null : { own: combine(told, before.toDate, -1), toDate: told };
  }
}

function isQuarterBefore(earlier: number, at: number): boolean {
  const days = (at - earlier) / DAY_US;
  return days >= QUARTER_DAYS[0] && days <= QUARTER_DAYS[1];
}

function addsUp(flows: ReadonlyMap<string, number>, change: number): boolean {
  const values = [...flows.values()];
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.abs(sum - change) <= TOLERANCE * Math.max(...values.map(Math.abs));
}

function combine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>, sign: number): Map<string, number> {
  return new Map([...a].flatMap(([name, value]) => (b.has(name) ? [[name, value + sign * (b.get(name) as number)] as const] : [])));
}
