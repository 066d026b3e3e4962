// From the experiment's words to the parts that act on them.
import type { Experiment } from "./experiment.js";
import { utcMidnight } from "#domain/time.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { createEqualWeight } from "#portfolio/equal-weight.js";
import { createLongShort } from "#portfolio/long-short.js";
import { createSignals } from "#portfolio/signals.js";
import { createTopK } from "#portfolio/top-k.js";
import type { CostModel } from "#simulation/venue/costs.js";

export function toCostModel({ costs }: Experiment): CostModel {
  const steps = [...costs.cashRate].sort((a, b) => (a.from < b.from ? -1 : 1));
  return {
    feeBps: costs.feeBps,
    halfSpreadBps: costs.halfSpreadBps,
    impactBps: costs.impactBps,
    participation: costs.participation,
    borrowBps: costs.borrowBps,
    cashRate: steps.map(({ from, rate }) => ({ from: utcMidnight(from), rate })),
    latencyUs: Math.round(costs.latencyMs * 1000),
  };
}

export function createBuilder({ portfolio }: Experiment): PortfolioBuilder {
  switch (portfolio.kind) {
    case "equal-weight":
      return createEqualWeight(portfolio);
    case "top-k":
      return createTopK({ k: portfolio.k, keep: Math.max(portfolio.keep ?? portfolio.k, portfolio.k), invested: portfolio.invested });
    case "long-short":
      return createLongShort(portfolio);
    case "signals":
      return createSignals(portfolio);
    default:
      return portfolio satisfies never;
  }
}

/** The market exposure that the portfolio declares: its honest yardstick is equal weight (1) or cash (0). */
export function declaredExposure({ portfolio }: Experiment): 0 | 1 {
  return portfolio.kind === "long-short" || (portfolio.kind === "signals" && portfolio.short) ? 0 : 1;
}
