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
}

export interface PanelRecorder {
  /** Takes rows `start` to `end` of a batch; bars of one instrument must come in time order. */
  add(batch: BarBatch, start: number, end: number): void;
  readonly panel: PricePanel;
  /** Bars that ended outside every session and were not used. */
  outside(): number;
}

/**
 * Collects a panel from bars of any length up to one session: the first bar that ends in a session gives its open, the last its close.
 * A bar belongs to the session with openAt < end <= closeAt. `sessions` ascend and do not overlap.
 */
export function createPanelRecorder(sessions: readonly Session[], instruments: number): PanelRecorder {
  const open = new Float64Array(sessions.length * instruments).fill(Number.NaN);
  const close = new Float64Array(sessions.length * instruments).fill(Number.NaN);
  let outside = 0;
  let last = 0;
  return {
    panel: { sessions, instruments, open, close },
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
      }
    },
  };
}
