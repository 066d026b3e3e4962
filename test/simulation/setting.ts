// What a simulated world is like besides its market and its faults: which limits bite, which stages of the engine are there, what its orders are.
// All of it follows from the seed, and each part is independent of the others.
import { createRng } from "#base/rng.js";
import type { ExecutionStyle } from "#execution/style.js";
import type { ProtectionOptions } from "#execution/protection.js";
import type { ResolvedRisk } from "#app/config/risk-limits.js";
import type { IsoDate } from "#domain/time.js";
import { type BreakerLimits, NO_BREAKERS } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import type { CapitalStage } from "#risk/stages.js";
import { type RiskMethod, riskMethods } from "#risk/measures/every-method.js";
import { NO_PROTECTION } from "#test/fixtures/toy-look-back.js";

import { type Optimized, optimizedBy } from "./portfolio-law.js";

/** Limits on what the whole account may lose, as a risk file says them. */
export type Losses = Pick<ResolvedRisk, "tail" | "stress">;

export interface Setting {
  readonly limits: RiskLimits;
  readonly breakers: BreakerLimits;
  readonly stages: readonly CapitalStage[];
  readonly style: ExecutionStyle | null;
  readonly protection: ProtectionOptions | null;
  readonly losses: Losses | null;
  /** The portfolio is the answer of an optimizer; null: random weights. */
  readonly optimized: Optimized | null;
  /** Interest and fees for borrowed shares are posted each evening. */
  readonly financed: boolean;
  /** The venue halts names, lends no more than its lists say, and has longs and shorts pay each other. */
  readonly ruled: boolean;
  /** Orders in some names meet quotes in place of bars. */
  readonly quoted: boolean;
  /** Shares split, pay dividends and leave the market. */
  readonly acts: boolean;
  /** The portfolio is asked between decisions, too. */
  readonly adjusts: boolean;
  /** Orders are of every kind: stops, trailing, IOC, FOK, day, post-only, reduce-only, brackets. */
  readonly mixes: boolean;
}

const LIMITS: RiskLimits = { maxWeight: 0.35, minCash: 0.01, maxGross: 0.9, maxTurnover: 6, maxOrderNotional: null };
const NARROW: RiskLimits = { ...LIMITS, minWeight: 0.05, minCash: 0.2, maxTurnover: 1.5, maxOrderNotional: 40_000 };
const BREAKERS: BreakerLimits = { dailyLoss: 0.003, weeklyLoss: 0.008, drawdown: 0.006, positionLoss: 0.01, portfolioFloor: 0.99 };

/** How targets are reached: at once in two worlds of seven. */
const STYLES: readonly (ExecutionStyle | null)[] = [
  null,
  { kind: "twap", bars: 3, participation: null },
  { kind: "vwap", bars: 3, participation: 0.3 },
  null,
  { kind: "opportunistic", bars: 3, patience: 1, participation: 0.3 },
  { kind: "pov", participation: 0.1 },
  { kind: "shortfall", bars: 4, urgency: 1.5, participation: 0.3 },
];

/** Now the fraction beside it is nearer, now the range. */
const RANGED: Pick<ProtectionOptions, "stopLossAtr" | "takeProfitAtr" | "trailingAtr" | "atrBars"> = {
  stopLossAtr: 0.6,
  takeProfitAtr: 0.9,
  trailingAtr: 0.9,
  atrBars: 3,
};

/** All the ways in which what guards a position is placed. */
export const EXITS: ProtectionOptions = { ...NO_PROTECTION, ...RANGED, stopLoss: 0.004, takeProfit: 0.006, trailing: 0.006, time: 3 };

export const STAGES: readonly CapitalStage[] = [
  { name: "small", amount: 50_000 },
  { name: "half", amount: 100_000 },
  { name: "all", amount: null },
];

/** The week that ends with the world's first session, and one of long before. */
const STRESS: NonNullable<Losses["stress"]> = {
  window: 62,
  windows: [
    { name: "a week of long ago", from: "1970-01-20" as IsoDate, to: "1970-01-26" as IsoDate, maxLoss: 0.006 },
    { name: "this week", from: "1970-03-07" as IsoDate, to: "1970-03-12" as IsoDate, maxLoss: 0.008 },
  ],
  shocks: [{ name: "market down a twentieth", market: -0.05, maxLoss: 0.02 }],
};

/** `window`: 66 is more than was seen before the world begins, where history is filtered. Which of the limits there are is drawn. */
export function lossesBy(method: RiskMethod, draw: (what: string) => number): Losses {
  const asked = (what: string, most: number): number | null => (draw(what) < 0.6 ? most * (0.5 + draw(`${what}/size`)) : null);
  const tail = { maxVar: asked("var", 0.004), maxEs: asked("shortfall", 0.006), maxStressLoss: asked("worst", 0.008) };
  const { windows, shocks, window } = STRESS;
  const stress = { window, windows: windows.filter(({ name }) => draw(name) < 0.4), shocks: draw("shock") < 0.4 ? shocks : [] };
  const horizon = draw("horizon") < 0.7 || method === "filtered-historical" ? 1 : 2;
  const length = draw("window") < 0.7 ? 30 : 66;
  return {
    tail: Object.values(tail).every((most) => most === null) ? null : { method, level: 0.95, horizon, window: length, ...tail },
    ...(stress.windows.length + stress.shocks.length === 0 ? {} : { stress }),
  };
}

/** Two thousand draws in each process that starts: the dearest method is in fewer worlds than any other. */
const METHODS: readonly RiskMethod[] = [...riskMethods, ...riskMethods.filter((method) => method !== "monte-carlo")];

export function settingOf(seed: number): Setting {
  const rng = createRng(`setting/${seed}`);
  const chance = (label: string, share: number): boolean => rng.fork(label).next() < share;
  const protects = chance("protection", 0.3);
  const ranged = chance("ranged", 0.5);
  const exits: ProtectionOptions = {
    ...NO_PROTECTION,
    stopLoss: 0.004,
    takeProfit: chance("take-profit", 0.7) ? 0.006 : null,
    trailing: chance("trailing", 0.4) ? 0.006 : null,
    time: chance("time", 0.35) ? 3 : null,
    ...(ranged && RANGED),
  };
  const limits = seed % 2 === 0 ? LIMITS : NARROW;
  return {
    limits,
    breakers: seed % 3 === 0 ? BREAKERS : NO_BREAKERS,
    stages: chance("stages", 0.25) ? STAGES : [],
    style: STYLES[seed % STYLES.length] as ExecutionStyle | null,
    protection: protects ? exits : null,
    losses: chance("losses", 0.25)
      ? lossesBy(METHODS[rng.fork("method").int(METHODS.length)] as RiskMethod, (what) => rng.fork(`losses/${what}`).next())
      : null,
    optimized: chance("optimized", 0.1) ? optimizedBy((what) => rng.fork(`optimized/${what}`).next(), limits) : null,
    financed: seed % 4 === 0,
    ruled: chance("ruled", 0.3),
    quoted: chance("quoted", 0.15),
    acts: chance("acts", 0.35),
    adjusts: chance("adjusts", 0.3),
    mixes: !protects && chance("mixes", 0.4),
  };
}
