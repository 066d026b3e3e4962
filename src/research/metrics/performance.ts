// Figures of one account from its series of sessions. Returns are net fractions per session; nothing here is rounded.
import { dayNumber, isoDateOrThrow } from "#domain/time.js";
import type { AccountMetrics, AccountSeries } from "#domain/run-result.js";
import { mean, standardDeviation } from "./long-run-variance.js";

/** Used when the dates span too little to tell. */
const NYSE_YEAR = 252;

/**
 * Sessions in a year of this calendar, from the dates themselves: about 251.7 for New York, 365.25 for 24/7.
 * Dates are `YYYY-MM-DD`, ascending; fewer than 120 of them say too little, and 252 is returned.
 */
export function sessionsPerYear(dates: readonly string[]): number {
  if (dates.length < 120) return NYSE_YEAR;
  const days = dayNumber(isoDateOrThrow(dates.at(-1) as string)) - dayNumber(isoDateOrThrow(dates[0] as string));
  return ((dates.length - 1) / days) * 365.25;
}

/** Compound growth of the whole series as a fraction; 0 for an empty one. */
export function totalReturn(returns: readonly number[]): number {
  return returns.reduce((wealth, r) => wealth * (1 + r), 1) - 1;
}

/** Geometric return per year; -1 when everything was lost, 0 for an empty series. */
export function annualReturn(returns: readonly number[], perYear: number): number {
  if (returns.length === 0) return 0;
  return Math.max(0, 1 + totalReturn(returns)) ** (perYear / returns.length) - 1;
}

/** Standard deviation (divisor n - 1) per year; 0 for fewer than two sessions. */
export function annualVolatility(returns: readonly number[], perYear: number): number {
  return returns.length < 2 ? 0 : standardDeviation(returns) * Math.sqrt(perYear);
}

/** Annualised mean over cash divided by its deviation (Sharpe 1994, eq. 3-6); null when that does not vary. */
export function sharpe(returns: readonly number[], cash: readonly number[], perYear: number): number | null {
  const excess = returns.map((r, i) => r - (cash[i] as number));
  const deviation = standardDeviation(excess);
  return deviation > 1e-15 ? (mean(excess) / deviation) * Math.sqrt(perYear) : null;
}

/** Wealth relative to its highest value so far, minus one: 0 at a peak, negative below. The start counts as a peak. */
export function drawdowns(returns: readonly number[]): number[] {
  let wealth = 1;
  let peak = 1;
  return returns.map((r) => {
    wealth *= 1 + r;
    peak = Math.max(peak, wealth);
    return wealth / peak - 1;
  });
}

/** The deepest drawdown, a negative fraction; 0 when wealth never fell. */
export function maxDrawdown(returns: readonly number[]): number {
  return drawdowns(returns).reduce((worst, d) => Math.min(worst, d), 0);
}

/** `cash` is the cash return per session, same length as the account's series. */
export function accountMetrics(account: AccountSeries, cash: readonly number[], perYear: number): AccountMetrics {
  const returns = account.netReturn;
  const yearly = (values: readonly number[]): number => (values.length === 0 ? 0 : mean(values) * perYear);
  return {
    totalReturn: totalReturn(returns),
    annualReturn: annualReturn(returns, perYear),
    annualVolatility: annualVolatility(returns, perYear),
    sharpe: sharpe(returns, cash, perYear),
    maxDrawdown: maxDrawdown(returns),
    annualTurnover: yearly(account.turnover),
    annualCost: yearly(account.cost),
  };
}

export interface YearOfReturns {
  readonly year: number;
  /** Twelve compound returns; null for a month without sessions. */
  readonly months: readonly (number | null)[];
  readonly total: number;
}

/** Compound returns by calendar month of the session dates. */
export function monthlyTable(dates: readonly string[], returns: readonly number[]): YearOfReturns[] {
  const years = new Map<number, (number | null)[]>();
  dates.forEach((date, i) => {
    const year = Number(date.slice(0, 4));
    const month = Number(date.slice(5, 7)) - 1;
    let months = years.get(year);
    if (months === undefined) years.set(year, (months = Array<number | null>(12).fill(null)));
    months[month] = (1 + (months[month] ?? 0)) * (1 + (returns[i] as number)) - 1;
  });
  return [...years].map(([year, months]) => ({
    year,
    months,
    total: months.reduce<number>((wealth, r) => wealth * (1 + (r ?? 0)), 1) - 1,
  }));
}
