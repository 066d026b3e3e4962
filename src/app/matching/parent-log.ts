// What each parent order cost against the mid-price at which it was decided: a journal that looks on, and passes everything on. Prices are half ticks, since
// a mid-price may lie between two.
import type { DecisionAttribution } from "#domain/attribution.js";
import type { Trip } from "#domain/breaker.js";
import type { EngineEvent } from "#domain/event.js";
import type { Instrument } from "#domain/instrument.js";
import type { OrderId, OrderType, RiskDecision } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
import type { SessionNote } from "#domain/session-note.js";
import type { Micros } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";
import { type ParentFill, shortfallOf } from "#execution/analysis/shortfall.js";
import type { Journal } from "#ports/journal.js";

/** Basis points of what was decided, positive where it cost; `filled` is a fraction. */
export interface ParentCost {
  readonly at: Micros;
  /** Signed. */
  readonly lots: number;
  readonly filled: number;
  /** Price moved between the decision and each slice; from there to its fill; and, on what was not filled, until the next decision. */
  readonly timing: number;
  readonly crossing: number;
  readonly opportunity: number;
  readonly fees: number;
  readonly total: number;
}

interface Parent {
  readonly at: Micros;
  readonly lots: number;
  readonly decision: number;
  end: number;
  readonly fills: ParentFill[];
  feeMicro: bigint;
}

export class ParentLog implements Journal {
  orders = 0;
  /** Absolute. */
  sentLots = 0;
  readonly fills: Fill[] = [];
  /** What risk did not let pass, and how orders ended that were not filled whole: by reason. */
  readonly endings = new Map<string, number>();
  /** Fills and lots (absolute) of what ended positions between decisions, by type of order. */
  readonly exits = new Map<OrderType, { fills: number; lots: number }>();
  private readonly guards = new Map<OrderId, OrderType>();
  private readonly parents: Parent[] = [];
  private readonly sent = new Map<OrderId, { readonly parent: Parent; readonly mid: number }>();

  /** `mid`: the newest mid-price, currency. */
  constructor(
    private readonly instrument: Instrument,
    private readonly mid: () => number,
    private readonly next: Journal,
  ) {}

  /** A parent order of so many lots (signed) begins; the one before it is over. */
  begin(at: Micros, lots: number): void {
    const decision = this.halfTicks();
    this.end();
    this.parents.push({ at, lots, decision, end: decision, fills: [], feeMicro: 0n });
  }

  /** The newest parent order is over at the price of now. */
  end(): void {
    const last = this.parents.at(-1);
    if (last !== undefined) last.end = this.halfTicks();
  }

  event(event: EngineEvent): void {
    if (event.kind === "fill") this.filled(event);
    else if (event.kind === "order-cancelled" || event.kind === "order-rejected" || event.kind === "order-expired")
      this.count(event.reason);
    this.next.event(event);
  }

  decision(asOf: Micros, decisions: readonly RiskDecision[], cancels: readonly OrderId[], trips?: readonly Trip[]): void {
    const parent = this.parents.at(-1);
    for (const decision of decisions) {
      if (decision.verdict !== "approve") this.count(`risk: ${decision.rule}`);
      if (decision.verdict === "refuse") continue;
      this.orders++;
      this.sentLots += Math.abs(decision.order.lots);
      if (protects(decision.order)) this.guards.set(decision.order.id, decision.order.type);
      else if (parent !== undefined) this.sent.set(decision.order.id, { parent, mid: this.halfTicks() });
    }
    this.next.decision(asOf, decisions, cancels, trips);
  }

  attribution(attribution: DecisionAttribution): void {
    this.next.attribution(attribution);
  }

  note(note: SessionNote): void {
    this.next.note(note);
  }

  barrier(): void {
    this.next.barrier();
  }

  costs(): readonly ParentCost[] {
    const { tickSize, lotSize } = this.instrument;
    return this.parents.map(({ at, lots, decision, end, fills, feeMicro }) => {
      const parts = shortfallOf({ lots, decision, arrival: decision, end, fills });
      const notional = Math.abs(lots) * decision;
      const bps = (value: number): number => (1e4 * value) / notional;
      const fees = bps(Number(feeMicro) / 1e6 / ((tickSize / 2) * lotSize));
      const filled = fills.reduce((sum, fill) => sum + fill.lots, 0) / lots;
      const [timing, crossing, opportunity] = [bps(parts.timing), bps(parts.crossing), bps(parts.opportunity)];
      return { at, lots, filled, timing, crossing, opportunity, fees, total: bps(parts.total) + fees };
    });
  }

  private filled(fill: Fill): void {
    this.fills.push(fill);
    const guard = this.guards.get(fill.order);
    if (guard !== undefined) {
      const { fills, lots } = this.exits.get(guard) ?? { fills: 0, lots: 0 };
      this.exits.set(guard, { fills: fills + 1, lots: lots + Math.abs(fill.lots) });
    }
    const sent = this.sent.get(fill.order);
    if (sent === undefined) return;
    const { parent, mid } = sent;
    const side = Math.sign(parent.lots);
    const room = Math.abs(parent.lots - parent.fills.reduce((sum, { lots }) => sum + lots, 0));
    // More than was decided makes good for a late fill of the order before, which was to be undone.
    const lots = fill.lots * side > 0 ? side * Math.min(Math.abs(fill.lots), room) : 0;
    if (lots === 0) return;
    parent.fills.push({ lots, price: 2 * fill.price, sentAt: mid });
    parent.feeMicro += (fill.feeMicro * BigInt(lots)) / BigInt(fill.lots);
  }

  private halfTicks(): number {
    return Math.round((2 * this.mid()) / this.instrument.tickSize);
  }

  private count(reason: string): void {
    this.endings.set(reason, (this.endings.get(reason) ?? 0) + 1);
  }
}
