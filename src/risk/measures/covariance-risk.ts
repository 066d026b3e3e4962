// A portfolio and its positions under a normal law or Student's t with a given mean and covariance: closed forms throughout.
import { TruewindError } from "#base/errors.js";
import { type JointLaw, covarianceOrThrow } from "./monte-carlo.js";
import { normalRisk, studentRisk } from "./parametric.js";
import { type PortfolioRisk, portfolioRisk } from "./positions.js";
import { type RiskOptions, type TailRisk, horizonOrThrow, knownOrThrow } from "./tail-risk.js";

/**
 * `weights`: fractions of the portfolio's value, negative for short, one per asset of the law. Derivatives after McNeil, Frey & Embrechts 2015, section
 * 8.5; over a horizon as in `normalRisk` and `studentRisk`. Throws `bad-usage` for sizes that do not fit, unknown figures, a portfolio of negative variance.
 */
export function covarianceRisk(law: JointLaw, weights: Float64Array, options: RiskOptions): PortfolioRisk {
  const horizon = horizonOrThrow(options);
  const n = weights.length;
  if (law.mean.length !== n) throw new TruewindError("bad-usage", `There are ${n} weights for a law of ${law.mean.length} assets.`);
  covarianceOrThrow(law.covariance, n);
  knownOrThrow(law.mean, 1, "means");
  knownOrThrow(weights, 1, "weights");
  const risk = (mean: number, deviation: number): TailRisk =>
    law.degrees === undefined
      ? normalRisk({ mean, deviation }, options)
      : studentRisk({ mean, deviation }, { ...options, degrees: law.degrees });
  const covarianceWith = (w: Float64Array): Float64Array =>
    w.map((_, i) => w.reduce((sum, value, j) => sum + value * (law.covariance[i * n + j] as number), 0));
  const unit = risk(0, 1);
  const deviationOf = (w: Float64Array): number => {
    const variance = dot(w, covarianceWith(w));
    // Rounding may leave a hedged portfolio a little below zero; a matrix that is no covariance leaves much.
    const size = w.reduce((sum, value, i) => sum + value * value * Math.abs(law.covariance[i * n + i] as number), 0);
    if (variance < -1e-9 * size)
      throw new TruewindError("bad-usage", "The covariance is not positive semidefinite: a portfolio has a negative variance.");
    return Math.sqrt(Math.max(0, variance));
  };
  const deviation = deviationOf(weights);
  const along = covarianceWith(weights);
  const marginal = Array.from(along, (covariance, i) => {
    const mean = horizon * (law.mean[i] as number);
    const slope = deviation > 0 ? covariance / deviation : 0;
    return { valueAtRisk: unit.valueAtRisk * slope - mean, expectedShortfall: unit.expectedShortfall * slope - mean };
  });
  const riskOf = (w: Float64Array): TailRisk => risk(dot(w, law.mean), deviationOf(w));
  return portfolioRisk(weights, riskOf(weights), riskOf, marginal);
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
