// Meta-labels (Lopez de Prado 2018, section 3.6): given the side that a primary model would take, did taking it pay? A second model that
// learns them says how much of the first one's word to act on.
import type { FrameStore } from "#research/dataset/frame-store.js";
import { type Labels, returnsOf } from "./forward-return.js";

/**
 * 1 where acting on the side earned more than `cost` (a fraction, both ways together), 0 where it did not; no label where the primary model
 * said nothing or took no side. `primary`: its prediction per row of the store, of rows it was not fitted on: those of `crossValidate`
 * over purged folds within the training part, so that the second model learns from errors the first one will make again. Start and end are
 * those of the label underneath.
 */
export function metaLabels(frames: FrameStore, labels: Labels, primary: Float64Array, cost: number): Labels {
  const returns = returnsOf(labels);
  const nothing = (): Float64Array => new Float64Array(frames.rows).fill(Number.NaN);
  const [value, outcome, startAt, endAt] = [nothing(), nothing(), nothing(), nothing()];
  for (let row = 0; row < frames.rows; row++) {
    const side = Math.sign(primary[row] as number);
    const earned = side * (returns[row] as number);
    if (Number.isNaN(earned) || side === 0) continue;
    value[row] = earned > cost ? 1 : 0;
    outcome[row] = earned;
    startAt[row] = labels.startAt[row] as number;
    endAt[row] = labels.endAt[row] as number;
  }
  return { kind: "meta", horizonSessions: labels.horizonSessions, unit: "class", value, outcome, startAt, endAt };
}
