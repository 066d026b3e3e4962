// Prices as a sheet, sessions x instruments, for the only code that may look ahead: labels and measurements. Raw prices, as quoted.
import { invariant } from "#base/errors.js";
import type { BarBatch } from "#domain/market.js";
import { type Session, sessionEndingAt } from "#domain/session.js";

export interface PricePanel {
  readonly sessions: readonly Session[];
  readonly instruments: number;
  /** First price of the session, row-major `[session][instrument]`; NaN when there was no bar. Same basis as the dataset's. */
  readonly open: Float64Array;
  /** Last price of the session, same shape. */
  readonly close: Float64Array;
  /** Highest and lowest price of the session, same shape; left out where nobody asked for them. */
  readonly range?: { readonly high: Float64Array; readonly low: Float64Array };
}

export interface PanelRecorder {
  /** Takes rows `start` to `end` of a batch; bars of one instrument must come in time order. */
  add(batch: BarBatch, start: number, end: number): void;
  readonly panel: PricePanel;
  /** Bars that ended outside every session and were not used. */
  outside(): number;
}

/**
 * Collects a panel from bars of any length up to one session: the first bar that ends in a session gives its open, the last its close,
 * and all of them its range, if that is wanted. A bar belongs to the session with openAt < end <= closeAt. `sessions` ascend and do not overlap.
 */
export function createPanelRecorder(sessions: readonly Session[], instruments: number, ranged = false): PanelRecorder {
  const sheet = (): Float64Array => new Float64Array(sessions.length * instruments).fill(Number.NaN);
  const [open, close] = [sheet(), sheet()];
  const range = ranged ? { high: sheet(), low: sheet() } : null;
  let outside = 0;
  let last = 0;
  return {
    panel: { sessions, instruments, open, close, ...(range === null ? {} : { range }) },
    outside: () => outside,
    add(batch, start, end) {
      for (let i = start; i < end; i++) {
        const at = batch.at[i] as number;
        const index = sessionEndingAt(sessions, at, last);
        if (index < 0) {
          outside++;
          continue;
        }
        last = index;
        const instrument = batch.instrument[i] as number;
        invariant(instrument < instruments, `instrument ${instrument} is not in a panel of ${instruments}`);
        const cell = index * instruments + instrument;
        if (Number.isNaN(open[cell])) open[cell] = batch.open[i] as number;
        close[cell] = batch.close[i] as number;
        if (range === null) continue;
        // Written so that a first bar takes the place of NaN.
        const [high, low] = [batch.high[i] as number, batch.low[i] as number];
        if (!((range.high[cell] as number) >= high)) range.high[cell] = high;
        if (!((range.low[cell] as number) <= low)) range.low[cell] = low;
      }
    },
  };
}
