// Named scenarios as limits: what stretches of the past and shocks would do to each instrument, as known at a moment. A stretch limits nothing before it has
// ended; from then on what it did is kept for ever. State of the engine are returns alone.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError, invariant } from "#base/errors.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { Instrument } from "#domain/instrument.js";
import type { EventBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import type { Micros } from "#domain/time.js";
import type { MarketMemory } from "#ports/stages.js";
import { ReturnMemory } from "#portfolio/return-memory.js";
import { factorBetas } from "#risk/stress/factor-stress.js";
import { betaOf, standIn } from "#risk/stress/stand-in.js";
import type { Outcomes, ProspectSource } from "#risk/tail/prospect.js";
import type { RiskFile } from "./risk-schema.js";
import { FEWEST_SESSIONS, type ShockFactor, factorReturns, meanReturns, shockFactors } from "./shock-factors.js";
import { windowIn } from "./stress-window.js";

export interface StressWorld {
  readonly instruments: readonly Instrument[];
  readonly sessions: readonly Session[];
  /** Rows whose mean return is the market's. */
  readonly market: readonly number[];
}

/** Returns that the betas are of. */
export interface StressScenarios extends Pick<RiskFile["stress"], "windows" | "shocks"> {
  readonly window: number;
}

/** Sessions before a stretch in which a price is looked for that it begins with. */
const BEFORE = 5;

interface Stretch {
  readonly memory: ReturnMemory;
  /** Returns of the memory that the stretch is; all of them are `memory.allReturns`. */
  readonly length: number;
  readonly endsAt: Micros;
}

export class StressMemory implements MarketMemory {
  private readonly recent: ReturnMemory;
  private readonly stretches: readonly Stretch[];
  private readonly shocks: readonly { readonly name: string; readonly factors: readonly ShockFactor[] }[];
  /** Of the last sessions, as they were at the last look; dropped when that may have changed. */
  private look: { readonly last: number; readonly returns: readonly Float64Array[]; readonly market: Float64Array } | null = null;
  private known = new Map<string, Outcomes | null>();

  /** Throws `bad-config` for a stretch that the data do not hold, and for a shock to what they do not know. */
  constructor(
    private readonly world: StressWorld,
    private readonly asked: StressScenarios,
  ) {
    const { instruments, sessions } = world;
    this.recent = new ReturnMemory(sessions, instruments.length, asked.window);
    this.stretches = asked.windows.map((window) => stretchOf(window, sessions, instruments.length));
    this.shocks = asked.shocks.map((shock) => ({ name: shock.name, factors: shockFactors(shock, instruments) }));
  }

  /** By the name of the scenario: one outcome, of each instrument. */
  source(name: string): ProspectSource<Outcomes> {
    const window = this.asked.windows.findIndex((one) => one.name === name);
    const stretch = this.stretches[window];
    const shock = this.shocks.find((one) => one.name === name);
    invariant(stretch !== undefined || shock !== undefined, `no scenario is called ${name}`);
    return {
      at: (asOf) => {
        if (stretch !== undefined && asOf < stretch.endsAt) return NOTHING_YET;
        const { last } = this.lookAt(asOf);
        let found = this.known.get(name);
        if (found === undefined) {
          found = stretch === undefined ? this.shocked(shock?.factors ?? []) : this.stretched(stretch);
          if (last >= 0) this.known.set(name, found);
        }
        return found;
      },
    };
  }

  market(batch: EventBatch, start: number, end: number): void {
    let oldest = Number.POSITIVE_INFINITY;
    for (let row = start; row < end; row++) oldest = Math.min(oldest, batch.at[row] as number);
    const last = this.look === null ? undefined : this.world.sessions[this.look.last];
    if (last !== undefined && oldest <= last.closeAt) this.forget();
    this.recent.market(batch, start, end);
    for (const { memory, endsAt } of this.stretches) if (oldest <= endsAt) memory.market(batch, start, end);
  }

  reference(event: Split | Dividend): void {
    this.forget();
    this.recent.reference(event);
    for (const { memory } of this.stretches) memory.reference(event);
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter(1 << 12).bytes(this.recent.snapshot());
    for (const { memory } of this.stretches) writer.bytes(memory.snapshot());
    return writer.finish();
  }

  restore(snapshot: Uint8Array): void {
    this.forget();
    const reader = new ByteReader(snapshot);
    this.recent.restore(reader.bytes());
    for (const { memory } of this.stretches) memory.restore(reader.bytes());
  }

  private forget(): void {
    this.look = null;
  }

  private lookAt(asOf: Micros): NonNullable<StressMemory["look"]> {
    const last = this.recent.lastEnded(asOf);
    if (this.look?.last === last) return this.look;
    this.known = new Map();
    const { world, asked } = this;
    const whole = world.instruments.map((_, i) => this.recent.allReturns(i, asOf));
    const returns = whole.map((one) => one.subarray(Math.max(0, one.length - asked.window)));
    this.look = { last, returns, market: meanReturns(returns, world.market, returns[0]?.length ?? 0) };
    return this.look;
  }

  private shocked(factors: readonly ShockFactor[]): Outcomes | null {
    const { returns, market } = this.look as NonNullable<StressMemory["look"]>;
    if (market.length < FEWEST_SESSIONS) return null;
    const series = factors.map((factor) => factorReturns(factor, returns, market));
    if (factorBetas([], series) === null) return null;
    return oneOutcome((i) => {
      const own = returns[i] as Float64Array;
      if (!own.some(Number.isFinite)) return Number.NaN;
      const betas = factorBetas([standIn(own, market).returns], series)?.[0];
      return factors.reduce((sum, { shock }, k) => sum + shock * (betas?.[k] as number), 0);
    });
  }

  private stretched({ memory, length, endsAt }: Stretch): Outcomes | null {
    const { returns, market: lately } = this.look as NonNullable<StressMemory["look"]>;
    const whole = this.world.instruments.map((_, i) => memory.allReturns(i, endsAt));
    const then = whole.map((one) => one.subarray(Math.max(0, one.length - length)));
    const sessions = then[0]?.length ?? 0;
    if (sessions === 0) return null;
    const market = meanReturns(then, this.world.market, sessions);
    return oneOutcome((i) => {
      const own = then[i] as Float64Array;
      const filled = own.every(Number.isFinite) ? own : standIn(own, market, betaOf(returns[i] as Float64Array, lately)).returns;
      return filled.reduce((wealth, r) => wealth * (1 + r), 1) - 1;
    });
  }
}

const NOTHING = Float64Array.of(0);
const NOTHING_YET: Outcomes = { kind: "outcomes", scenarios: 1, column: () => NOTHING };

/** No price loses more than all of itself. */
function oneOutcome(of: (instrument: number) => number): Outcomes {
  const known = new Map<number, Float64Array | null>();
  return {
    kind: "outcomes",
    scenarios: 1,
    column(i) {
      let one = known.get(i);
      if (one === undefined) {
        const value = Math.max(-1, of(i));
        known.set(i, (one = Number.isFinite(value) ? Float64Array.of(value) : null));
      }
      return one;
    },
  };
}

function stretchOf(window: RiskFile["stress"]["windows"][number], sessions: readonly Session[], instruments: number): Stretch {
  const dates = sessions.map(({ date }) => date);
  const found = windowIn(window, dates);
  if (found === null || found.last < 1)
    throw new TruewindError(
      "bad-config",
      `The stress window "${window.name}" is to limit losses and lies outside the data, which begin on ${dates[0]} and end on ${dates.at(-1)}: take its maxLoss and alertLoss out, or choose days that the data hold.`,
    );
  const { first, last } = found;
  // A return needs the price before it: the first session of all has none.
  const begins = Math.max(first, 1);
  const kept = Math.max(0, begins - 1 - BEFORE);
  const steps = sessions.slice(kept, last + 1);
  return {
    memory: new ReturnMemory(steps, instruments, steps.length - 1),
    length: last - begins + 1,
    endsAt: (sessions[last] as Session).closeAt,
  };
}
