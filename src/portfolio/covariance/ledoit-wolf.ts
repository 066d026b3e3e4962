// Linear shrinkage to a multiple of the identity (Ledoit & Wolf 2004, "A well-conditioned estimator for large-dimensional covariance
// matrices", section 3.3), with the means of the names taken out first, as scikit-learn's LedoitWolf does.
import { type Covariance, outerSum } from "./covariance.js";
import { centeredValues, type ReturnsPanel } from "./panel.js";

export interface ShrunkCovariance extends Covariance {
  /** Part of the identity in it, in [0, 1]. */
  readonly shrinkage: number;
}

/** Divided by sessions, as in the source. Keeps the trace; positive definite wherever the shrinkage is above 0. */
export function ledoitWolf(panel: ReturnsPanel): ShrunkCovariance {
  const { sessions, names } = panel;
  const centered = centeredValues(panel);
  const values = outerSum(centered, names, () => 1 / sessions);
  let trace = 0;
  let squares = 0;
  for (let i = 0; i < names; i++) trace += values[i * names + i] as number;
  for (const value of values) squares += value * value;
  let fourth = 0;
  for (let t = 0; t < sessions; t++) {
    let length = 0;
    for (let i = 0; i < names; i++) length += (centered[t * names + i] as number) ** 2;
    fourth += length * length;
  }
  const mean = trace / names;
  /** Distance of the sample from the target, and the part of it that is error of the sample. */
  const distance = squares - names * mean * mean;
  const error = Math.min((fourth / sessions - squares) / sessions, distance);
  const shrinkage = error > 0 ? error / distance : 0;
  for (let at = 0; at < values.length; at++) values[at] = (1 - shrinkage) * (values[at] as number);
  for (let i = 0; i < names; i++) values[i * names + i] = (values[i * names + i] as number) + shrinkage * mean;
  return { names, values, shrinkage };
}
