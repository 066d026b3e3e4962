// Longer bars made from the bars of the run, so that a formula can be asked for at several lengths at once: `rsi_14@1h`.
import { DAY_US, HOUR_US, MINUTE_US } from "#domain/time.js";

export const timeframes = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;
/** `1d`: one session of the venue, or a UTC day when the run has no sessions; the others are cut at UTC multiples of their length. */
export type Timeframe = (typeof timeframes)[number];

const lengths: Readonly<Record<Timeframe, number>> = {
  "1m": MINUTE_US,
  "5m": 5 * MINUTE_US,
  "15m": 15 * MINUTE_US,
  "1h": HOUR_US,
  "4h": 4 * HOUR_US,
  "1d": DAY_US,
};

/** Microseconds. */
export function timeframeLength(timeframe: Timeframe): number {
  return lengths[timeframe];
}

/** Null for text that is none. */
export function parseTimeframe(text: string): Timeframe | null {
  return timeframes.find((known) => known === text) ?? null;
}
