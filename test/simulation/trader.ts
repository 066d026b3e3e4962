// The stages of the engine in a simulated world: a random but deterministic trader. What it wants follows from the moment of decision and
// from what it sees, so that a session that is told its journal again decides the same.
import { PacedExecution } from "#execution/paced-execution.js";
import { Protection } from "#execution/protection.js";
import type { EngineParts } from "#engine/engine-parts.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { withMonitor } from "#portfolio/monitored.js";
import { withBorrow } from "#portfolio/borrowable.js";
import { borrowTermsAt } from "#simulation/venue/rules.js";
import { createReviewer } from "#app/config/parts.js";
import type { PortfolioBuilder, RiskEngine } from "#ports/stages.js";
import { createRiskEngine } from "#risk/review.js";
import { USD, toyPlan, toyStrategy } from "#test/fixtures/toy-market.js";
import type { SimMarket } from "./market.js";
import { mixed } from "./mixed.js";
import { type Optimized, guesses, optimizer } from "./portfolio-law.js";
import { mixKinds } from "./order-kinds.js";
import type { Setting } from "./setting.js";

export const SIM_CASH = 200_000_000_000n;

export function simStages(market: SimMarket, seed: number, setting: Setting): Omit<EngineParts, "venue" | "journal"> {
  const { style, mixes } = setting;
  const { instruments } = market;
  const risk = reviewer(market, setting);
  return {
    instruments,
    plan: toyPlan(instruments.length),
    strategy: setting.optimized === null ? toyStrategy : guesses(seed),
    builder: lending(market, setting.optimized === null ? chance(seed, setting) : solved(market, setting.optimized, setting)),
    risk: mixes ? mixKinds(risk, seed, instruments) : risk,
    breakers: setting.breakers,
    stages: setting.stages,
    execution: style === null ? undefined : new PacedExecution(style, instruments, market.sessions),
    protection: setting.protection === null ? undefined : new Protection(setting.protection, instruments),
    baseCurrency: USD,
    startingCashMicro: SIM_CASH,
  };
}

/** Random weights; between decisions one name is brought to zero, enlarged or made smaller, and the others stay as they are. */
function chance(seed: number, { adjusts }: Setting): PortfolioBuilder {
  return {
    build: (_, { asOf, values }) => ({
      asOf,
      weights: values.map((value, i) => {
        const draw = mixed(seed, Math.floor(asOf / 1e6), i, Number.isNaN(value) ? 7 : Math.round(value * 1e6));
        if (draw < 0.25) return Number.NaN;
        return draw < 0.4 ? 0 : (draw - 0.6) * 1.4;
      }),
    }),
    ...(adjusts && {
      adjust: (asOf, _since, _view, desired) => {
        const i = Math.floor(mixed(seed, Math.floor(asOf / 1e6), 77) * desired.length);
        desired[i] = Math.trunc((desired[i] as number) * 1.5 * mixed(seed, Math.floor(asOf / 1e6), 78));
        return undefined;
      },
    }),
  };
}

function solved(market: SimMarket, asked: Optimized, { adjusts }: Setting): PortfolioBuilder {
  const builder = optimizer(market, asked);
  return adjusts ? withMonitor(builder, 0.1, market.instruments.length) : builder;
}

/** As production asks for no more than can be borrowed. */
function lending({ rules }: SimMarket, builder: PortfolioBuilder): PortfolioBuilder {
  if (rules === null) return builder;
  return withBorrow(builder, (i, at) => borrowTermsAt(rules, i as InstrumentIx, at)?.lots ?? Number.POSITIVE_INFINITY);
}

/** As production makes it; what it looks at was told of the sessions before. */
function reviewer({ instruments, earlier }: SimMarket, { limits, breakers, losses }: Setting): RiskEngine {
  if (losses === null) return createRiskEngine(limits);
  const { sessions, steps, slices } = earlier;
  const universe = { instruments, sessions, tradable: new Uint8Array(instruments.length).fill(1), benchmark: null };
  const risk = createReviewer({ profile: "world", limits, breakers, ...losses }, { steps }, universe);
  for (const { batch, start, end } of slices) risk.memory?.market(batch, start, end);
  return risk;
}
