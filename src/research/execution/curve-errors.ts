// How well a session's volume is foretold, and what it is worth: four curves against what came. The first bar is known to all, as it is to an order that is
// decided at its end.
import { vwapShare } from "#execution/schedule/shares.js";
import { VolumeCurve } from "#execution/schedule/volume-curve.js";
import { type RecordedSessions, sessionRows, typicalPrice } from "./simulate-parent.js";

export const curveNames = ["even", "yesterday", "past sessions", "past sessions, today's level"] as const;

export interface CurveError {
  readonly date: string;
  readonly curve: (typeof curveNames)[number];
  /** Mean over bars of the distance between the share of volume foretold to be done and that which was, fraction. */
  readonly distance: number;
  /** Price of a schedule by that curve against the session's volume-weighted mean, basis points; its sign is that of a buy. */
  readonly tracking: number;
}

/** For each session after the first `learn` that has at least ten bars with volume behind its first. */
export function curveErrors(record: RecordedSessions, learn: number): readonly CurveError[] {
  const { bars, steps } = record;
  const curve = new VolumeCurve(steps, 1);
  const errors: CurveError[] = [];
  let yesterday: readonly number[] = [];
  for (const [day, { from, to }] of sessionRows(record).entries()) {
    const volumes = Array.from({ length: to - from - 1 }, (_, k) => bars.volume[from + 1 + k] as number);
    curve.add(0, from, bars.volume[from] as number);
    if (day >= learn && volumes.filter((volume) => volume > 0).length >= 10) {
      const past = volumes.map((_, k) => curve.between(0, from + 1 + k, from + 2 + k));
      const date = (steps[from] as { date: string }).date;
      const prices = typicalPrices(record, from, to);
      const forecasts = [
        cumulative(volumes.map(() => 1)),
        cumulative(volumes.map((_, k) => yesterday[k] ?? 0)),
        cumulative(past),
        updated(past, volumes),
      ];
      const actual = cumulative(volumes);
      forecasts.forEach((shares, c) => {
        errors.push({
          date,
          curve: curveNames[c] as CurveError["curve"],
          distance: shares.reduce((sum, share, k) => sum + Math.abs(share - (actual[k] as number)), 0) / shares.length,
          tracking: 1e4 * (meanPrice(prices, shares) / meanPrice(prices, actual) - 1),
        });
      });
    }
    volumes.forEach((volume, k) => curve.add(0, from + 1 + k, volume));
    yesterday = volumes;
  }
  return errors;
}

/** Shares done by the end of each bar; even where the weights say nothing. */
function cumulative(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  let sum = 0;
  return weights.map((weight, k) => (total > 0 ? (sum += weight) / total : (k + 1) / weights.length));
}

/** What the engine's own schedule lets out: at each bar from what was seen before it. */
function updated(past: readonly number[], volumes: readonly number[]): readonly number[] {
  let [seen, expected, before] = [0, 0, 0];
  const whole = past.reduce((a, b) => a + b, 0);
  return past.map((next, k) => {
    const share = k + 1 === past.length ? 1 : vwapShare({ seen, expected, next, later: whole - expected - next });
    seen += volumes[k] as number;
    expected += next;
    before = Math.max(before, Number.isNaN(share) ? (k + 1) / past.length : share);
    return before;
  });
}

/** The last known price where nothing traded. */
function typicalPrices({ bars }: RecordedSessions, from: number, to: number): readonly number[] {
  let last = bars.close[from] as number;
  return Array.from({ length: to - from - 1 }, (_, k) => {
    const price = typicalPrice(bars, from + 1 + k);
    if (price > 0) last = price;
    return last;
  });
}

function meanPrice(prices: readonly number[], shares: readonly number[]): number {
  return prices.reduce((sum, price, k) => sum + price * ((shares[k] as number) - (shares[k - 1] ?? 0)), 0);
}
