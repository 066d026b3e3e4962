// The portfolio of least expected loss in the worst scenarios, as a linear program (Rockafellar & Uryasev 2000, "Optimization of conditional
// value-at-risk", equation 17): no covariance, no shape of returns is assumed but that of the scenarios.
import type { ReturnsPanel } from "../covariance/panel.js";
import { solveProgram } from "./interior-point.js";
import { type OptimizedPortfolio, type PortfolioCosts, type PortfolioLimits, perName, usage } from "./portfolio-problem.js";
import { portfolioProgram } from "./portfolio-program.js";
import { ProgramBuilder } from "./quadratic-program.js";

export interface MeanCvarProblem {
  /** Equally likely; at least as many as make the tail hold one. */
  readonly scenarios: ReturnsPanel;
  /** Of the tail, as 0.95: the mean of the worst 5 % counts. In (0, 1). */
  readonly level: number;
  /** Per name; left out: 0, which leaves the least CVaR. */
  readonly expectedReturn?: ArrayLike<number> | undefined;
  /** Above 0. */
  readonly riskAversion: number;
  readonly held?: ArrayLike<number> | undefined;
  readonly limits: PortfolioLimits;
  readonly costs?: PortfolioCosts | undefined;
}

/** Maximizes return'w - riskAversion x CVaR - costs(w - held, w). Throws `bad-usage` on input that is no problem. */
export function meanCvar(problem: MeanCvarProblem): OptimizedPortfolio {
  const { scenarios, level, riskAversion, held, limits, costs = {} } = problem;
  const { names, sessions } = scenarios;
  const values = perName("The scenarios", scenarios.values, sessions * names);
  if (!(riskAversion > 0 && Number.isFinite(riskAversion))) throw usage(`The risk aversion is ${riskAversion}: give a number above 0.`);
  checkLevel(level);
  const gain = perName("The expected return", problem.expectedReturn ?? 0, names);
  const builder = new ProgramBuilder();
  const { first, costOf, tidy } = portfolioProgram(builder, { gain, curve: new Float64Array(names), held, limits, costs });
  const quantile = builder.variable({ cost: riskAversion, stage: "late" });
  // Scenarios or names, whichever are fewer, are what is left to a dense system.
  const stage = sessions > names ? "early" : "late";
  for (let t = 0; t < sessions; t++) {
    const beyond = builder.variable({ low: 0, cost: riskAversion / ((1 - level) * sessions), stage: "early" });
    const more = [
      { variable: quantile, value: 1 },
      { variable: beyond, value: 1 },
    ];
    builder.rowOver(first, values.subarray(t * names, (t + 1) * names), more, {
      name: `scenario ${t}`,
      low: 0,
      high: Number.POSITIVE_INFINITY,
      stage,
    });
  }
  const { status, x, gap, iterations, broken } = solveProgram(builder.program());
  if (status !== "optimal") return { status, weights: null, objective: Number.NaN, gap, iterations, broken };
  const weights = tidy(x.slice(first, first + names));
  let objective = -riskAversion * conditionalLoss(scenarios, weights, level) - costOf(weights);
  weights.forEach((weight, i) => (objective += weight * (gain[i] as number)));
  return { status, weights, objective, gap, iterations, broken };
}

/** Mean loss of `weights` in the worst 1 - level of the scenarios, a fraction; the scenario on the edge counts in part. Throws `bad-usage`. */
export function conditionalLoss({ names, sessions, values }: ReturnsPanel, weights: ArrayLike<number>, level: number): number {
  checkLevel(level);
  perName("The weights", weights, names);
  const losses = new Float64Array(sessions);
  for (let t = 0; t < sessions; t++)
    for (let i = 0; i < names; i++) losses[t] = (losses[t] as number) - (values[t * names + i] as number) * (weights[i] as number);
  losses.sort().reverse();
  const tail = (1 - level) * sessions;
  let sum = 0;
  for (let t = 0; t < tail; t++) sum += Math.min(1, tail - t) * (losses[t] as number);
  return sum / tail;
}

function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) throw usage(`The level of the CVaR is ${level}: give a part above 0 and below 1, as 0.95.`);
}
