// A rebalance that looks ahead: expected returns that fade are worth a trade only if they outlast its costs. The plan over the next periods is one
// convex problem of which the first step is taken (Boyd et al. 2017, "Multi-period trading via convex optimization", section 5); proportional costs
// make a zone around the best weights in which nothing is traded.
import { solveProgram } from "./interior-point.js";
import { type OptimizedPortfolio, type PortfolioCosts, type PortfolioLimits, perName, usage } from "./portfolio-problem.js";
import { type PortfolioProgram, portfolioProgram } from "./portfolio-program.js";
import { ProgramBuilder } from "./quadratic-program.js";
import { addRisk, ownCurve, portfolioVariance, type RiskModel } from "./risk-model.js";

export interface MultiPeriodProblem {
  /** Of one period; the same in each. */
  readonly risk: RiskModel;
  /** `[period][name]`: over each period, the next one first. `fadingReturns` makes them of one forecast. */
  readonly expectedReturns: readonly ArrayLike<number>[];
  readonly riskAversion: number;
  readonly held?: ArrayLike<number> | undefined;
  /** In each period; turnover, too. */
  readonly limits: PortfolioLimits;
  readonly costs?: PortfolioCosts | undefined;
}

export interface PortfolioPlan extends OptimizedPortfolio {
  /** Weights after the trades of each period; the first are `weights`. Empty without a solution. */
  readonly plan: readonly Float64Array[];
}

/** Maximizes the sum over periods of return'w - riskAversion / 2 x w'C w - costs(trade, w). Throws `bad-usage`. */
export function multiPeriod({ risk, expectedReturns, riskAversion, held, limits, costs = {} }: MultiPeriodProblem): PortfolioPlan {
  if (!(riskAversion > 0 && Number.isFinite(riskAversion))) throw usage(`The risk aversion is ${riskAversion}: give a number above 0.`);
  if (expectedReturns.length === 0) throw usage("There is no period to plan for.");
  const n = risk.names;
  const gains = expectedReturns.map((one, t) => perName(`The expected return of period ${t}`, one, n));
  const builder = new ProgramBuilder();
  const steps: PortfolioProgram[] = [];
  for (const gain of gains) {
    const before = steps.at(-1)?.first ?? held;
    const step = portfolioProgram(builder, { gain, curve: ownCurve(risk, riskAversion), held: before, limits, costs });
    addRisk(builder, step.first, risk, riskAversion);
    steps.push(step);
  }
  const { status, x, gap, iterations, broken } = solveProgram(builder.program());
  if (status !== "optimal") return { status, weights: null, objective: Number.NaN, gap, iterations, broken, plan: [] };
  const plan = steps.map(({ first, tidy }) => tidy(x.slice(first, first + n)));
  let objective = 0;
  plan.forEach((weights, t) => {
    objective -= (riskAversion / 2) * portfolioVariance(risk, weights) + (steps[t] as PortfolioProgram).costOf(weights, plan[t - 1]);
    weights.forEach((weight, i) => (objective += weight * ((gains[t] as Float64Array)[i] as number)));
  });
  return { status, weights: plan[0] as Float64Array, objective, gap, iterations, broken, plan };
}

/** What a forecast of one period leaves for each of the next `periods`, when it halves every `halfLife` periods. */
export function fadingReturns(expectedReturn: ArrayLike<number>, periods: number, halfLife: number): Float64Array[] {
  if (!(halfLife > 0)) throw usage(`The half-life is ${halfLife}: give a number of periods above 0.`);
  return Array.from({ length: periods }, (_, t) => Float64Array.from(expectedReturn, (value) => value * 0.5 ** (t / halfLife)));
}
