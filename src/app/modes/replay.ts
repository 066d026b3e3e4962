// Repeats a journal against a silent venue: the same events must lead to the same decisions, to the last order, or it fails.
import { readJournal } from "#adapters/stores/journal/journal.js";
import { TruewindError } from "#base/errors.js";
import type { Trip } from "#domain/breaker.js";
import type { EngineEvent } from "#domain/event.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import { Engine } from "#engine/engine.js";
import type { EngineParts } from "#engine/engine-parts.js";
import type { Journal } from "#ports/journal.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { ExecutionVenue, VenueCapabilities } from "#ports/venue.js";
import { SIMULATED_CAPABILITIES } from "#simulation/venue/capabilities.js";
import { createSliceCursor } from "./slice-cursor.js";

export interface ReplayReport {
  readonly events: number;
  readonly decisions: number;
  readonly orders: number;
  /** Equity at the end, base currency. */
  readonly equity: number;
  /** True when the record ends on an event whose decision it does not hold: the session was cut off before that was written or sent. */
  readonly cutOff: boolean;
}

/** Looks on while a journal is repeated; it may not act. */
export interface ReplayWatch {
  /** Within a step, before its orders leave. */
  decided(decisions: readonly RiskDecision[], cancels: readonly OrderId[]): void;
  /** After each step. */
  stepped(event: EngineEvent, engine: Engine): void;
}

/** Says nothing: what the real venue said is in the journal. */
export const silentVenue: Omit<ExecutionVenue, "capabilities"> = {
  submit() {},
  cancel() {},
  snapshot: () => Promise.resolve({ open: [], positions: [] }),
  fillsSince: () => Promise.resolve([]),
  postingsSince: () => Promise.resolve([]),
};

class Decisions implements Journal {
  readonly made: string[] = [];
  constructor(private readonly watch: ReplayWatch | undefined) {}
  event(_: EngineEvent): void {}
  decision(asOf: Micros, decisions: readonly RiskDecision[], cancels: readonly OrderId[], trips?: readonly Trip[]): void {
    this.watch?.decided(decisions, cancels);
    this.made.push(JSON.stringify({ asOf, decisions, cancels, trips }));
  }
  attribution(): void {}
  note(): void {}
  barrier(): void {}
}

export interface ReplayOptions {
  readonly path: string;
  readonly parts: Omit<EngineParts, "venue" | "journal">;
  /** Gives the rows that the journal names. */
  readonly source: MarketDataSource;
  /** Those of the recorded venue; left out, of the simulated one. */
  readonly capabilities?: VenueCapabilities | undefined;
  readonly watch?: ReplayWatch | undefined;
  /** Called every thousand events. */
  readonly onProgress?: ((events: number) => void) | undefined;
}

/** Throws `replay-differs` at the first decision that is not the recorded one. */
export async function replayJournal(options: ReplayOptions): Promise<ReplayReport> {
  const { path, parts, source, capabilities = SIMULATED_CAPABILITIES, watch, onProgress } = options;
  const decided = new Decisions(watch);
  const engine = new Engine({ ...parts, venue: { ...silentVenue, capabilities }, journal: decided });
  const cursor = createSliceCursor(source);
  let events = 0;
  let decisions = 0;
  let orders = 0;
  for (const entry of readJournal(path)) {
    if (entry.kind === "decision") {
      const recorded = JSON.stringify({ asOf: entry.asOf, decisions: entry.decisions, cancels: entry.cancels, trips: entry.trips });
      const made = decided.made.shift();
      if (made !== recorded) throw differs(decisions + 1, recorded, made);
      decisions++;
      orders += entry.decisions.filter((decision) => decision.verdict !== "refuse").length;
      continue;
    }
    if (entry.kind === "attribution" || entry.kind === "note") continue;
    const [extra] = decided.made;
    if (extra !== undefined) throw differs(decisions + 1, undefined, extra);
    const event = entry.event.kind === "rows" ? await cursor.next(entry.event) : entry.event;
    await engine.step(event);
    watch?.stepped(event, engine);
    if (++events % 1000 === 0) onProgress?.(events);
  }
  return { events, decisions, orders, equity: engine.account.equity, cutOff: decided.made.length > 0 };
}

function differs(number: number, recorded: string | undefined, made: string | undefined): TruewindError {
  const show = (text: string | undefined): string =>
    text === undefined ? "nothing" : text.length > 240 ? `${text.slice(0, 240)}...` : text;
  return new TruewindError(
    "replay-differs",
    `Decision ${number} is not the recorded one. Recorded: ${show(recorded)}. Now: ${show(made)}.`,
  );
}
