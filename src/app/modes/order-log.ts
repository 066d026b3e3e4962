// A journal that only counts: orders and their hash (the golden number of a run), and what risk did to them.
import { createHash } from "node:crypto";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { Trip } from "#domain/breaker.js";
import type { EngineEvent } from "#domain/event.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { RunResult } from "#domain/run-result.js";
import type { Micros } from "#domain/time.js";
import type { SessionWatch } from "#monitoring/session-watch.js";
import type { SessionNote } from "#domain/session-note.js";
import type { Journal } from "#ports/journal.js";
import { NOT_BORROWED } from "#simulation/venue/room.js";

/** Passes everything on to `next` when there is one. */
export class OrderLog implements Journal {
  private readonly hash = createHash("sha256");
  private sent = 0;
  private filled = 0;
  private resized = 0;
  private refused = 0;
  /** Orders that went back, whole or in part, because nobody lent the shares. */
  private unborrowed = 0;
  private readonly rules = new Map<string, number>();
  /** Breakers that have opened, in order. */
  readonly trips: Trip[] = [];

  /** `watch` is told of the same, and says nothing. */
  constructor(
    private readonly next: Journal | null,
    private readonly watch: SessionWatch | null = null,
    /** Told of each event once it stands in the journal, before the engine absorbs it. */
    private readonly journaled: ((event: EngineEvent) => void) | null = null,
  ) {}

  event(event: EngineEvent): void {
    this.watch?.event(event);
    if (event.kind === "fill") this.filled++;
    if (isUnborrowed(event)) this.unborrowed++;
    this.next?.event(event);
    this.journaled?.(event);
  }

  decision(asOf: Micros, decisions: readonly RiskDecision[], cancels: readonly OrderId[], trips?: readonly Trip[]): void {
    this.watch?.decision(decisions);
    for (const decision of decisions) {
      if (decision.verdict !== "approve") this.rules.set(decision.rule, (this.rules.get(decision.rule) ?? 0) + 1);
      if (decision.verdict === "refuse") {
        this.refused++;
        continue;
      }
      if (decision.verdict === "resize") this.resized++;
      this.sent++;
      const { order } = decision;
      // By row: instruments may bear one name or another, and the orders are the same.
      const terms = order.terms === undefined ? "" : ` ${JSON.stringify(order.terms)}`;
      this.hash.update(`${order.createdAt} ${order.instrument} ${order.lots} ${order.type} ${order.limit}${terms}\n`);
    }
    if (trips !== undefined) this.trips.push(...trips);
    this.next?.decision(asOf, decisions, cancels, trips);
  }

  attribution(attribution: DecisionAttribution): void {
    this.next?.attribution(attribution);
  }

  note(note: SessionNote): void {
    this.next?.note(note);
  }

  barrier(): void {
    this.next?.barrier();
  }

  /** `halted`: orders that met a halt; `cut`: shorts that the portfolio did not ask for. */
  summary({ halted = 0, cut = 0 } = {}): RunResult["orders"] {
    const rules = Object.fromEntries([...this.rules].sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      sent: this.sent,
      filled: this.filled,
      resized: this.resized,
      refused: this.refused,
      rules,
      ...(halted === 0 ? {} : { halted }),
      ...(this.unborrowed + cut === 0 ? {} : { unborrowed: this.unborrowed + cut }),
      hash: this.hash.copy().digest("hex"),
    };
  }
}

/** Whether the venue says that nobody lends the shares for a short. */
export function isUnborrowed(event: { readonly kind: string; readonly reason?: string }): boolean {
  return (event.kind === "order-rejected" || event.kind === "order-cancelled") && event.reason === NOT_BORROWED;
}
