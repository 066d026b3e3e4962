// The statistics that simulated and real daily bars are compared on; the definitions are those of stylised_facts.py beside it.
// Expects complete panels: every name has a bar in every session, all values positive.

export interface Panel {
  /** Per name: total-return closes or their like, and the rest on the same basis. */
  readonly open: readonly Float64Array[];
  readonly high: readonly Float64Array[];
  readonly low: readonly Float64Array[];
  readonly close: readonly Float64Array[];
  readonly volume: readonly Float64Array[];
  readonly sector: readonly string[];
}

export type StylisedFacts = Record<(typeof FACTS)[number], number>;

export const FACTS = [
  "volatility",
  "marketVolatility",
  "kurtosis",
  "marketKurtosis",
  "returnAcf1",
  "absAcf1",
  "absAcf5",
  "absAcf20",
  "absAcf60",
  "marketAbsAcf1",
  "marketAbsAcf20",
  "leverage",
  "marketLeverage",
  "correlationWithin",
  "correlationAcross",
  "overnightShare",
  "rangeOverMove",
  "volumeMove",
] as const;

export const mean = (x: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] as number;
  return sum / x.length;
};

const variance = (x: ArrayLike<number>): number => {
  const center = mean(x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += ((x[i] as number) - center) ** 2;
  return sum / x.length;
};

export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const ma = mean(a);
  const mb = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] as number) - ma;
    const y = (b[i] as number) - mb;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? (sorted[Math.floor(half)] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

function kurtosis(x: Float64Array): number {
  const center = mean(x);
  return mean(x.map((v) => (v - center) ** 4)) / variance(x) ** 2;
}

function autocorrelation(x: Float64Array, lag: number): number {
  const center = mean(x);
  let sum = 0;
  for (let i = lag; i < x.length; i++) sum += ((x[i] as number) - center) * ((x[i - lag] as number) - center);
  return sum / (x.length - lag) / variance(x);
}

/** Mean over lags 1 to 10 of the correlation between a return and later absolute returns. */
function leverage(x: Float64Array): number {
  const size = x.map(Math.abs);
  return mean(Array.from({ length: 10 }, (_, k) => correlation(x.subarray(0, x.length - k - 1), size.subarray(k + 1))));
}

export function stylisedFacts(panel: Panel): StylisedFacts {
  const names = panel.close.length;
  const sessions = panel.close[0]?.length ?? 0;
  const each = <T>(f: (n: number) => T): T[] => Array.from({ length: names }, (_, n) => f(n));
  const at = (table: readonly Float64Array[], n: number, t: number): number => table[n]?.[t] as number;
  const series = (f: (t: number) => number, from = 1): Float64Array =>
    Float64Array.from({ length: sessions - from }, (_, k) => f(k + from));

  const returns = each((n) => series((t) => at(panel.close, n, t) / at(panel.close, n, t - 1) - 1));
  const sizes = returns.map((r) => r.map(Math.abs));
  const market = returns[0]?.map((_, t) => mean(returns.map((r) => r[t] as number))) as Float64Array;
  const marketSize = market.map(Math.abs);
  const night = each((n) => variance(series((t) => Math.log(at(panel.open, n, t) / at(panel.close, n, t - 1)))));
  const moves = each((n) => series((t) => Math.log(at(panel.close, n, t) / at(panel.open, n, t))));
  const day = moves.map(variance);
  const within: number[] = [];
  const across: number[] = [];
  for (let a = 0; a < names; a++) {
    for (let b = 0; b < a; b++) {
      (panel.sector[a] === panel.sector[b] ? within : across).push(correlation(returns[a] as Float64Array, returns[b] as Float64Array));
    }
  }
  const acf = (lag: number): number => median(sizes.map((s) => autocorrelation(s, lag)));
  return {
    volatility: median(returns.map((r) => Math.sqrt(variance(r)))),
    marketVolatility: Math.sqrt(variance(market)),
    kurtosis: median(returns.map(kurtosis)),
    marketKurtosis: kurtosis(market),
    returnAcf1: median(returns.map((r) => autocorrelation(r, 1))),
    absAcf1: acf(1),
    absAcf5: acf(5),
    absAcf20: acf(20),
    absAcf60: acf(60),
    marketAbsAcf1: autocorrelation(marketSize, 1),
    marketAbsAcf20: autocorrelation(marketSize, 20),
    leverage: median(returns.map(leverage)),
    marketLeverage: leverage(market),
    correlationWithin: mean(within),
    correlationAcross: mean(across),
    overnightShare: median(each((n) => (night[n] as number) / ((night[n] as number) + (day[n] as number)))),
    rangeOverMove: median(
      each(
        (n) =>
          mean(series((t) => Math.log(at(panel.high, n, t) / at(panel.low, n, t)), 0)) / mean((moves[n] as Float64Array).map(Math.abs)),
      ),
    ),
    volumeMove: median(
      each((n) => {
        const volume = panel.volume[n] as Float64Array;
        const surprise = series((t) => Math.log((volume[t] as number) / mean(volume.subarray(t - 20, t))), 20);
        return correlation(surprise, (sizes[n] as Float64Array).subarray(19));
      }),
    ),
  };
}
