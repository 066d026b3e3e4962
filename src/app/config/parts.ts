// From the experiment's words to the parts that act on them.
import type { Experiment } from "./experiment.js";
import type { ResolvedRisk } from "./risk-limits.js";
import { RiskMemory, type RiskWorld } from "./risk-memory.js";
import type { Session } from "#domain/session.js";
import { DAY_US, utcMidnight } from "#domain/time.js";
import type { Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { Protection } from "#execution/protection.js";
import { PacedExecution } from "#execution/paced-execution.js";
import type { ExecutionPolicy, PortfolioBuilder, RiskEngine } from "#ports/stages.js";
import { createEqualWeight } from "#portfolio/equal-weight.js";
import { createLongShort } from "#portfolio/long-short.js";
import { ReturnMemory } from "#portfolio/return-memory.js";
import { createOptimized } from "#portfolio/optimized.js";
import type { OptimizedOptions } from "#portfolio/optimized-options.js";
import { withMonitor } from "#portfolio/monitored.js";
import { withBorrow } from "#portfolio/borrowable.js";
import { withStops } from "#portfolio/stops.js";
import { createSignals } from "#portfolio/signals.js";
import { VolumeMemory } from "#portfolio/volume-memory.js";
import { createTopK } from "#portfolio/top-k.js";
import { createCovarianceRule, type WeightRule } from "#portfolio/weight-rule.js";
import type { RiskLimits } from "#risk/limits.js";
import { createRiskEngine } from "#risk/review.js";
import type { CostModel } from "#simulation/venue/costs.js";
import { borrowTermsAt } from "#simulation/venue/rules.js";
import { borrowOf } from "./venue-rules.js";

export function toCostModel({ costs }: Experiment): CostModel {
  const steps = [...costs.cashRate].sort((a, b) => (a.from < b.from ? -1 : 1));
  return {
    feeBps: costs.feeBps,
    makerFeeBps: costs.makerFeeBps,
    halfSpreadBps: costs.halfSpreadBps,
    impactBps: costs.impactBps,
    participation: costs.participation,
    borrowBps: costs.borrowBps,
    cashRate: steps.map(({ from, rate }) => ({ from: utcMidnight(from), rate })),
    latencyUs: Math.round(costs.latencyMs * 1000),
  };
}

/** The experiment at a venue that charges something else than it says. */
export function withVenue(experiment: Experiment, venue: Partial<Experiment["costs"]> = {}): Experiment {
  return { ...experiment, costs: { ...experiment.costs, ...venue } };
}

/** What a portfolio is built over. */
export interface BuilderWorld {
  readonly instruments: number;
  /** Of each instrument. */
  readonly ids: readonly InstrumentId[];
  /** Of each instrument. */
  readonly sectors: readonly (string | null)[];
  /** Units of a lot, of each instrument. */
  readonly lotSizes: readonly number[];
  /** Sessions for daily bars, single bars for shorter ones. */
  readonly steps: readonly Session[];
}

/** What risk looks at in a universe. */
export interface ReviewedUniverse extends Pick<RiskWorld, "instruments" | "sessions"> {
  readonly tradable: Uint8Array;
  readonly benchmark: number | null;
}

/** One of its own for each run: it may have a memory. Throws `bad-config` for scenarios that the data do not know. */
export function createReviewer(
  risk: ResolvedRisk,
  { steps }: Pick<BuilderWorld, "steps">,
  { instruments, sessions, tradable, benchmark }: ReviewedUniverse,
): RiskEngine {
  if (risk.tail === null && risk.alerts === undefined && risk.stress === undefined) return createRiskEngine(risk.limits);
  const market = benchmark === null ? instruments.flatMap((_, i) => (tradable[i] === 1 ? [i] : [])) : [benchmark];
  const memory = new RiskMemory(risk, { instruments, sessions, steps, market });
  return { ...createRiskEngine(risk.limits, memory.limits), memory };
}

/** One of its own for each run: it may have a memory. `limits`: those of the run's risk, so that it plans nothing that they would cut. */
export function createBuilder(experiment: Experiment, world: BuilderWorld, limits: RiskLimits): PortfolioBuilder {
  const { stops, monitor } = experiment;
  const plain = portfolioBuilder(experiment, world, limits);
  const stopped = stops === undefined ? plain : withStops(plain, stops, world.instruments);
  const builder = monitor === undefined ? stopped : withMonitor(stopped, monitor.maxTurnover, world.instruments);
  const { venue, costs } = experiment;
  if (venue === undefined || venue.borrow.length === 0) return builder;
  const borrow = borrowOf(
    venue,
    world.ids.map((id, i) => ({ id, lotSize: world.lotSizes[i] as number })),
    costs.borrowBps,
  );
  return withBorrow(builder, (i, at) => borrowTermsAt({ borrow }, i as InstrumentIx, at)?.lots ?? Number.POSITIVE_INFINITY);
}

function portfolioBuilder(experiment: Experiment, world: BuilderWorld, limits: RiskLimits): PortfolioBuilder {
  const { portfolio } = experiment;
  switch (portfolio.kind) {
    case "equal-weight":
      return createEqualWeight(portfolio);
    case "top-k":
      return createTopK({
        k: portfolio.k,
        keep: Math.max(portfolio.keep ?? portfolio.k, portfolio.k),
        invested: portfolio.invested,
        rule: weightRule(portfolio, limits.maxWeight, world),
      });
    case "long-short":
      return createLongShort(portfolio);
    case "signals":
      return createSignals(portfolio);
    case "optimize":
      return createOptimized(
        optimizedOptions(experiment, portfolio, world, limits),
        new ReturnMemory(world.steps, world.instruments, portfolio.window),
        new VolumeMemory(world.lotSizes, experiment.costs.impactBps / 1e4),
      );
    default:
      return portfolio satisfies never;
  }
}

function weightRule(
  { weights, invested }: Extract<Experiment["portfolio"], { kind: "top-k" }>,
  maxWeight: number,
  { instruments, steps }: BuilderWorld,
): WeightRule | undefined {
  if (weights === undefined) return undefined;
  const { rule, covariance, window, maxMissing } = weights;
  // What risk would cut off is shared out beforehand, or the portfolio would stand half empty.
  return createCovarianceRule(
    { rule, covariance, most: maxWeight / invested, missing: Math.floor(maxMissing * window) },
    new ReturnMemory(steps, instruments, window),
  );
}

/** One of its own for each run: it has a memory. Undefined where the experiment names no style. */
export function createExecution(
  { execution }: Experiment,
  { steps }: BuilderWorld,
  instruments: readonly Instrument[],
): ExecutionPolicy | undefined {
  return execution === undefined ? undefined : new PacedExecution(execution, instruments, steps);
}

/** What is planned right at risk's least weight would be refused once its price has fallen a little before it is bought. */
const FLOOR_MARGIN = 1.05;

function optimizedOptions(
  { costs, label }: Experiment,
  portfolio: Extract<Experiment["portfolio"], { kind: "optimize" }>,
  { steps, sectors }: BuilderWorld,
  limits: RiskLimits,
): OptimizedOptions {
  const stepsPerYear = stepsPerYearOf(steps);
  return {
    ...portfolio,
    invested: Math.min(portfolio.invested, 1 - limits.minCash, limits.maxGross),
    maxWeight: limits.maxWeight,
    minWeight: Math.max(portfolio.minWeight ?? 0, Math.min(limits.maxWeight, FLOOR_MARGIN * (limits.minWeight ?? 0))),
    missing: Math.floor(portfolio.maxMissing * portfolio.window),
    sessionTurnover: limits.maxTurnover,
    horizon: label.horizon,
    excess: label.kind === "excess",
    tradeCost: (costs.feeBps + costs.halfSpreadBps) / 1e4,
    shortCost: ((costs.borrowBps / 1e4) * label.horizon) / stepsPerYear,
    stepsPerYear,
    sectors,
  };
}

/** One of its own for each run: it remembers what positions cost. Undefined where the experiment protects none. */
export function createProtection({ protect }: Experiment, instruments: readonly Instrument[]): Protection | undefined {
  return protect === undefined ? undefined : new Protection(protect, instruments);
}

/** As many as the data have, at least 1. */
export function stepsPerYearOf(steps: readonly Session[]): number {
  const [first, last] = [steps[0], steps.at(-1)];
  const years = first === undefined || last === undefined ? 1 : (last.closeAt - first.openAt) / (365.25 * DAY_US);
  return Math.max(1, steps.length / Math.max(years, 1e-9));
}

/** The market exposure that the portfolio declares: its honest yardstick is equal weight (1) or cash (0). */
export function declaredExposure({ portfolio }: Experiment): 0 | 1 {
  return portfolio.kind === "long-short" || ("short" in portfolio && portfolio.short) ? 0 : 1;
}
