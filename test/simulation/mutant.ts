// A deliberate bug, and the seams at which one is planted into the stack under test.
import type { Disk } from "#adapters/stores/journal/disk.js";
import type { FileJournal } from "#adapters/stores/journal/journal.js";
import type { QuoteBatch } from "#domain/market.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Engine } from "#engine/engine.js";
import type { EngineParts } from "#engine/engine-parts.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import type { ExecutionVenue } from "#ports/venue.js";
import type { RiskLimits } from "#risk/limits.js";
import type { FaultKind } from "./faults.js";
import type { VenueRules } from "#simulation/venue/rules.js";
import type { Setting } from "./setting.js";
import type { SimRules } from "./venue-law.js";

export interface Mutant {
  /** What the code does wrong. */
  readonly bug: string;
  /** Faults under which it is looked for. */
  readonly kinds: readonly FaultKind[];
  /** Of the worlds in which it is looked for. */
  readonly setting?: Partial<Setting>;
  readonly disk?: (disk: Disk) => Disk;
  readonly risk?: (risk: EngineParts["risk"], limits: RiskLimits) => EngineParts["risk"];
  readonly builder?: (builder: PortfolioBuilder) => PortfolioBuilder;
  /** What the exchange takes its rules for. */
  readonly rules?: (rules: SimRules) => VenueRules;
  readonly quotes?: (batch: QuoteBatch) => QuoteBatch;
  /** What the portfolio takes them for. */
  readonly asked?: (rules: SimRules) => SimRules;
  readonly venue?: (venue: ExecutionVenue, engine: () => Engine | null) => ExecutionVenue;
  /** Alters the engine and the journal of a process that is about to trade. */
  readonly started?: (engine: Engine, journal: FileJournal) => void;
}

/** The venue with some of its methods replaced. */
export function venueWith(venue: ExecutionVenue, methods: Partial<ExecutionVenue>): ExecutionVenue {
  return {
    capabilities: venue.capabilities,
    submit: (order) => venue.submit(order),
    cancel: (id) => venue.cancel(id),
    snapshot: () => venue.snapshot(),
    fillsSince: (at) => venue.fillsSince(at),
    postingsSince: (at) => venue.postingsSince(at),
    ...methods,
  };
}

/** The view with other totals of working orders. */
export function seenAs(view: PortfolioView, buys: Float64Array, sells: Float64Array): PortfolioView {
  return Object.create(view, { workingBuys: { value: buys }, workingSells: { value: sells } }) as PortfolioView;
}
