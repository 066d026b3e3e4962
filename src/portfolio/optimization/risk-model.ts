// Covariance as an optimizer takes it: dense, or as few factors and what is each name's own, which is never multiplied out.
import { symmetricEigen } from "#base/symmetric-eigen.js";
import { type Covariance, varianceOf } from "../covariance/covariance.js";
import type { FactorModel } from "../covariance/factor-model.js";
import type { ProgramBuilder } from "./quadratic-program.js";
import { perName, usage } from "./portfolio-problem.js";

export type RiskModel = Covariance | FactorModel;

function isFactorModel(risk: RiskModel): risk is FactorModel {
  return "exposures" in risk;
}

/** w' C w. */
export function portfolioVariance(risk: RiskModel, weights: ArrayLike<number>): number {
  if (!isFactorModel(risk)) return varianceOf(risk, weights);
  const { factors, factorCovariance, own } = risk;
  const y = factorExposure(risk, weights);
  let total = 0;
  for (let k = 0; k < factors; k++)
    for (let l = 0; l < factors; l++) total += (y[k] as number) * (factorCovariance[k * factors + l] as number) * (y[l] as number);
  own.forEach((value, i) => (total += value * (weights[i] as number) ** 2));
  return total;
}

function factorExposure({ names, factors, exposures }: FactorModel, weights: ArrayLike<number>): Float64Array {
  const y = new Float64Array(factors);
  for (let i = 0; i < names; i++)
    for (let k = 0; k < factors; k++) y[k] = (y[k] as number) + (exposures[i * factors + k] as number) * (weights[i] as number);
  return y;
}

/** Diagonal of `aversion` x C that weights carry themselves. */
export function ownCurve(risk: RiskModel, aversion: number): Float64Array {
  return isFactorModel(risk)
    ? perName("The own variances", risk.own, risk.names).map((value) => aversion * value)
    : new Float64Array(risk.names);
}

/** Adds the rest of aversion / 2 x w'C w to a program whose weights begin at `first`. Throws `bad-usage`. */
export function addRisk(builder: ProgramBuilder, first: number, risk: RiskModel, aversion: number): void {
  const { names } = risk;
  if (!isFactorModel(risk)) {
    const values = perName("The covariance", risk.values, names * names).map((value) => aversion * value);
    builder.dense({ first, size: names, values });
    return;
  }
  const exposures = unitFactors(risk);
  for (let k = 0; k < risk.factors; k++) {
    const row = exposures.subarray(k * names, (k + 1) * names);
    // In units of the largest exposure a factor is of the size of the weights.
    let size = 0;
    for (const one of row) size = Math.max(size, Math.abs(one));
    if (size === 0) continue;
    const y = builder.variable({ curve: aversion * size * size, stage: "late" });
    builder.rowOver(first, row, [{ variable: y, value: -size }], { name: `factor ${k}`, low: 0, high: 0 });
  }
}

/** Exposures to factors that are independent and of variance 1: B F^(1/2), row-major `[factor][name]`. Throws `bad-usage`. */
function unitFactors({ names, factors, exposures, factorCovariance, own }: FactorModel): Float64Array {
  if (exposures.length !== names * factors || factorCovariance.length !== factors * factors)
    throw usage(`${factors} factors of ${names} names need ${names * factors} exposures and ${factors * factors} covariances.`);
  perName("The exposures", exposures, names * factors);
  if (perName("The own variances", own, names).some((value) => value < 0)) throw usage("A variance of a name's own is below 0.");
  const { values, vectors } = symmetricEigen(perName("The factor covariance", factorCovariance, factors * factors), factors);
  if ((values[0] ?? 0) < -1e-9 * (values[factors - 1] ?? 0)) throw usage("The factor covariance has a direction with variance below 0.");
  const out = new Float64Array(factors * names);
  for (let k = 0; k < factors; k++) {
    const size = Math.sqrt(Math.max(0, values[k] as number));
    for (let i = 0; i < names; i++) {
      let sum = 0;
      for (let l = 0; l < factors; l++) sum += (exposures[i * factors + l] as number) * (vectors[k * factors + l] as number);
      out[k * names + i] = size * sum;
    }
  }
  return out;
}
