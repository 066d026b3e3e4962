// Bars of a made market: a market factor with quiet and stormy regimes, sector factors, fat-tailed own moves, late listings, delistings
// after a decline, days without a trade. The lives of names are chosen before prices are.
import type { Rng } from "#base/rng.js";

export interface BarOptions {
  readonly names: number;
  readonly sessions: number;
  readonly sectors: number;
  /** Share of a name's days without a trade, in runs of one to five. */
  readonly gapRate: number;
  /** Share of names that list during the sample, and that leave during it. */
  readonly lateShare: number;
  readonly delistedShare: number;
}

export interface Life {
  readonly sector: number;
  readonly first: number;
  /** One past the last session of the name. */
  readonly end: number;
}

export interface Bars {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Half of a sample at most passes before a late listing, and no name lives less than a fifth of it. */
export function makeLives(rng: Rng, options: BarOptions): readonly Life[] {
  const { names, sessions } = options;
  const late = Math.round(names * options.lateShare);
  const delisted = Math.round(names * options.delistedShare);
  return Array.from({ length: names }, (_, i) => {
    const first = i < late ? Math.floor(sessions * (0.15 + 0.35 * rng.next())) : 0;
    const leaves = i >= names - delisted;
    return { sector: rng.int(options.sectors), first, end: leaves ? Math.floor(sessions * (0.55 + 0.4 * rng.next())) : sessions };
  });
}

export function makeBars(rng: Rng, lives: readonly Life[], options: BarOptions): Bars {
  const { sessions } = options;
  const n = lives.length;
  const blank = (): Float64Array => new Float64Array(sessions * n).fill(Number.NaN);
  const bars: Bars = { open: blank(), high: blank(), low: blank(), close: blank(), volume: blank() };
  const price = lives.map(() => 8 + 90 * rng.next());
  const turnover = lives.map(() => 10 + 2.5 * rng.next());
  const drift = lives.map((life) => (life.end < sessions ? -0.002 : 0.0004) + 0.0008 * rng.normal());
  const beta = lives.map(() => 0.6 + 0.8 * rng.next());
  const own = lives.map(() => 0.008 + 0.014 * rng.next());
  const silent = new Int32Array(n);
  let stormy = false;
  for (let s = 0; s < sessions; s++) {
    if (rng.next() < (stormy ? 0.06 : 0.03)) stormy = !stormy;
    const market = (stormy ? 0.016 : 0.006) * rng.normal() + (stormy ? -0.001 : 0.0006);
    const sector = Array.from({ length: options.sectors }, () => 0.004 * rng.normal());
    for (const [i, life] of lives.entries()) {
      const tail = rng.next() < 0.03 ? 3 : 1;
      const night = 0.4 * (own[i] as number) * rng.normal();
      const day = (own[i] as number) * tail * rng.normal() + (drift[i] as number);
      const before = price[i] as number;
      const open = before * Math.exp(night + 0.3 * (beta[i] as number) * market);
      const close = open * Math.exp(day + 0.7 * (beta[i] as number) * market + (sector[life.sector] as number));
      price[i] = close;
      if (s < life.first || s >= life.end) continue;
      if (silent[i] === 0 && s > life.first && rng.next() < options.gapRate / 2.4) silent[i] = 1 + Math.min(rng.int(3) + rng.int(3), 4);
      if ((silent[i] as number) > 0) {
        silent[i] = (silent[i] as number) - 1;
        continue;
      }
      const cell = s * n + i;
      bars.open[cell] = round(open);
      bars.close[cell] = round(close);
      bars.high[cell] = round(Math.max(open, close) * Math.exp(0.4 * (own[i] as number) * Math.abs(rng.normal())));
      bars.low[cell] = round(Math.min(open, close) * Math.exp(-0.4 * (own[i] as number) * Math.abs(rng.normal())));
      bars.volume[cell] = Math.round(Math.exp((turnover[i] as number) + 0.4 * rng.normal() + 12 * Math.abs(day)));
    }
  }
  return bars;
}

const round = (price: number): number => Math.max(Math.round(price * 1e4) / 1e4, 1e-4);
