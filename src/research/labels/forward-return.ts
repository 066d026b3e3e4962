// Forward-return labels. The decision sees the close, so the label starts at the first price it could trade: the next open.
// A label that would end after the data is left out (NaN); a name that dies within its horizon is not.
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { firstSessionFrom, type Session } from "#domain/session.js";
import type { LabelUnit } from "#domain/signal.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import type { PricePanel } from "./price-panel.js";
import { createTotalReturns } from "./total-return.js";

/** `forward`: total return. `excess`: minus the mean of that over the members with a label at the same decision. */
export type ReturnKind = "forward" | "excess";

export type LabelKind = ReturnKind | "volatility-scaled" | "direction" | "triple-barrier" | "meta";

/** One label per row of the frame store, in its order. */
export interface Labels {
  readonly kind: LabelKind;
  readonly horizonSessions: number;
  /** What models learn, in `unit`; NaN where there is none: no open to buy at, or the end lies after the data. */
  readonly value: Float64Array;
  /** When the label starts and ends, Micros; NaN where there is no label. Splits purge by the end. */
  readonly startAt: Float64Array;
  readonly endAt: Float64Array;
  /** Left out where values are returns, fractions. */
  readonly unit?: LabelUnit;
  /** The return behind each value, a fraction: what is measured by. Left out where the values themselves are returns. */
  readonly outcome?: Float64Array;
}

/** What followed each row, a fraction; NaN where there is no label. */
export function returnsOf({ value, outcome }: Labels): Float64Array {
  return outcome ?? value;
}

/**
 * A decision at time t starts at the open of the first session that opens at or after t and ends at the open `horizonSessions` sessions
 * later: the span between two rebalancings at the open.
 */
export function forwardReturns(
  frames: FrameStore,
  panel: PricePanel,
  actions: readonly ReferenceEvent[],
  options: { readonly kind: ReturnKind; readonly horizonSessions: number },
): Labels {
  const { kind, horizonSessions } = options;
  const value = new Float64Array(frames.rows).fill(Number.NaN);
  const startAt = new Float64Array(frames.rows).fill(Number.NaN);
  const endAt = new Float64Array(frames.rows).fill(Number.NaN);
  const returns = createTotalReturns(panel, actions);
  frames.decisions.forEach((decision, d) => {
    const from = firstSessionFrom(panel.sessions, decision.at);
    const to = from + horizonSessions;
    if (to >= panel.sessions.length) return;
    const first = frames.firstRow[d] as number;
    const end = frames.firstRow[d + 1] as number;
    let sum = 0;
    let count = 0;
    for (let row = first; row < end; row++) {
      const label = returns.between(frames.instrument[row] as number, from, to);
      if (Number.isNaN(label)) continue;
      value[row] = label;
      startAt[row] = (panel.sessions[from] as Session).openAt;
      endAt[row] = (panel.sessions[to] as Session).openAt;
      sum += label;
      count++;
    }
    if (kind === "excess") for (let row = first; row < end; row++) value[row] = (value[row] as number) - sum / count;
  });
  return { kind, horizonSessions, value, startAt, endAt };
}
