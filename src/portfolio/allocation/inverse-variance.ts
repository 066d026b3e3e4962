// The part of a hierarchical allocation that knows no correlations: within a group, weights fall with the variance.
import { type Covariance, varianceOf } from "../covariance/covariance.js";

/** Weights of all names: in proportion to 1 / variance within `group`, with sum 1, and 0 outside. */
export function inverseVariance({ names, values }: Covariance, group: readonly number[]): Float64Array {
  const weights = new Float64Array(names);
  let sum = 0;
  for (const i of group) sum += 1 / (values[i * names + i] as number);
  for (const i of group) weights[i] = 1 / (values[i * names + i] as number) / sum;
  return weights;
}

/** Variance of that portfolio. */
export function groupVariance(covariance: Covariance, group: readonly number[]): number {
  return varianceOf(covariance, inverseVariance(covariance, group));
}
