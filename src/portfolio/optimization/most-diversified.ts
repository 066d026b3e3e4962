// The portfolio of most diversification under the limits of an account: a ratio, made a quadratic program by Charnes & Cooper (1962). Without costs,
// turnover or gross: these are about trades, and the ratio knows none.
import type { OptimizedPortfolio, PortfolioLimits } from "./portfolio-problem.js";
import { checkLimits, perName, usage } from "./portfolio-problem.js";
import { solveProgram } from "./interior-point.js";
import { ProgramBuilder, type Term } from "./quadratic-program.js";
import { addRisk, ownCurve, portfolioVariance, type RiskModel } from "./risk-model.js";

/**
 * Maximizes s'w / sqrt(w'C w), s the deviations (Choueifaty & Coignard 2008), which is `objective`: the least y'C y with s'y = 1 and the limits
 * times what w is scaled by. Throws `bad-usage` on names without risk, and on limits that a ratio does not know: the budget must be one number
 * above 0, because the ratio is the same at any size.
 */
export function mostDiversified(risk: RiskModel, limits: PortfolioLimits): OptimizedPortfolio {
  const n = risk.names;
  if (limits.turnover !== undefined || limits.gross !== undefined)
    throw usage("The most diversification knows no turnover and no gross: leave them out, or minimize the variance.");
  if (!(limits.budget.low === limits.budget.high && limits.budget.low > 0))
    throw usage(
      `The most diversification is the same at any size: give a budget of one number above 0, not ${limits.budget.low} to ${limits.budget.high}.`,
    );
  checkLimits(limits);
  const [low, high] = [perName("The least weight", limits.low, n), perName("The largest weight", limits.high, n)];
  const deviation = Float64Array.from({ length: n }, (_, i) =>
    Math.sqrt(
      portfolioVariance(
        risk,
        Float64Array.from({ length: n }, (__, j) => Number(i === j)),
      ),
    ),
  );
  const bad = deviation.findIndex((value) => !(value > 0));
  if (bad >= 0) throw usage(`Name ${bad} has a deviation of ${deviation[bad]}: leave the name out.`);
  const mean = deviation.reduce((a, b) => a + b, 0) / n;

  // In units of the mean deviation everything is of size 1, whatever the scale of the returns.
  const aversion = 1 / mean ** 2;
  const builder = new ProgramBuilder();
  const curve = ownCurve(risk, aversion);
  const names = Array.from(deviation, (_, i): Term => {
    const long = (low[i] as number) >= 0;
    return {
      variable: builder.variable({ ...(long ? { low: 0 } : {}), curve: curve[i] as number, start: 1 / n, stage: "main" }),
      value: 1,
    };
  });
  addRisk(builder, 0, risk, aversion);
  const scale = builder.variable({ low: 0, start: 1, stage: "late" });
  const unit = names.map(({ variable }, i) => ({ variable, value: (deviation[i] as number) / mean }));
  builder.row(unit, { name: "diversification", low: 1, high: 1 });
  const within = (terms: readonly Term[], name: string, least: number, most: number, stage: "early" | "late"): void => {
    if (least === most) return builder.row([...terms, { variable: scale, value: -most }], { name, low: 0, high: 0, stage: "late" });
    if (Number.isFinite(most))
      builder.row([...terms, { variable: scale, value: -most }], { name, low: Number.NEGATIVE_INFINITY, high: 0, stage });
    if (Number.isFinite(least))
      builder.row([...terms, { variable: scale, value: -least }], { name, low: 0, high: Number.POSITIVE_INFINITY, stage });
  };
  names.forEach((one, i) =>
    within([one], `weight of ${i}`, low[i] === 0 ? Number.NEGATIVE_INFINITY : (low[i] as number), high[i] as number, "early"),
  );
  within(names, "budget", limits.budget.low, limits.budget.high, "late");
  for (const { name, exposure, low: least, high: most } of limits.linear ?? []) {
    const terms = Array.from(perName(name, exposure, n), (value, i) => ({ variable: i, value }));
    within(terms, name, least, most, "late");
  }
  const { status, x, gap, iterations, broken } = solveProgram(builder.program());
  const size = x[scale] as number;
  if (status !== "optimal" || !(size > 1e-12))
    return { status: status === "optimal" ? "failed" : status, weights: null, objective: Number.NaN, gap, iterations, broken };
  const weights = Float64Array.from({ length: n }, (_, i) =>
    Math.min(high[i] as number, Math.max(low[i] as number, (x[i] as number) / size)),
  );
  const spread = weights.reduce((sum, weight, i) => sum + weight * (deviation[i] as number), 0);
  return { status, weights, objective: spread / Math.sqrt(portfolioVariance(risk, weights)), gap, iterations, broken };
}
