// Accounts that a paper session keeps beside its own, on the same rows and costs: equal weight of the universe, and the benchmark where one is
// named. They are not journaled: they follow from the same rows, and their state is part of the session's snapshot.
import type { Currency } from "#domain/instrument.js";
import type { TimerFired } from "#domain/event.js";
import { Engine } from "#engine/engine.js";
import { restoreEngine, snapshotEngine } from "#engine/snapshot.js";
import type { CostModel } from "#simulation/venue/costs.js";
import type { QuoteTerms } from "#simulation/venue/quotes.js";
import type { VenueState } from "#simulation/venue/state.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import type { Experiment } from "../config/experiment.js";
import { createExecution } from "../config/parts.js";
import { venueRules } from "../config/venue-rules.js";
import { type Deciding, buyAndHoldParts, equalWeightParts } from "./accounts.js";
import { type AccountDrive, DRIVE_START, type DrivePosition } from "./drive.js";
import { OrderLog } from "./order-log.js";
import { type MarkRow, markRow } from "./recorder.js";
import { builderWorld } from "./study.js";
import type { Universe } from "./universe.js";

export interface ShadowState {
  readonly position: DrivePosition;
  /** Base64. */
  readonly engine: string;
  readonly venue: VenueState;
  readonly rows: readonly MarkRow[];
}

export interface Shadow {
  readonly venue: SimulatedVenue;
  readonly drive: AccountDrive;
  /** One per mark so far. */
  readonly rows: readonly MarkRow[];
  /** As it was at that many marks; only where `keeps` said so, once. */
  stateAt(marks: number): ShadowState;
}

export interface ShadowParts {
  readonly experiment: Experiment;
  readonly universe: Universe;
  readonly costs: CostModel;
  /** Null: orders meet bars. */
  readonly quotes: QuoteTerms | null;
  readonly timers: () => Iterator<TimerFired, void>;
  readonly live: boolean;
  /** Whether a state is wanted at that many marks. */
  readonly keeps: (marks: number) => boolean;
}

/** Equal weight first, then the benchmark where there is one. `from`: their states, in this order; null begins anew. */
export function createShadows(parts: ShadowParts, from: readonly ShadowState[] | null): readonly Shadow[] {
  const { benchmark } = parts.universe;
  const deciding = [equalWeightParts(parts), ...(benchmark === null ? [] : [buyAndHoldParts(parts, benchmark)])];
  return deciding.map((account, i) => createShadow(parts, account, from?.[i] ?? null));
}

function createShadow(
  { experiment, universe, costs, quotes, timers, live, keeps }: ShadowParts,
  account: Deciding,
  from: ShadowState | null,
): Shadow {
  const baseCurrency = experiment.account.currency as Currency;
  const startingCashMicro = BigInt(Math.round(experiment.account.cash * 1e6));
  const rules = venueRules(experiment, universe, costs);
  const { instruments } = universe;
  const venue = new SimulatedVenue(instruments, baseCurrency, startingCashMicro, costs, rules, quotes);
  const engine = new Engine({
    ...account,
    execution: createExecution(experiment, builderWorld(universe), universe.instruments),
    instruments: universe.instruments,
    venue,
    journal: new OrderLog(null),
    baseCurrency,
    startingCashMicro,
  });
  const rows: MarkRow[] = [];
  if (from !== null) {
    restoreEngine(engine, Buffer.from(from.engine, "base64"));
    venue.load(from.venue);
    rows.push(...from.rows);
  }
  const kept = new Map<number, ShadowState>();
  return {
    venue,
    rows,
    drive: {
      engine,
      venue,
      references: universe.told,
      timers: timers(),
      from: from?.position ?? DRIVE_START,
      live,
      onMark: (timer, position) => {
        rows.push(markRow(timer.seenAt, engine, venue));
        if (!keeps(rows.length)) return;
        const bytes = Buffer.from(snapshotEngine(engine)).toString("base64");
        kept.set(rows.length, { position, engine: bytes, venue: venue.save(), rows: [...rows] });
      },
    },
    stateAt(marks) {
      const state = kept.get(marks) as ShadowState;
      kept.delete(marks);
      return state;
    },
  };
}
