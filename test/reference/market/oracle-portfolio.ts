// The oracle's portfolio, as the calibration defines it: what an investor who knows the planted law would earn, net, over equal weight.
// A vectorised sketch apart from the engine, so that the calibration does not depend on what it will be used to judge.
import type { SimulatedMarket } from "#simulation/market/simulate-market.js";

/** Fee 5 bps, half spread 2.5 bps, impact 1 bp of what is traded. */
export const COST = 8.5e-4;
export const DECIDE_EVERY = 5;
export const HOLD_SHARE = 0.2;

/** Simple total returns per instrument and session, split at the open; NaN where it does not trade. */
export interface ReturnTable {
  readonly overnight: readonly Float64Array[];
  readonly intraday: readonly Float64Array[];
  /** Per instrument: session at whose open the delisting return is received, or -1. */
  readonly delistedAt: Int32Array;
  readonly finalReturn: Float64Array;
}

export function returnTable(market: SimulatedMarket): ReturnTable {
  const { allBars, sessionRows, instruments, truth } = market;
  const sessions = sessionRows.length - 1;
  const empty = (): Float64Array[] => instruments.map(() => new Float64Array(sessions).fill(Number.NaN));
  const overnight = empty();
  const intraday = empty();
  for (let t = 0; t < sessions; t++) {
    for (let row = sessionRows[t] as number; row < (sessionRows[t + 1] as number); row++) {
      const ix = allBars.instrument[row] as number;
      const index = truth.totalReturnIndex[ix] as Float64Array;
      const day = (allBars.close[row] as number) / (allBars.open[row] as number);
      (intraday[ix] as Float64Array)[t] = day - 1;
      (overnight[ix] as Float64Array)[t] = t === 0 ? Number.NaN : (index[t] as number) / (index[t - 1] as number) / day - 1;
    }
  }
  const delistedAt = new Int32Array(instruments.length).fill(-1);
  const finalReturn = new Float64Array(instruments.length);
  for (const event of market.references) {
    if (event.kind !== "delisting") continue;
    delistedAt[event.instrument] = market.settings.sessions.findIndex((session) => session.openAt === event.at);
    finalReturn[event.instrument] = event.finalReturn;
  }
  return { overnight, intraday, delistedAt, finalReturn };
}

export interface PortfolioRun {
  /** Simple return per session, net of costs. */
  readonly returns: Float64Array;
  /** Sum of absolute weight changes per decision, on average. */
  readonly turnover: number;
}

/** Holds equal weights of `choose(t)`, decided at the close of every fifth session from `first` on and traded at the next open. */
export function runPortfolio(
  table: ReturnTable,
  first: number,
  choose: (session: number) => readonly number[],
  cost: number,
): PortfolioRun {
  const count = table.intraday.length;
  const sessions = table.intraday[0]?.length ?? 0;
  const returns = new Float64Array(sessions);
  let held = new Float64Array(count);
  let cash = 1;
  let turnover = 0;
  let decisions = 0;
  for (let t = first + 1; t < sessions; t++) {
    let start = cash;
    for (let i = 0; i < count; i++) start += held[i] as number;
    let value = cash;
    for (let i = 0; i < count; i++) {
      if (held[i] === 0) continue;
      if (table.delistedAt[i] === t) {
        cash += (held[i] as number) * (1 + (table.finalReturn[i] as number));
        value += (held[i] as number) * (1 + (table.finalReturn[i] as number));
        held[i] = 0;
      } else {
        held[i] = (held[i] as number) * (1 + (table.overnight[i]?.[t] as number));
        value += held[i] as number;
      }
    }
    if ((t - 1 - first) % DECIDE_EVERY === 0) {
      const chosen = choose(t - 1).filter((i) => !Number.isNaN(table.intraday[i]?.[t] as number));
      const target = new Float64Array(count);
      for (const i of chosen) target[i] = value / chosen.length;
      let traded = 0;
      for (let i = 0; i < count; i++) traded += Math.abs((target[i] as number) - (held[i] as number));
      turnover += traded / value;
      decisions++;
      held = target;
      cash = -traded * cost;
    }
    let end = cash;
    for (let i = 0; i < count; i++) {
      if (held[i] === 0) continue;
      held[i] = (held[i] as number) * (1 + (table.intraday[i]?.[t] as number));
      end += held[i] as number;
    }
    returns[t] = end / start - 1;
  }
  return { returns, turnover: turnover / decisions };
}

/** Net information ratio of the oracle over equal weight (which pays nothing), annualized, from session `first` on. */
export function oracleSharpe(market: SimulatedMarket, first = 20): { net: number; gross: number; turnover: number } {
  const table = returnTable(market);
  const alive = (t: number): number[] =>
    market.instruments.map((_, ix) => ix).filter((ix) => !Number.isNaN(table.intraday[ix]?.[t] as number) && ix > 0);
  const best = (t: number): number[] => {
    const names = alive(t);
    const expected = market.truth.expectedReturn(t, DECIDE_EVERY);
    return names
      .sort((a, b) => (expected[b] as number) - (expected[a] as number) || a - b)
      .slice(0, Math.max(1, Math.round(names.length * HOLD_SHARE)));
  };
  const equal = runPortfolio(table, first, alive, 0).returns;
  const net = runPortfolio(table, first, best, COST);
  const gross = runPortfolio(table, first, best, 0);
  return {
    net: informationRatio(net.returns, equal, first + 1),
    gross: informationRatio(gross.returns, equal, first + 1),
    turnover: net.turnover,
  };
}

/** Annualized mean over deviation of the difference of two return series, from `from` on. */
export function informationRatio(returns: Float64Array, benchmark: Float64Array, from: number): number {
  const excess = returns.map((value, t) => value - (benchmark[t] as number)).subarray(from);
  let mean = 0;
  for (const value of excess) mean += value / excess.length;
  let square = 0;
  for (const value of excess) square += (value - mean) ** 2;
  return (mean / Math.sqrt(square / (excess.length - 1))) * Math.sqrt(252);
}
