// The covariance as it was seen: unbiased, and the worst of all estimates once names are not few beside sessions.
import { type Covariance, outerSum } from "./covariance.js";
import { centeredValues, type ReturnsPanel } from "./panel.js";

/** Divided by sessions - 1. Singular when there are no more sessions than names. */
export function sampleCovariance(panel: ReturnsPanel): Covariance {
  const { sessions, names } = panel;
  return { names, values: outerSum(centeredValues(panel), names, () => 1 / (sessions - 1)) };
}
