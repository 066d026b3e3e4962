// The portfolio that an optimizer finds at each decision, from signals, past returns, what is held and what trading costs.
import type { Signals, TargetPortfolio } from "#domain/signal.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { AnswerLog, joinMemories } from "./builder-memory.js";
import { type ReturnsPanel, returnsPanel } from "./covariance/panel.js";
import { type Candidates, candidatesOf } from "./candidates.js";
import { FeatureColumns, neutralLimits } from "./neutrality.js";
import { chosen, objectiveOf, riskOf } from "./objectives.js";
import { type FallbackStep, firstAnswer } from "./optimization/fallback.js";
import { meanVariance } from "./optimization/mean-variance.js";
import type { LinearLimit, OptimizedPortfolio, PortfolioLimits } from "./optimization/portfolio-problem.js";
import { volatilityScale } from "./optimization/position-scale.js";
import type { OptimizedOptions } from "./optimized-options.js";
import type { ReturnMemory } from "./return-memory.js";
import type { VolumeMemory } from "./volume-memory.js";
import { factorCount } from "./weight-rule.js";

/**
 * Candidates are members of whose window enough is known and, where signals count, that have an opinion. What else is held is closed, or left as it
 * is where it has no fresh bar or its risk is not known. Drift above a limit forces no trade: it only may not grow. Between decisions nothing but
 * the optimizer trades: it puts to work what pays for its costs, within the budget, and where it has no answer all stays.
 */
export function createOptimized(options: OptimizedOptions, returns: ReturnMemory, volumes?: VolumeMemory): PortfolioBuilder {
  const log = new AnswerLog();
  const neutral = options.neutral ?? { to: [], features: [], tolerance: 0 };
  const features = new FeatureColumns(neutral.features, options.sectors.length);
  const asked = neutral.features.length > 0;
  return {
    memory: joinMemories([returns, log, ...(volumes === undefined ? [] : [volumes]), ...(asked ? [features] : [])]),
    answers: () => log.all,
    build(signals, frame, view, within): TargetPortfolio {
      if (asked) features.remember(frame);
      const found = candidatesOf(options, signals, frame, view, returns, within);
      const { weights, rows, series } = found;
      if (rows.length === 0) return { asOf: signals.asOf, weights };
      const impact = Float64Array.from(rows, (row) => volumes?.costOf(row, view) ?? 0);
      const traded = rows.map((row) => volumes?.tradedOf(row, view) ?? Number.NaN);
      const factors = factorCount(rows.length);
      const bets = neutralLimits(neutral, { rows, series, sectors: options.sectors, traded, factors, features });
      const best = firstAnswer(stepsOf(within === undefined ? options : { ...options, fallback: [] }, found, bets, signals, impact));
      log.note(best);
      rows.forEach((row, i) => (weights[row] = best.weights?.[i] ?? Number.NaN));
      if (best.weights === null) weights.fill(Number.NaN);
      const { step, failed, gap } = best;
      return { asOf: signals.asOf, weights, answer: { step, failed, ...(gap === null ? {} : { gap }) } };
    },
  };
}

function stepsOf(
  options: OptimizedOptions,
  found: Candidates,
  bets: readonly LinearLimit[],
  signals: Signals,
  impact: Float64Array,
): readonly FallbackStep[] {
  const panel: ReturnsPanel = returnsPanel(found.series);
  const risk = riskOf(options, panel);
  const { held } = found;
  // Less is invested where the deviation would be above its target, and what to hold of less is asked anew: within the turnover from what is held.
  const calmed = (ask: (limits: PortfolioLimits) => OptimizedPortfolio, limits: PortfolioLimits): OptimizedPortfolio => {
    const one = ask(limits);
    if (one.weights === null || options.volatilityTarget === null) return one;
    const target = options.volatilityTarget * Math.sqrt(options.horizon / options.stepsPerYear);
    const scale = volatilityScale(risk, one.weights, target, 1);
    return scale === 1 ? one : ask(scaledLimits(limits, scale, one.weights, held));
  };
  const best = objectiveOf(options, found, signals, panel, risk, impact);
  const under = (linear: readonly LinearLimit[]): OptimizedPortfolio =>
    calmed(best, { ...found.limits, linear: [...(found.limits.linear ?? []), ...linear] });
  const plain: PortfolioLimits = { low: found.limits.low, high: found.limits.high, budget: found.limits.budget };
  const steps: FallbackStep[] = [{ name: options.objective, solve: () => under(bets) }];
  // A bet that the market has made of what is held takes more turnover to undo than there may be: it may stay, and not grow.
  if (bets.length > 0 && found.limits.turnover !== undefined)
    steps.push({ name: `${options.objective} with the bets held`, solve: () => under(bets.map((bet) => widened(bet, held))) });
  for (const name of options.fallback) {
    if (name === "hold") steps.push({ name, solve: null });
    else if (name === "minimum-variance") {
      const least = chosen(options, held, (limits) => meanVariance({ risk, riskAversion: 1, held, limits }));
      steps.push({ name, solve: () => calmed(least, plain) });
    } else {
      const weights = equalWeights(options, found);
      steps.push({ name, solve: () => ({ status: "optimal", weights, objective: 0, gap: 0, iterations: 0, broken: [] }) });
    }
  }
  return steps;
}

function widened(bet: LinearLimit, held: Float64Array): LinearLimit {
  const there = held.reduce((sum, weight, i) => sum + weight * (bet.exposure[i] as number), 0);
  return { ...bet, low: Math.min(bet.low, there), high: Math.max(bet.high, there) };
}

/** Of all, or of as many as there may be and as are worth holding: what is held most comes first. */
function equalWeights({ maxWeight, maxNames, minWeight }: OptimizedOptions, { rows, budget, held }: Candidates): Float64Array {
  const worth = minWeight > 0 ? Math.floor(budget / minWeight + 1e-9) : rows.length;
  const count = Math.min(rows.length, maxNames ?? rows.length, worth);
  const order = [...rows.keys()].sort((a, b) => (held[b] as number) - (held[a] as number) || a - b);
  const weights = new Float64Array(rows.length);
  for (const i of order.slice(0, count)) weights[i] = Math.min(maxWeight, budget / count);
  return weights;
}

/** For so much less than `weights` in all, as near to it as the turnover allows. */
function scaledLimits(limits: PortfolioLimits, scale: number, weights: Float64Array, held: Float64Array): PortfolioLimits {
  const total = (values: Float64Array, of: (value: number) => number): number => values.reduce((sum, value) => sum + of(value), 0);
  const reach = limits.turnover ?? Number.POSITIVE_INFINITY;
  const [net, size] = [scale * total(weights, Number), scale * total(weights, Math.abs)];
  const [netHeld, sizeHeld] = [total(held, Number), total(held, Math.abs)];
  return {
    ...limits,
    budget: { low: Math.min(net, netHeld + reach), high: Math.max(net, netHeld - reach) },
    ...(limits.gross === undefined ? {} : { gross: Math.max(size, sizeHeld - reach) }),
  };
}
