// The portfolio of the loop benchmark: half of it solved anew every fifteen minutes on a thread of its own, over all instruments with trading
// costs and sector bounds; the other half follows the signals of every second, so that there are orders at each step.
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals, TargetPortfolio } from "#domain/signal.js";
import { MINUTE_US, type Micros, SECOND_US } from "#domain/time.js";
import type { MeanVarianceProblem } from "#portfolio/optimization/mean-variance.js";
import type { LinearLimit } from "#portfolio/optimization/portfolio-problem.js";
import { ScheduledSolve, type SolverRunner } from "#portfolio/optimization/scheduled-solve.js";
import { createTopK } from "#portfolio/top-k.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { SECTORS } from "./loop-market.js";

const SOLVE_EVERY = 15 * MINUTE_US;
/** From the moment at which a problem is posed to that at which its answer counts. */
const USABLE_AFTER = 30 * SECOND_US;
const HALF = 0.45;
/** Seconds to a horizon of fifteen minutes. */
const HORIZON = 900;
const DECAY = 1 / 300;

export class LoopPortfolio implements PortfolioBuilder {
  /** Solutions that were taken. */
  solved = 0;
  private readonly solver: ScheduledSolve;
  private readonly fast = createTopK({ k: 100, keep: 200, invested: HALF });
  /** Of a second's return, by name; and the price a second ago. */
  private readonly variance: Float64Array;
  private readonly before: Float64Array;
  private readonly standing: Float64Array;
  private posedIn = -1;

  constructor(
    private readonly instruments: number,
    runner: SolverRunner,
  ) {
    this.solver = new ScheduledSolve(runner);
    this.variance = new Float64Array(instruments).fill(1e-7);
    this.before = new Float64Array(instruments).fill(Number.NaN);
    this.standing = new Float64Array(instruments);
  }

  build(signals: Signals, frame: FeatureFrame, view: PortfolioView): TargetPortfolio {
    const { variance, before, standing } = this;
    for (let i = 0; i < this.instruments; i++) {
      const price = view.price[i] as number;
      const ret = price / (before[i] as number) - 1;
      if (Number.isFinite(ret)) variance[i] = (variance[i] as number) + DECAY * (ret * ret - (variance[i] as number));
      before[i] = price;
    }
    const answer = this.solver.take(signals.asOf);
    if (answer !== null) {
      if (answer.weights === null) throw new Error(`the loop's portfolio is ${answer.status}`);
      standing.set(answer.weights);
      this.solved++;
    }
    const period = Math.floor(signals.asOf / SOLVE_EVERY);
    if (period !== this.posedIn) {
      this.posedIn = period;
      this.solver.pose(this.problem(signals, view), (signals.asOf + USABLE_AFTER) as Micros);
    }
    const { weights } = this.fast.build(signals, frame, view);
    for (let i = 0; i < this.instruments; i++) weights[i] = (weights[i] as number) + HALF * (standing[i] as number);
    return { asOf: signals.asOf, weights };
  }

  /** One factor for the market and one a sector; what the model expects of a few seconds is taken for what it is worth over the horizon. */
  private problem(signals: Signals, view: PortfolioView): MeanVarianceProblem {
    const { instruments: n } = this;
    const factors = SECTORS + 1;
    const exposures = new Float64Array(n * factors);
    const factorCovariance = new Float64Array(factors * factors);
    for (let i = 0; i < n; i++) exposures[i * factors] = exposures[i * factors + 1 + (i % SECTORS)] = 1;
    for (let k = 0; k < factors; k++) factorCovariance[k * (factors + 1)] = HORIZON * 2e-9;
    const linear = Array.from({ length: SECTORS }, (_, s): LinearLimit => {
      const exposure = Float64Array.from({ length: n }, (__, i) => (i % SECTORS === s ? 1 : 0));
      return { name: `sector ${s}`, exposure, low: 0, high: 0.15 };
    });
    return {
      risk: { names: n, factors, exposures, factorCovariance, own: Float64Array.from(this.variance, (v) => HORIZON * v) },
      expectedReturn: Float64Array.from(signals.expectedReturn, (r) => (Number.isFinite(r) ? r : 0)),
      riskAversion: 5,
      held: Float64Array.from(view.lots, (lots, i) => (lots * (view.lotValue[i] as number)) / view.equity / (2 * HALF)),
      // Of a few names neither bound leaves a portfolio.
      limits: { low: 0, high: Math.max(0.02, 2 / n), budget: { low: 1, high: 1 }, linear: n < 100 ? [] : linear },
      costs: { buy: 2e-4, sell: 2e-4 },
    };
  }
}
