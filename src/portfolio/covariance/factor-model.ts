// A few statistical factors and what is each name's own: the largest principal components of the sample covariance, and a diagonal.
import { TruewindError } from "#base/errors.js";
import { symmetricEigen } from "#base/symmetric-eigen.js";
import { type Covariance, outerSum } from "./covariance.js";
import type { ReturnsPanel } from "./panel.js";
import { sampleCovariance } from "./sample.js";

/**
 * Keeps every variance of the sample, and of what names have in common the `factors` largest components. Positive definite wherever each name
 * has a part of its own. Throws `bad-usage` unless there are fewer factors than names.
 */
export function factorCovariance(panel: ReturnsPanel, factors: number): Covariance {
  const { names } = panel;
  if (!(Number.isInteger(factors) && factors >= 1 && factors < Math.max(names, 2)))
    throw new TruewindError("bad-usage", `${factors} factors of ${names} names: give a whole number from 1 to ${Math.max(1, names - 1)}.`);
  const sample = sampleCovariance(panel).values;
  if (names === 1) return { names, values: sample };
  const { values: lambda, vectors } = symmetricEigen(sample, names);
  const values = outerSum(vectors, names, (which) => (which < names - factors ? 0 : (lambda[which] as number)));
  for (let i = 0; i < names; i++) values[i * names + i] = sample[i * names + i] as number;
  return { names, values };
}
