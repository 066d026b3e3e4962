// The labels of an experiment, by kind. Each has a start and an end, and depends on nothing after its end.
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { firstSessionFrom } from "#domain/session.js";
import { directionOf } from "#domain/signal.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import { type Labels, type ReturnKind, forwardReturns } from "./forward-return.js";
import type { PricePanel } from "./price-panel.js";
import { createTotalReturns } from "./total-return.js";
import { type BarrierSettings, tripleBarriers } from "./triple-barrier.js";
import { createVolatilities, lastClosed } from "./volatility.js";

/** `horizonSessions` counts the panel's sessions. Half-lives count returns. */
export type LabelSettings = { readonly horizonSessions: number } & (
  | { readonly kind: ReturnKind }
  | { readonly kind: "volatility-scaled"; readonly of: ReturnKind; readonly halfLife: number }
  | { readonly kind: "direction"; readonly of: ReturnKind; readonly deadBand: number }
  | ({ readonly kind: "triple-barrier" } & Omit<BarrierSettings, "horizonSessions">)
);

export function makeLabels(frames: FrameStore, panel: PricePanel, actions: readonly ReferenceEvent[], settings: LabelSettings): Labels {
  const { horizonSessions } = settings;
  switch (settings.kind) {
    case "forward":
    case "excess":
      return forwardReturns(frames, panel, actions, { kind: settings.kind, horizonSessions });
    case "volatility-scaled":
      return scaledReturns(frames, panel, actions, { horizonSessions, of: settings.of, halfLife: settings.halfLife });
    case "direction": {
      const base = forwardReturns(frames, panel, actions, { kind: settings.of, horizonSessions });
      const value = base.value.map((one) => directionOf(one, settings.deadBand));
      return { ...base, kind: "direction", unit: "class", value, outcome: base.value };
    }
    case "triple-barrier":
      return tripleBarriers(frames, panel, actions, settings);
    default:
      return settings satisfies never;
  }
}

/** Returns in deviations: divided by the volatility of the horizon as it was known at the decision, that of a session times its root. */
function scaledReturns(
  frames: FrameStore,
  panel: PricePanel,
  actions: readonly ReferenceEvent[],
  { horizonSessions, of, halfLife }: { readonly horizonSessions: number; readonly of: ReturnKind; readonly halfLife: number },
): Labels {
  const base = forwardReturns(frames, panel, actions, { kind: of, horizonSessions });
  const volatilities = createVolatilities(panel, createTotalReturns(panel, actions), halfLife);
  const root = Math.sqrt(horizonSessions);
  const value = new Float64Array(frames.rows).fill(Number.NaN);
  frames.decisions.forEach(({ at }, d) => {
    const known = lastClosed(panel.sessions, firstSessionFrom(panel.sessions, at), at);
    for (let row = frames.firstRow[d] as number; row < (frames.firstRow[d + 1] as number); row++) {
      const scale = volatilities.at(frames.instrument[row] as number, known) * root;
      if (scale > 0) value[row] = (base.value[row] as number) / scale;
    }
  });
  return { ...blankWhere(base, value), kind: "volatility-scaled", unit: "deviations" };
}

/** Where there is no value there is no label at all. */
function blankWhere({ horizonSessions, startAt, endAt, value: returns }: Labels, value: Float64Array): Omit<Labels, "kind"> {
  const keep = (column: Float64Array): Float64Array => column.map((one, row) => (Number.isNaN(value[row]) ? Number.NaN : one));
  return { horizonSessions, value, startAt: keep(startAt), endAt: keep(endAt), outcome: keep(returns) };
}
