// The optimized portfolio of a world, as production makes it, and the law of its targets: within the bounds of the day, measured from what is held.
import type { PortfolioBuilder, Strategy } from "#ports/stages.js";
import { createOptimized } from "#portfolio/optimized.js";
import { type ObjectiveName, type OptimizedOptions, objectiveNames } from "#portfolio/optimized-options.js";
import { ReturnMemory } from "#portfolio/return-memory.js";
import { withStops } from "#portfolio/stops.js";
import { VolumeMemory } from "#portfolio/volume-memory.js";
import { DAY_US } from "#domain/time.js";
import type { Book } from "./book.js";
import type { SimMarket } from "./market.js";
import { mixed } from "./mixed.js";

/** Returns of the window. */
const WINDOW = 20;

export interface Optimized {
  readonly options: Omit<OptimizedOptions, "sectors">;
  /** Ends what went wrong, at decisions. */
  readonly stops: boolean;
}

export function optimizedBy(
  draw: (what: string) => number,
  limits: { readonly maxWeight: number; readonly maxTurnover: number },
): Optimized {
  const objective = objectiveNames[Math.floor(draw("objective") * objectiveNames.length)] as ObjectiveName;
  const short =
    draw("short") < 0.3 && objective !== "maximum-diversification" && objective !== "minimum-variance" && objective !== "minimum-cvar";
  return {
    stops: draw("stops") < 0.4,
    options: {
      objective,
      covariance: "ledoit-wolf",
      riskAversion: 5,
      invested: 0.75,
      short,
      maxWeight: limits.maxWeight,
      doubt: 0,
      maxNames: draw("names") < 0.3 ? 2 : null,
      minWeight: draw("least") < 0.5 ? 0.06 : 0,
      missing: 3,
      neutral: null,
      maxTurnover: draw("turnover") < 0.6 ? 0.4 : null,
      sessionTurnover: limits.maxTurnover,
      maxSector: null,
      beta: null,
      cvarLevel: 0.9,
      volatilityTarget: draw("calm") < 0.3 ? 0.06 : null,
      lookahead: null,
      fallback: objective === "minimum-variance" ? ["hold"] : ["minimum-variance", "hold"], // its own name says that the budget was kept
      horizon: 2,
      excess: false,
      tradeCost: 0.0008,
      shortCost: 0,
      stepsPerYear: 252,
    },
  };
}

export function optimizer({ instruments, earlier }: SimMarket, { options, stops }: Optimized): PortfolioBuilder {
  const names = instruments.length;
  const lots = instruments.map(({ lotSize }) => lotSize);
  const plain = createOptimized(
    { ...options, sectors: instruments.map(() => null) },
    new ReturnMemory(earlier.steps, names, WINDOW),
    new VolumeMemory(lots, 0.002),
  );
  const stopped = { fixed: 0.006, trailing: 0.008, atr: 2, atrBars: 5, time: 12, pause: 1, lossPerName: 0.004 };
  const builder = stops ? withStops(plain, stopped, names) : plain;
  for (const { batch, start, end } of earlier.slices) builder.memory?.market(batch, start, end);
  return builder;
}

/** Expects anything of any name, or has no opinion. */
export function guesses(seed: number): Strategy {
  return {
    name: "guesses",
    decide: (frame) => ({
      asOf: frame.asOf,
      expectedReturn: frame.values.map((value, i) => {
        const draw = mixed(seed, Math.floor(frame.asOf / 1e6), i, 55);
        return Number.isNaN(value) || draw < 0.1 ? Number.NaN : (draw - 0.5) * 0.02;
      }),
      uncertainty: frame.values.map(() => 0.004),
      confidence: null,
      horizonUs: DAY_US,
      model: "guesses",
    }),
  };
}

/** What is wrong with lots that a decision has just come to want, in words; `weights`: NaN for what stays as it is. `budgeted`: within a turnover. */
export function brokenPortfolio(
  book: Book,
  options: Optimized["options"],
  weights: Float64Array,
  wanted: Float64Array,
  budgeted: boolean,
): string | null {
  const equity = Math.min(book.equity, book.capital);
  const { maxWeight, short, invested, maxTurnover, sessionTurnover } = options;
  let [size, sizeHeld, trades, closing, close] = [0, 0, 0, 0, 1e-4];
  for (let i = 0; i < wanted.length; i++) {
    const lot = (book.price[i] as number) / equity;
    if (Number.isNaN(lot)) continue;
    close += lot;
    const [weight, held] = [(wanted[i] as number) * lot, (book.lots[i] as number) * lot];
    const isNew = !Number.isNaN(weights[i]);
    size += Math.abs(isNew ? weight : held);
    sizeHeld += Math.abs(held);
    if (!isNew) continue;
    trades += Math.abs(weight - held);
    if (wanted[i] === 0) closing += Math.abs(held);
    if (weight > Math.max(maxWeight, held) + close || weight < Math.min(short ? -maxWeight : 0, held) - close)
      return `${wanted[i]} lots of ${i} are ${weight} of equity, and ${held} are held`;
  }
  if (size > Math.max(invested, sizeHeld) + close) return `${size} of equity is wanted, ${sizeHeld} is held, and ${invested} may be`;
  const left = Math.max(0, (sessionTurnover * Math.min(book.marked, book.capital) - book.traded) / equity);
  const most = Math.max(closing, Math.min(maxTurnover ?? Number.POSITIVE_INFINITY, left));
  if (budgeted && trades > most + close) return `${trades} of equity is to be traded, and ${most} may be`;
  return null;
}
