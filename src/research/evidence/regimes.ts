// Where a result was earned: calm and rough markets, rising and falling ones. Every session is put into its regime by what was known before
// it; the limits between calm, usual and rough are those of the whole record, so that this describes and must not be traded on.
import { invariant } from "#base/errors.js";
import { standardDeviation } from "#research/metrics/long-run-variance.js";

/** Sessions looked back on. */
const VOLATILITY_SESSIONS = 63;
const TREND_SESSIONS = 200;

export interface Regime {
  readonly name: string;
  /** Positions of its sessions. */
  readonly sessions: readonly number[];
}

/**
 * `market`: returns of the market per session, no NaN. Three regimes by the deviation of the last 63 returns (calm, usual, rough: thirds of
 * the record) and two by whether wealth is above its mean over the last 200 sessions. Sessions with too little behind them are in none;
 * regimes without a session are left out.
 */
export function marketRegimes(market: readonly number[]): readonly Regime[] {
  const volatility = market.map((_, t) =>
    t < VOLATILITY_SESSIONS ? Number.NaN : standardDeviation(market.slice(t - VOLATILITY_SESSIONS, t)),
  );
  const known = volatility.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const third = known[Math.floor(known.length / 3)] ?? Number.NaN;
  const twoThirds = known[Math.floor((2 * known.length) / 3)] ?? Number.NaN;
  const above = isAboveMean(market);
  const where = (holds: (t: number) => boolean): readonly number[] => market.flatMap((_, t) => (holds(t) ? [t] : []));
  return [
    { name: "calm market", sessions: where((t) => (volatility[t] as number) < third) },
    { name: "usual market", sessions: where((t) => (volatility[t] as number) >= third && (volatility[t] as number) < twoThirds) },
    { name: "rough market", sessions: where((t) => (volatility[t] as number) >= twoThirds) },
    { name: "rising market", sessions: where((t) => above[t] === true) },
    { name: "falling market", sessions: where((t) => above[t] === false) },
  ].filter(({ sessions }) => sessions.length > 0);
}

/** Whether wealth before the session stood above its mean over the last `TREND_SESSIONS`; null without so many. */
function isAboveMean(market: readonly number[]): readonly (boolean | null)[] {
  const wealth = [1];
  for (const r of market) wealth.push((wealth.at(-1) as number) * (1 + r));
  return market.map((_, t) => {
    if (t < TREND_SESSIONS) return null;
    let sum = 0;
    for (let i = t - TREND_SESSIONS + 1; i <= t; i++) sum += wealth[i] as number;
    return (wealth[t] as number) > sum / TREND_SESSIONS;
  });
}

/** Calendar years of the sessions, ascending. `dates` are `YYYY-MM-DD`. */
export function yearsOf(dates: readonly string[]): readonly Regime[] {
  const years = new Map<string, number[]>();
  dates.forEach((date, t) => {
    const year = date.slice(0, 4);
    const list = years.get(year);
    if (list === undefined) years.set(year, [t]);
    else list.push(t);
  });
  return [...years].map(([name, sessions]) => ({ name, sessions }));
}

/** Halves of the record, the earlier first; the odd session belongs to the later. Fewer than two sessions have none. */
export function halvesOf(count: number): readonly [Regime, Regime] | null {
  invariant(Number.isInteger(count) && count >= 0, "a number of sessions is not whole");
  if (count < 2) return null;
  const middle = Math.floor(count / 2);
  const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
  return [
    { name: "first half", sessions: range(0, middle) },
    { name: "second half", sessions: range(middle, count) },
  ];
}
