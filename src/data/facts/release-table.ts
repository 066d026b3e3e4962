// When the FRED series that Truewind knows are first published, as delays that were rarely exceeded. FRED dates a value by the first
// day of the period it speaks of; the delay counts from that day and ends with the day on which it ends. Sources: the release
// calendars of BLS, BEA, Census, the Federal Reserve Board and Banks, the Treasury and ETA. Shutdowns of the government (2013, 2018-19, 2025)
// delayed single releases beyond them.
import type { Lag } from "./lag.js";

export interface Release {
  /** Length of the period that a value speaks of: its end is `at`. */
  readonly period: "day" | "week" | "month";
  readonly lag: Lag;
}

const days = (period: Release["period"], count: number): Release => ({ period, lag: { count, unit: "d" } });
const nextBusinessDay: Release = { period: "day", lag: { count: 1, unit: "b" } };

const monthly: Readonly<Record<string, number>> = {
  // Employment Situation: mostly the first Friday after the month, at the latest the 10th.
  PAYEMS: 42,
  UNRATE: 42,
  // Consumer and producer prices: until the 20th of the next month.
  CPIAUCSL: 52,
  CPILFESL: 52,
  CPIAUCNS: 52,
  PPIACO: 52,
  // Retail sales and industrial production: around the 16th of the next month.
  RSAFS: 50,
  INDPRO: 50,
  TCU: 50,
  // Personal income and outlays: the end of the next month, sometimes the first days of the one after.
  PCEPI: 65,
  PCEPILFE: 65,
  HOUST: 53,
  // Job openings: about the 10th of the second month after.
  JTSJOL: 75,
  // Surveys of consumers: FRED shows them a month late at the source's request.
  UMCSENT: 65,
  // Monthly means of daily rates: the first days of the next month.
  FEDFUNDS: 36,
  M2SL: 60,
};

/** Dated by the last day of the week (claims: Saturday; balance sheet: Wednesday; conditions: Friday). */
const weekly: Readonly<Record<string, number>> = {
  ICSA: 7,
  CCSA: 14,
  NFCI: 7,
  ANFCI: 7,
  STLFSI4: 8,
  WALCL: 3,
  TREAST: 3,
  MBST: 3,
  WRESBAL: 3,
};

/** Rates and indices of a day, shown by FRED on the next business day. */
const daily: readonly string[] = [
  ..."DGS1MO DGS3MO DGS6MO DGS1 DGS2 DGS3 DGS5 DGS7 DGS10 DGS20 DGS30".split(" "),
  ..."T10Y2Y T10Y3M T5YIE T10YIE T5YIFR DFII5 DFII10 DFII30".split(" "),
  ..."EFFR DFF SOFR SOFR30DAYAVG IORB DFEDTARL DFEDTARU RRPONTSYD".split(" "),
  ..."VIXCLS BAMLH0A0HYM2 BAMLC0A0CM".split(" "),
];

/** Exchange rates and the dollar index of the H.10: daily values, told on the Monday after the week. */
const toldWeekly: readonly string[] = "DTWEXBGS DEXUSEU DEXJPUS DEXUSUK DEXCHUS DCOILWTICO DCOILBRENTEU".split(" ");

const table: ReadonlyMap<string, Release> = new Map<string, Release>([
  ...Object.entries(monthly).map(([series, count]): [string, Release] => [series, days("month", count)]),
  ...Object.entries(weekly).map(([series, count]): [string, Release] => [series, days("week", count)]),
  ...daily.map((series): [string, Release] => [series, nextBusinessDay]),
  ...toldWeekly.map((series): [string, Release] => [series, days("day", 10)]),
]);

export function releaseOf(series: string): Release | undefined {
  return table.get(series);
}
