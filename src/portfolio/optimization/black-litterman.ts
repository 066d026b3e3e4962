// Expected returns that start at those at which the market would hold what it holds, and move towards the views of models as far as these are
// sure (Black & Litterman 1992; formulas: He & Litterman 1999, "The intuition behind Black-Litterman model portfolios", equations 2, 8 and 9).
import { cholesky, solveFactored } from "#base/cholesky.js";
import { TruewindError } from "#base/errors.js";
import type { Covariance } from "../covariance/covariance.js";
import { perName, usage } from "./portfolio-problem.js";

export interface View {
  /** Weights of the portfolio that the view is about: 1 for one name, 1 and -1 for one against another. One per name. */
  readonly portfolio: ArrayLike<number>;
  /** Its expected return, over the horizon of the covariance. */
  readonly expectedReturn: number;
  /** Standard error of that, above 0. */
  readonly error: number;
}

export interface BlackLittermanOptions {
  /** What the market holds, fractions; often by capitalization, else equal weights. */
  readonly market: ArrayLike<number>;
  /** Of the market, above 0. */
  readonly riskAversion: number;
  /** How unsure the equilibrium itself is, as a part of the covariance; 0.05 in the source. Above 0. */
  readonly tau: number;
}

export interface Posterior {
  readonly expectedReturn: Float64Array;
  /** Of returns, with what is not known about their means. */
  readonly covariance: Covariance;
}

/** Without views: the equilibrium. Throws `bad-usage`. */
export function blackLitterman(covariance: Covariance, views: readonly View[], options: BlackLittermanOptions): Posterior {
  const { names: n } = covariance;
  const values = perName("The covariance", covariance.values, n * n);
  const { riskAversion, tau } = options;
  if (!(tau > 0 && riskAversion > 0 && Number.isFinite(tau * riskAversion)))
    throw usage(`tau is ${tau} and the risk aversion ${riskAversion}: both must be above 0, and finite.`);
  const market = perName("The market portfolio", options.market, n);
  const prior = times(values, n, market).map((value) => riskAversion * value);
  const v = views.length;
  const portfolios = views.map(({ portfolio, expectedReturn, error }, k) => {
    if (!(error > 0 && Number.isFinite(error) && Number.isFinite(expectedReturn)))
      throw usage(
        `View ${k} has a return of ${expectedReturn} and an error of ${error}: give numbers, the error above 0, or leave the view out.`,
      );
    return perName(`View ${k}`, portfolio, n);
  });
  const spread = portfolios.map((portfolio) => times(values, n, portfolio).map((value) => tau * value));
  const system = new Float64Array(v * v);
  portfolios.forEach((portfolio, a) => spread.forEach((one, b) => (system[a * v + b] = dot(portfolio, one))));
  views.forEach(({ error }, k) => (system[k * (v + 1)] = (system[k * (v + 1)] as number) + error ** 2));
  const factor = cholesky(system, v);
  if (factor === null)
    throw new TruewindError("bad-usage", "Views depend on each other and are all sure: give one of them a larger error.");
  const surprise = Float64Array.from(views, ({ expectedReturn }, k) => expectedReturn - dot(portfolios[k] as Float64Array, prior));
  const pull = solveFactored(factor, v, surprise);
  const expectedReturn = prior.map((value, i) => spread.reduce((sum, one, k) => sum + (one[i] as number) * (pull[k] as number), value));
  const posterior = values.map((value) => (1 + tau) * value);
  for (let j = 0; j < n; j++) {
    const known = solveFactored(
      factor,
      v,
      Float64Array.from(spread, (one) => one[j] as number),
    );
    for (let i = 0; i < n; i++)
      spread.forEach((one, k) => (posterior[i * n + j] = (posterior[i * n + j] as number) - (one[i] as number) * (known[k] as number)));
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) posterior[i * n + j] = posterior[j * n + i] as number;
  return { expectedReturn, covariance: { names: n, values: posterior } };
}

/** One view per name of which a model has an opinion with an error; NaN is no opinion, and neither is one that may be off by any amount. */
export function signalViews(expectedReturn: ArrayLike<number>, error: ArrayLike<number>): View[] {
  const n = expectedReturn.length;
  if (error.length !== n) throw usage(`There are ${n} expected returns and ${error.length} errors: give one for each.`);
  return Array.from({ length: n }, (_, i) => ({
    portfolio: Float64Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)),
    expectedReturn: expectedReturn[i] as number,
    error: error[i] as number,
  })).filter((view) => Number.isFinite(view.expectedReturn) && view.error > 0 && Number.isFinite(view.error));
}

function times(values: Float64Array, n: number, x: Float64Array): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (values[i * n + j] as number) * (x[j] as number);
    return sum;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
