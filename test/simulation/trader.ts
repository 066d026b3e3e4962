// The stages of the engine in a simulated world: a random but deterministic trader. What it wants follows from the moment of decision and
// from what it sees, so that a session that is told its journal again decides the same.
import { PacedExecution } from "#execution/paced-execution.js";
import type { ExecutionStyle } from "#execution/style.js";
import type { EngineParts } from "#engine/engine-parts.js";
import { type BreakerLimits, NO_BREAKERS } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import { createRiskEngine } from "#risk/review.js";
import { USD, toyPlan, toyStrategy } from "#test/fixtures/toy-market.js";
import type { SimMarket } from "./market.js";

export const SIM_CASH = 200_000_000_000n;

const LIMITS: RiskLimits = { maxWeight: 0.35, minCash: 0.01, maxGross: 0.9, maxTurnover: 6, maxOrderNotional: null };

/** In every second world every limit bites; in the others the trader is free to trade much. */
export function simLimits(seed: number): RiskLimits {
  return seed % 2 === 0 ? LIMITS : { ...LIMITS, minWeight: 0.05, minCash: 0.2, maxTurnover: 1.5, maxOrderNotional: 40_000 };
}

/** In every third world small losses stop trading. */
export function simBreakers(seed: number): BreakerLimits {
  if (seed % 3 !== 0) return NO_BREAKERS;
  return { dailyLoss: 0.003, weeklyLoss: 0.008, drawdown: 0.006, positionLoss: 0.01, portfolioFloor: 0.99 };
}

/** How targets are reached: at once in two worlds of five. */
const STYLES: readonly (ExecutionStyle | null)[] = [
  null,
  { kind: "twap", bars: 3, participation: null },
  null,
  { kind: "opportunistic", bars: 3, patience: 1, participation: 0.3 },
  { kind: "pov", participation: 0.1 },
];

export function simStages(market: SimMarket, seed: number): Omit<EngineParts, "venue" | "journal"> {
  const style = STYLES[seed % STYLES.length] as ExecutionStyle | null;
  return {
    instruments: market.instruments,
    plan: toyPlan(market.instruments.length),
    strategy: toyStrategy,
    builder: {
      build: (_, { asOf, values }) => ({
        asOf,
        weights: values.map((value, i) => {
          const draw = mixed(seed, Math.floor(asOf / 1e6), i, Number.isNaN(value) ? 7 : Math.round(value * 1e6));
          if (draw < 0.25) return Number.NaN;
          return draw < 0.4 ? 0 : (draw - 0.6) * 1.4;
        }),
      }),
    },
    risk: createRiskEngine(simLimits(seed)),
    breakers: simBreakers(seed),
    execution: style === null ? undefined : new PacedExecution(style, market.instruments, market.sessions),
    baseCurrency: USD,
    startingCashMicro: SIM_CASH,
  };
}

/** Uniform in [0, 1), from the numbers alone (the finalizer of MurmurHash3). */
function mixed(...numbers: readonly number[]): number {
  let h = 0x9747b28c;
  for (const number of numbers) {
    h = Math.imul(h ^ number, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return (h >>> 0) / 2 ** 32;
}
