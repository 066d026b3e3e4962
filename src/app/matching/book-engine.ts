// The engine of every other mode on a recorded book: the same step, risk, journal and order desk. What it wants is what somebody wrote down: so many lots
// more from a moment on; how they are reached is the style's.
import type { TimerFired } from "#domain/event.js";
import type { Instrument } from "#domain/instrument.js";
import type { IsoDate, Micros } from "#domain/time.js";
import { utcDate } from "#domain/time.js";
import type { Session } from "#domain/session.js";
import { Engine } from "#engine/engine.js";
import { PacedExecution } from "#execution/paced-execution.js";
import { Protection, type ProtectionOptions } from "#execution/protection.js";
import type { ExecutionStyle } from "#execution/style.js";
import { compileFeatures } from "#features/plan/compile.js";
import type { DrivenVenue } from "#ports/driven-venue.js";
import type { Journal } from "#ports/journal.js";
import type { EngineParts } from "#engine/engine-parts.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import type { RiskLimits } from "#risk/limits.js";
import { createRiskEngine } from "#risk/review.js";
import { createIndifferentStrategy } from "#strategy/no-signals.js";

/** Steps of equal length, without a gap: what a style counts. */
export interface Steps {
  /** Start of the first, Micros. */
  readonly from: number;
  readonly everyUs: number;
  readonly count: number;
}

/** At the end of a step: so many lots (signed) more than are held then are wanted. What an earlier one left undone is wanted no more. */
export interface Decision {
  readonly step: number;
  readonly lots: number;
}

/** The account's own money, bought or sold short, and no more; the order itself is nobody's to shorten. */
export const BOOK_LIMITS: RiskLimits = { maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: Number.MAX_VALUE, maxOrderNotional: null };

/** Steps between two marks. */
const MARK_EVERY = 60;

export interface BookEngineParts {
  readonly instrument: Instrument;
  readonly steps: Steps;
  /** In order. */
  readonly decisions: readonly Decision[];
  /** Null: at once, at the market. */
  readonly style: ExecutionStyle | null;
  /** What ends positions between decisions; null: nothing. */
  readonly protection: ProtectionOptions | null;
  readonly cashMicro: bigint;
}

/** All but venue and journal: what a replay needs as well. */
export function bookEngineParts({
  instrument,
  steps,
  decisions,
  style,
  protection,
  cashMicro,
}: BookEngineParts): Omit<EngineParts, "venue" | "journal"> {
  return {
    instruments: [instrument],
    plan: compileFeatures([], { instruments: 1, tradable: Uint8Array.of(1), minHistory: 0, filters: [], priceBasis: "raw" }),
    strategy: createIndifferentStrategy(),
    builder: writtenTarget(steps, decisions),
    risk: createRiskEngine(BOOK_LIMITS),
    execution: style === null ? undefined : new PacedExecution(style, [instrument], sessionsOf(steps)),
    protection: protection === null ? undefined : new Protection(protection, [instrument]),
    baseCurrency: instrument.currency,
    startingCashMicro: cashMicro,
  };
}

export function createBookEngine(parts: BookEngineParts, venue: DrivenVenue, journal: Journal): Engine {
  return new Engine({ ...bookEngineParts(parts), venue, journal });
}

/** A timer at the end of each step, and a mark before it now and then, and at the last. */
export function* timersOf({ from, everyUs, count }: Steps, decisions: readonly Decision[]): Generator<TimerFired, void> {
  const decided = new Set(decisions.map(({ step }) => step));
  for (let step = 0; step < count; step++) {
    const at = (from + (step + 1) * everyUs) as Micros;
    const timer = (name: TimerFired["name"]): TimerFired => ({ kind: "timer", name, at, seenAt: at, since: 0 as Micros });
    if (step % MARK_EVERY === MARK_EVERY - 1 || step === count - 1) yield timer("mark");
    yield timer(decided.has(step) ? "decide" : "reconcile");
  }
}

function sessionsOf({ from, everyUs, count }: Steps): readonly Session[] {
  return Array.from({ length: count }, (_, step) => {
    const openAt = (from + step * everyUs) as Micros;
    return { date: utcDate(openAt) satisfies IsoDate, openAt, closeAt: (openAt + everyUs) as Micros, early: false };
  });
}

/** Half a lot is added, so that rounding to whole lots gives those that were written down. */
function writtenTarget({ from, everyUs }: Steps, decisions: readonly Decision[]): PortfolioBuilder {
  const wanted = new Map(decisions.map(({ step, lots }) => [from + (step + 1) * everyUs, lots]));
  return {
    build: ({ asOf }, _, view) => {
      const lots = (view.lots[0] as number) + (wanted.get(asOf) ?? Number.NaN);
      const weight = ((lots + Math.sign(lots) / 2) * (view.lotValue[0] as number)) / view.equity;
      return { asOf, weights: Float64Array.of(lots === 0 ? 0 : weight) };
    },
  };
}
