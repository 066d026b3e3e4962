// TS2339: a model family cannot predict; only what `fit` returned can.
import type { FeatureFrame } from "#domain/frame.js";
import type { ModelFamily } from "#ports/model.js";

export function guess(family: ModelFamily<unknown>, frame: FeatureFrame): unknown {
  // refused:
  return family.predict(frame);
}
