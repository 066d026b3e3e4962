// The engine benchmark's strategy and market: long when the fast average is above the slow one, short when below, one unit each way.
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import { BATCH_ROWS, type BarBatch, createBarBatch } from "#domain/market.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals, TargetPortfolio } from "#domain/signal.js";
import { MINUTE_US } from "#domain/time.js";
import type { PortfolioBuilder, Strategy } from "#ports/stages.js";

/** Row-major columns `ema_10`, `ema_20` must be the frame's first two. The sign of their difference is the opinion. */
export const emaCross: Strategy = {
  name: "ema-cross",
  decide(frame: FeatureFrame): Signals {
    const columns = frame.features.length;
    const expectedReturn = new Float64Array(frame.instruments);
    for (let i = 0; i < frame.instruments; i++) {
      expectedReturn[i] = Math.sign((frame.values[i * columns] as number) - (frame.values[i * columns + 1] as number));
    }
    return { asOf: frame.asOf, expectedReturn, uncertainty: null, confidence: null, horizonUs: MINUTE_US, model: "ema-cross" };
  },
};

/** One lot long or short per opinion. */
export const oneLot: PortfolioBuilder = {
  build(signals: Signals, _frame: FeatureFrame, view: PortfolioView): TargetPortfolio {
    const weights = new Float64Array(signals.expectedReturn.length);
    for (let i = 0; i < weights.length; i++) {
      weights[i] = ((signals.expectedReturn[i] as number) * (view.lotValue[i] as number)) / view.equity;
    }
    return { asOf: signals.asOf, weights };
  },
};

/** A random walk on the cent in one-minute bars, around the clock, every instrument each minute. Ordered by (seenAt, instrument). */
export function minuteBars(seed: string, instruments: number, minutes: number): BarBatch[] {
  const rng = createRng(seed);
  const price = new Float64Array(instruments).fill(10_000);
  const start = Date.UTC(2024, 0, 1) * 1000;
  const perBatch = Math.max(1, Math.floor(BATCH_ROWS / instruments));
  const batches: BarBatch[] = [];
  for (let first = 0; first < minutes; first += perBatch) {
    const count = Math.min(perBatch, minutes - first);
    const batch = createBarBatch(count * instruments);
    for (let m = 0, row = 0; m < count; m++) {
      const openAt = start + (first + m) * MINUTE_US;
      for (let i = 0; i < instruments; i++, row++) {
        const open = price[i] as number;
        const close = Math.max(100, open + Math.round(8 * rng.normal()));
        const high = Math.max(open, close) + Math.floor(5 * rng.next());
        const low = Math.max(1, Math.min(open, close) - Math.floor(5 * rng.next()));
        price[i] = close;
        batch.instrument[row] = i;
        batch.openAt[row] = openAt;
        batch.at[row] = openAt + MINUTE_US;
        batch.seenAt[row] = openAt + MINUTE_US;
        batch.open[row] = open / 100;
        batch.high[row] = high / 100;
        batch.low[row] = low / 100;
        batch.close[row] = close / 100;
        batch.volume[row] = 1000 + Math.floor(9000 * rng.next());
      }
    }
    batches.push(batch);
  }
  return batches;
}
