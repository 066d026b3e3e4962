// Triple-barrier labels (Lopez de Prado 2018, sections 3.3 and 3.4): a holding that ends at a profit, at a loss, or when its time is up,
// whichever comes first. The barriers stand at multiples of the volatility known at the decision.
//
// A bar touches a barrier by its high or low, not by its close: a standing order would have been filled on the way, and closes alone hide
// the losses that a stop takes. A bar that opens beyond a barrier ends the holding at its open, for better or worse. A bar that touches both
// does not say in which order: it is taken as the loss.
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { firstSessionFrom, type Session } from "#domain/session.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import type { Labels } from "./forward-return.js";
import type { PricePanel } from "./price-panel.js";
import { createTotalReturns, type TotalReturns } from "./total-return.js";
import { createVolatilities, lastClosed } from "./volatility.js";

export interface BarrierSettings {
  /** Sessions until the vertical barrier. */
  readonly horizonSessions: number;
  /** Distance of the upper and the lower barrier, in volatilities of the horizon: that of a session times its root. Null: there is none. */
  readonly profit: number | null;
  readonly stop: number | null;
  readonly halfLife: number;
  /** What models learn: the return at the first touch, or which barrier it was. */
  readonly target: "return" | "class";
}

interface Touch {
  /** Total return at the touch. */
  readonly value: number;
  /** 1 profit, -1 loss, 0 the time was up. */
  readonly side: -1 | 0 | 1;
  /** When it is known, Micros: the open of a gap, the close of a bar that touched on its way, the open of the vertical barrier. */
  readonly at: number;
}

/**
 * Bought at the first open after the decision, as forward returns are; the time is up at the open `horizonSessions` sessions later, and a
 * label is left out when that lies after the data, touched or not, because which of the last ones are known would depend on their outcome.
 * So it is without a volatility, or with one of 0. Total returns: splits move no barrier, dividends count when they are paid, and a name
 * that leaves the market ends with its final return. Throws `no-data` when the panel has no highs and lows.
 */
export function tripleBarriers(
  frames: FrameStore,
  panel: PricePanel,
  actions: readonly ReferenceEvent[],
  settings: BarrierSettings,
): Labels {
  const { horizonSessions, halfLife, target } = settings;
  const { sessions } = panel;
  const nothing = (): Float64Array => new Float64Array(frames.rows).fill(Number.NaN);
  const [outcome, sides, startAt, endAt] = [nothing(), nothing(), nothing(), nothing()];
  const returns = createTotalReturns(panel, actions);
  const volatilities = createVolatilities(panel, returns, halfLife);
  const root = Math.sqrt(horizonSessions);
  frames.decisions.forEach(({ at }, d) => {
    const from = firstSessionFrom(sessions, at);
    const to = from + horizonSessions;
    if (to >= sessions.length) return;
    const known = lastClosed(sessions, from, at);
    for (let row = frames.firstRow[d] as number; row < (frames.firstRow[d + 1] as number); row++) {
      const instrument = frames.instrument[row] as number;
      const scale = volatilities.at(instrument, known) * root;
      if (!(scale > 0)) continue;
      const touch = firstTouch(panel, returns, instrument, from, to, {
        profit: settings.profit === null ? Number.POSITIVE_INFINITY : settings.profit * scale,
        // Nothing is worth less than nothing: a stop farther away than that is never touched.
        stop: settings.stop === null ? Number.NEGATIVE_INFINITY : -settings.stop * scale,
      });
      if (touch === null) continue;
      outcome[row] = touch.value;
      sides[row] = touch.side;
      startAt[row] = (sessions[from] as Session).openAt;
      endAt[row] = touch.at;
    }
  });
  const common = { kind: "triple-barrier", horizonSessions, startAt, endAt } as const;
  return target === "return" ? { ...common, value: outcome } : { ...common, value: sides, outcome, unit: "class" };
}

/** `profit` and `stop` are returns. Null when it could not be bought. */
function firstTouch(
  { sessions, instruments, open, range }: PricePanel,
  returns: TotalReturns,
  instrument: number,
  from: number,
  to: number,
  { profit, stop }: { readonly profit: number; readonly stop: number },
): Touch | null {
  if (range === undefined) throw new TruewindError("no-data", "Triple barriers need the high and the low of each session: record them.");
  const paid = open[from * instruments + instrument] as number;
  if (!(paid > 0)) return null;
  const gone = returns.endOf(instrument, from);
  const last = gone === null ? to : Math.min(to, gone);
  for (let session = from; session < last; session++) {
    const cell = session * instruments + instrument;
    const [opened, high, low] = [open[cell] as number, range.high[cell] as number, range.low[cell] as number];
    if (!(opened > 0)) continue;
    const worth = (price: number): number => returns.worth(instrument, from, session, price) / paid - 1;
    const { openAt, closeAt } = sessions[session] as Session;
    const gap = worth(opened);
    if (gap <= stop) return { value: gap, side: -1, at: openAt };
    if (gap >= profit) return { value: gap, side: 1, at: openAt };
    if (worth(low) <= stop) return { value: stop, side: -1, at: closeAt };
    if (worth(high) >= profit) return { value: profit, side: 1, at: closeAt };
  }
  // The open at which the time is up may lie beyond a barrier, and so may the end of a name that has left.
  const value = returns.between(instrument, from, to);
  return { value, side: value <= stop ? -1 : value >= profit ? 1 : 0, at: (sessions[to] as Session).openAt };
}
