// A few statistical factors and what is each name's own: the largest principal components of the sample covariance, and a diagonal.
import { TruewindError } from "#base/errors.js";
import { symmetricEigen } from "#base/symmetric-eigen.js";
import { type Covariance, outerSum } from "./covariance.js";
import type { ReturnsPanel } from "./panel.js";
import { sampleCovariance } from "./sample.js";

/** B F B' + D: what names have in common, and what is each one's own. */
export interface FactorModel {
  readonly names: number;
  readonly factors: number;
  /** B, row-major `[name][factor]`. */
  readonly exposures: Float64Array;
  /** F, row-major, symmetric and not negative. */
  readonly factorCovariance: Float64Array;
  /** D: variance of each name that is its own, not negative. */
  readonly own: Float64Array;
}

/**
 * Keeps every variance of the sample, and of what names have in common the `factors` largest components. Positive definite wherever each name
 * has a part of its own. Throws `bad-usage` unless there are fewer factors than names.
 */
export function factorCovariance(panel: ReturnsPanel, factors: number): Covariance {
  const { names } = panel;
  checkFactors(factors, names);
  const sample = sampleCovariance(panel).values;
  if (names === 1) return { names, values: sample };
  const { values: lambda, vectors } = symmetricEigen(sample, names);
  const values = outerSum(vectors, names, (which) => (which < names - factors ? 0 : (lambda[which] as number)));
  for (let i = 0; i < names; i++) values[i * names + i] = sample[i * names + i] as number;
  return { names, values };
}

/** The same not multiplied out, as optimizers like it: B B' + D. Throws as `factorCovariance`. */
export function factorModel(panel: ReturnsPanel, factors: number): FactorModel {
  const { names } = panel;
  checkFactors(factors, names);
  const sample = sampleCovariance(panel).values;
  const { values: lambda, vectors } = symmetricEigen(sample, names);
  const exposures = new Float64Array(names * factors);
  const own = new Float64Array(names);
  for (let i = 0; i < names; i++) {
    let common = 0;
    for (let k = 0; k < factors; k++) {
      const which = names - 1 - k;
      const exposure = Math.sqrt(Math.max(0, lambda[which] as number)) * (vectors[which * names + i] as number);
      exposures[i * factors + k] = exposure;
      common += exposure ** 2;
    }
    own[i] = Math.max(0, (sample[i * names + i] as number) - common);
  }
  const factorCovariance = new Float64Array(factors * factors);
  for (let k = 0; k < factors; k++) factorCovariance[k * (factors + 1)] = 1;
  return { names, factors, exposures, factorCovariance, own };
}

function checkFactors(factors: number, names: number): void {
  if (!(Number.isInteger(factors) && factors >= 1 && factors < Math.max(names, 2)))
    throw new TruewindError("bad-usage", `${factors} factors of ${names} names: give a whole number from 1 to ${Math.max(1, names - 1)}.`);
}
