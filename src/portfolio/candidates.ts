// Between an account and an optimizer: which instruments are weighed, what of the account is left for them, and their limits at this moment.
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals } from "#domain/signal.js";
import { isBlind, type OptimizedOptions } from "./optimized-options.js";
import type { ReturnMemory } from "./return-memory.js";
import { emptyWeights } from "./weights.js";
import { groupLimit, type LinearLimit, type PortfolioLimits } from "./optimization/portfolio-problem.js";

export interface Candidates {
  /** The target without them: 0 for what is to be closed, NaN for what stays as it is. */
  readonly weights: Float64Array;
  readonly rows: readonly number[];
  /** Past returns of each. */
  readonly series: readonly Float64Array[];
  /** Weight of each now. */
  readonly held: Float64Array;
  /** What is to be invested in all of them. */
  readonly budget: number;
  readonly limits: PortfolioLimits;
}

export function candidatesOf(
  options: OptimizedOptions,
  { expectedReturn, asOf }: Signals,
  frame: FeatureFrame,
  view: PortfolioView,
  memory: ReturnMemory,
  /** Most that may be traded between decisions, fraction of equity; left out at a decision. */
  within?: number,
): Candidates {
  const weights = emptyWeights(frame);
  const opinions = !isBlind(options.objective);
  const rows: number[] = [];
  const series: Float64Array[] = [];
  const now = (row: number): number => {
    const weight = ((view.lots[row] as number) * (view.lotValue[row] as number)) / view.equity;
    return view.lots[row] === 0 || !Number.isFinite(weight) ? 0 : weight;
  };
  let [left, leftSize, closing] = [0, 0, 0];
  for (let row = 0; row < frame.instruments; row++) {
    const wanted = frame.member[row] === 1 && !(opinions && !Number.isFinite(expectedReturn[row] as number));
    const returns = wanted && frame.fresh[row] === 1 && view.equity > 0 ? memory.returnsOf(row, asOf, options.missing) : null;
    if (returns !== null && returns.some((value) => value !== returns[0])) {
      rows.push(row);
      series.push(returns);
    } else if (frame.fresh[row] === 0 || (wanted && view.lots[row] !== 0) || within !== undefined) {
      weights[row] = Number.NaN;
      left += now(row);
      leftSize += Math.abs(now(row));
    } else closing += Math.abs(now(row));
  }
  const held = Float64Array.from(rows, now);
  return {
    weights,
    rows,
    series,
    held,
    ...limitsOf(
      options,
      rows,
      series,
      held,
      { net: left, size: leftSize },
      closing,
      turnoverOf(options, view, within),
      within !== undefined,
    ),
  };
}

function limitsOf(
  { invested, short, maxWeight, maxSector, beta, sectors }: OptimizedOptions,
  rows: readonly number[],
  series: readonly Float64Array[],
  held: Float64Array,
  left: { readonly net: number; readonly size: number },
  closing: number,
  trades: number | null,
  between: boolean,
): Pick<Candidates, "limits" | "budget"> {
  // Drift forces no trade: what is above a limit may stay there, and not grow.
  const high = held.map((weight) => Math.max(maxWeight, weight));
  const low = held.map((weight) => Math.min(short ? -maxWeight : 0, weight));
  const [sum, size] = [held.reduce((a, b) => a + b, 0), held.reduce((a, b) => a + Math.abs(b), 0)];
  const most = high.reduce((a, b) => a + b, 0);
  const budget = short ? 0 : Math.max(0, Math.min(invested - left.net, most));
  const turnover = trades === null ? undefined : Math.max(0, trades - closing);
  // As near to it as the turnover allows; between decisions as near as pays.
  const reach = between ? 0 : (turnover ?? Number.POSITIVE_INFINITY);
  const linear: LinearLimit[] = [];
  if (maxSector !== null)
    for (const sector of new Set(rows.map((row) => sectors[row] ?? null))) {
      const members = rows.map((row) => (sectors[row] ?? null) === sector);
      const there = held.reduce((a, weight, i) => a + (members[i] === true ? weight : 0), 0);
      if (sector !== null)
        linear.push(groupLimit(`sector ${sector}`, members, short ? Math.min(-maxSector, there) : 0, Math.max(maxSector, there)));
    }
  if (beta !== null && rows.length > 0) linear.push({ name: "beta", exposure: betasOf(series), low: beta[0], high: beta[1] });
  return {
    budget: short ? invested / 2 : budget,
    limits: {
      low,
      high,
      turnover,
      linear,
      budget: { low: Math.min(budget, sum + reach), high: Math.max(budget, sum - reach) },
      // What stays as it is may be more than all that is asked for: then nothing is to be added.
      gross: short ? Math.max(0, invested - left.size, size - reach) : undefined,
    },
  };
}

/** Most that may be traded now, fraction of equity: what was asked for, and what risk has left of the session; null where neither binds. */
function turnoverOf({ maxTurnover, sessionTurnover }: OptimizedOptions, view: PortfolioView, within: number | undefined): number | null {
  const left = Math.max(0, (sessionTurnover * view.markedEquity - view.tradedSinceMark) / view.equity);
  const asked = within ?? maxTurnover;
  if (asked !== null) return Math.min(asked, left);
  // All that is held sold and all of equity bought.
  return left < 2 ? left : null;
}

/** Of each name to equal weights of all. */
function betasOf(series: readonly Float64Array[]): Float64Array {
  const sessions = (series[0] as Float64Array).length;
  const market = new Float64Array(sessions);
  for (const one of series) one.forEach((value, t) => (market[t] = (market[t] as number) + value / series.length));
  const mean = market.reduce((a, b) => a + b, 0) / sessions;
  let variance = 0;
  for (const value of market) variance += (value - mean) ** 2;
  return Float64Array.from(series, (one) => one.reduce((sum, value, t) => sum + value * ((market[t] as number) - mean), 0) / variance);
}
