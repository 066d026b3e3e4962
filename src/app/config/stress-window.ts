// A stretch of the past that somebody asked for, in the sessions that there are: the same for the report of risk and for limits.

/** A window may begin before the data, and end behind them, by this: holidays. */
export const MARGIN_DAYS = 7;

/** Numbers of the first and the last session of the window; null where the data do not hold all of it. `dates`: of the sessions, in order. */
export function windowIn(
  { from, to }: { readonly from: string; readonly to: string },
  dates: readonly string[],
): { readonly first: number; readonly last: number } | null {
  const first = dates.findIndex((date) => date >= from);
  const last = dates.findLastIndex((date) => date <= to);
  const [begin, end] = [dates[0], dates.at(-1)];
  if (first < 0 || last < first || begin === undefined || end === undefined) return null;
  return daysBetween(from, begin) > MARGIN_DAYS || daysBetween(end, to) > MARGIN_DAYS ? null : { first, last };
}

export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
