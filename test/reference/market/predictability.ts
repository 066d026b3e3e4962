// Can the past tell the future? Information coefficients of common predictors in a simulated market, averaged over its dates.
// Labels begin at the next open; a delisted name takes its delisting return, as a portfolio would.
import type { SimulatedMarket } from "#simulation/market/simulate-market.js";
import { returnTable } from "./oracle-portfolio.js";
import { correlation, mean } from "./stylised-facts.js";

export const PREDICTORS = [
  "reversal 5",
  "reversal 20",
  "momentum 250-20",
  "volatility 60",
  "beta 60",
  "volume surprise",
  "price",
  "range",
] as const;
const WARM_UP = 251;

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const out = new Array<number>(values.length);
  order.forEach((i, rank) => {
    out[i] = rank;
  });
  return out;
}

export interface Coefficients {
  /** Mean over dates of the correlation with simple returns, per predictor. */
  readonly linear: number[];
  /** The same with ranks of both. */
  readonly rank: number[];
}

/** Decisions every `horizon` sessions, so that labels do not overlap, but at least three apart. */
export function informationCoefficients(market: SimulatedMarket, horizon: number): Coefficients {
  const table = returnTable(market);
  const { allBars, sessionRows, instruments, truth } = market;
  const sessions = sessionRows.length - 1;
  const columns = (): Float64Array[] => instruments.map(() => new Float64Array(sessions).fill(Number.NaN));
  const [total, volume, price, range] = [columns(), columns(), columns(), columns()];
  for (let t = 0; t < sessions; t++) {
    for (let row = sessionRows[t] as number; row < (sessionRows[t + 1] as number); row++) {
      const ix = allBars.instrument[row] as number;
      const index = truth.totalReturnIndex[ix] as Float64Array;
      if (t > 0) (total[ix] as Float64Array)[t] = (index[t] as number) / (index[t - 1] as number) - 1;
      (volume[ix] as Float64Array)[t] = Math.log(allBars.volume[row] as number);
      (price[ix] as Float64Array)[t] = allBars.close[row] as number;
      (range[ix] as Float64Array)[t] = Math.log((allBars.high[row] as number) / (allBars.low[row] as number));
    }
  }
  const benchmark = new Float64Array(sessions);
  for (let t = 1; t < sessions; t++) benchmark[t] = mean(total.map((r) => r[t] as number).filter((r) => !Number.isNaN(r)));

  const predictors: ((ix: number, t: number) => number)[] = [
    (ix, t) => -growth(truth.totalReturnIndex[ix] as Float64Array, t - 5, t),
    (ix, t) => -growth(truth.totalReturnIndex[ix] as Float64Array, t - 20, t),
    (ix, t) => growth(truth.totalReturnIndex[ix] as Float64Array, t - 250, t - 20),
    (ix, t) => mean((total[ix] as Float64Array).subarray(t - 59, t + 1).map((r) => r * r)),
    (ix, t) => slope((total[ix] as Float64Array).subarray(t - 59, t + 1), benchmark.subarray(t - 59, t + 1)),
    (ix, t) => (volume[ix]?.[t] as number) - mean((volume[ix] as Float64Array).subarray(t - 19, t + 1)),
    (ix, t) => price[ix]?.[t] as number,
    (ix, t) => mean((range[ix] as Float64Array).subarray(t - 4, t + 1)),
  ];
  const linear = PREDICTORS.map(() => 0);
  const rank = PREDICTORS.map(() => 0);
  let dates = 0;
  for (let t = WARM_UP; t + horizon < sessions; t += Math.max(3, horizon)) {
    const names = instruments
      .map((_, ix) => ix)
      .filter((ix) => !Number.isNaN(truth.totalReturnIndex[ix]?.[t - 250] as number) && t < lastSession(ix));
    const label = names.map((ix) => forward(ix, t, horizon));
    const labelRanks = ranks(label);
    predictors.forEach((predict, p) => {
      const values = names.map((ix) => predict(ix, t));
      linear[p] = (linear[p] as number) + correlation(values, label);
      rank[p] = (rank[p] as number) + correlation(ranks(values), labelRanks);
    });
    dates++;
  }
  return { linear: linear.map((sum) => sum / dates), rank: rank.map((sum) => sum / dates) };

  /** Session after which the name no longer prints; the last one of the series for those that stay. */
  function lastSession(ix: number): number {
    const gone = table.delistedAt[ix] as number;
    if (Number.isNaN(truth.totalReturnIndex[ix]?.find((value) => !Number.isNaN(value)) ?? Number.NaN)) return -1;
    return gone === -1 ? sessions : gone - 1;
  }

  /** Simple return from the open after `t` to the open `steps` sessions later. */
  function forward(ix: number, t: number, steps: number): number {
    let value = 1 + (table.intraday[ix]?.[t + 1] as number);
    for (let s = t + 2; s <= t + steps; s++) {
      if (table.delistedAt[ix] === s) return value * (1 + (table.finalReturn[ix] as number)) - 1;
      value *= (1 + (table.overnight[ix]?.[s] as number)) * (1 + (table.intraday[ix]?.[s] as number));
    }
    return value - 1;
  }
}

const growth = (index: Float64Array, from: number, to: number): number => (index[to] as number) / (index[from] as number) - 1;

function slope(y: Float64Array, x: Float64Array): number {
  const mx = mean(x);
  const my = mean(y);
  let xy = 0;
  let xx = 0;
  for (let i = 0; i < x.length; i++) {
    xy += ((x[i] as number) - mx) * ((y[i] as number) - my);
    xx += ((x[i] as number) - mx) ** 2;
  }
  return xy / xx;
}

/** Mean over seeds and its standard error. */
export function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const center = mean(values);
  const square = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return { mean: center, error: Math.sqrt(square / (values.length - 1) / values.length) };
}
