// What the charts draw, computed from the account series: growth, drawdown, rolling figures, calendar months.
// Every function keeps the length of its input (NaN where the window is not full) unless it says otherwise. A result read back
// from JSON holds null where NaN was written; null is NaN here, never 0.

/** Equity as a multiple of the starting cash. */
export function growth(equity: readonly number[], startingCash: number): number[] {
  return equity.map((value) => (value ?? Number.NaN) / startingCash);
}

/** Fall from the highest equity so far (the starting cash included), as a fraction <= 0. */
export function drawdown(equity: readonly number[], startingCash: number): number[] {
  let peak = startingCash;
  return equity.map((value) => {
    if (value > peak) peak = value;
    return (value ?? Number.NaN) / peak - 1;
  });
}

/** Index of the lowest finite value; -1 when there is none. */
export function lowestIndex(values: readonly number[]): number {
  let best = -1;
  values.forEach((value, i) => {
    if (Number.isFinite(value) && (best < 0 || value < (values[best] as number))) best = i;
  });
  return best;
}

/** Mean over the last `window` values; NaN until there are that many. Missing values make the windows that hold them NaN. */
export function rollingMean(values: readonly number[], window: number): number[] {
  return rolling(values, window, (mean) => mean);
}

/**
 * Mean over standard deviation (n - 1) of the last `window` returns, times the root of `perYear`.
 * Cash is not subtracted: the result holds no cash rate by session. NaN where the returns do not vary.
 */
export function rollingSharpe(returns: readonly number[], window: number, perYear: number): number[] {
  return rolling(returns, window, (mean, deviation) => (deviation > 1e-12 ? (mean / deviation) * Math.sqrt(perYear) : Number.NaN));
}

function rolling(values: readonly number[], window: number, figure: (mean: number, deviation: number) => number): number[] {
  return values.map((_, end) => {
    if (end + 1 < window) return Number.NaN;
    let sum = 0;
    for (let i = end + 1 - window; i <= end; i++) sum += values[i] ?? Number.NaN;
    const mean = sum / window;
    let squares = 0;
    for (let i = end + 1 - window; i <= end; i++) squares += ((values[i] ?? Number.NaN) - mean) ** 2;
    return figure(mean, window > 1 ? Math.sqrt(squares / (window - 1)) : 0);
  });
}

/** Sessions in a year of a calendar, as drawn: 365 for one that never closes, else 252. */
export function sessionsPerYear(calendar: string): number {
  return calendar === "24/7" ? 365 : 252;
}

export interface Periods {
  /** `YYYY` or `YYYY-MM`, rising; only those that hold a session. */
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** Returns compounded (`compound`) or figures added (`sum`) within each year (`length` 4) or month (7) of the dates. */
export function byPeriod(dates: readonly string[], values: readonly number[], length: 4 | 7, how: "compound" | "sum"): Periods {
  const names: string[] = [];
  const totals: number[] = [];
  dates.forEach((date, i) => {
    const name = date.slice(0, length);
    if (names[names.length - 1] !== name) {
      names.push(name);
      totals.push(how === "compound" ? 1 : 0);
    }
    const last = totals.length - 1;
    const value = values[i] ?? Number.NaN;
    totals[last] = how === "compound" ? (totals[last] as number) * (1 + value) : (totals[last] as number) + value;
  });
  return { names, values: how === "compound" ? totals.map((total) => total - 1) : totals };
}

/** First over second, entry by entry. */
export function quotient(first: readonly number[], second: readonly number[]): number[] {
  return first.map((value, i) => (value ?? Number.NaN) / (second[i] ?? Number.NaN));
}

/** First minus second, entry by entry. */
export function difference(first: readonly number[], second: readonly number[]): number[] {
  return first.map((value, i) => (value ?? Number.NaN) - (second[i] ?? Number.NaN));
}

/** Mean of the finite values; null when there is none. */
export function meanOf(values: readonly number[]): number | null {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (typeof value === "number" && Number.isFinite(value)) {
      sum += value;
      count++;
    }
  }
  return count === 0 ? null : sum / count;
}
