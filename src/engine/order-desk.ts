// Where orders leave: what the target lacks, what protects positions, what is called back. Each batch is reviewed by risk, journaled and durable
// before the venue hears of it. Called by the engine within a step; it keeps the moment of the last orders, and what stands refused.
import type { Trip } from "#domain/breaker.js";
import type { Order, OrderId, RiskDecision } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import { reconcile } from "#execution/reconcile.js";
import type { Breakers } from "#risk/breakers.js";
import type { Stages } from "#risk/stages.js";
import type { Account } from "./account.js";
import type { EngineParts } from "./engine-parts.js";
import { fitToVenue } from "./fit-to-venue.js";
import { stagedView } from "./staged-view.js";
import { StandingRefusals } from "./standing-refusals.js";

export class OrderDesk {
  /** When orders towards the target were last made, Micros; -1 for never: ids are unique because no moment makes them twice. */
  orderedAt = -1;
  readonly refusals = new StandingRefusals();

  constructor(
    private readonly parts: Pick<EngineParts, "execution" | "journal" | "protection" | "risk" | "venue">,
    private readonly account: Account,
    private readonly breakers: Breakers,
    private readonly stages: Stages,
  ) {}

  /** Orders what the standing target still lacks. What is refused is told once, until the desire or the answer changes, or a person or a breaker has spoken. */
  order(now: Micros, flattening: boolean): readonly RiskDecision[] {
    const { account, parts } = this;
    if (this.orderedAt === now) return []; // the same moment again would repeat the ids: the next timer sends what is still missing
    const pace = parts.execution?.pace(account.desired, account, flattening);
    const { orders, cancels } = reconcile(pace?.lots ?? account.desired, account, pace);
    if (orders.length === 0 && cancels.length === 0) {
      if (pace === undefined) this.refusals.clear(); // nothing of it is wanted any more; of slices it may be that none is due
      return [];
    }
    this.orderedAt = now;
    const decisions = this.review(orders, pace === undefined ? undefined : account.desired);
    const news = this.refusals.news(decisions);
    if (news.length === 0 && cancels.length === 0) return []; // what stands refused was told
    return this.carryOut(now, news, cancels);
  }

  /** Each held position has at the venue what is to end it, from its first fill on; of rows `from` to `to` (exclusive). */
  protect(now: Micros, from = 0, to = this.account.lots.length): void {
    const { protection } = this.parts;
    if (protection === undefined) return;
    const { lots, desired, orders } = this.account;
    const isKnown = (id: OrderId): boolean => orders.find(id) !== undefined;
    const asked = protection.review({ lots, desired, working: orders.list(), isKnown }, now, from, to);
    if (asked !== null) this.send(now, asked.orders, asked.cancels);
  }

  /** `trips`: the breakers that opened, for the record. */
  send(now: Micros, orders: readonly Order[], cancels: readonly OrderId[], trips?: readonly Trip[]): readonly RiskDecision[] {
    return this.carryOut(now, this.review(orders), cancels, trips);
  }

  /** `aims`: where orders are slices, the lots that they lead to. */
  private review(orders: readonly Order[], aims?: Float64Array): readonly RiskDecision[] {
    const { account, parts } = this;
    const { sound, refused } = fitToVenue(orders, parts.venue.capabilities);
    return [...parts.risk.review(sound, stagedView(account, this.stages.amount), this.breakers, aims), ...refused];
  }

  private carryOut(
    now: Micros,
    decisions: readonly RiskDecision[],
    cancels: readonly OrderId[],
    trips?: readonly Trip[],
  ): readonly RiskDecision[] {
    const { account, parts } = this;
    parts.journal.decision(now, decisions, cancels, trips);
    parts.journal.barrier();
    for (const id of cancels) {
      account.orders.cancelling(id);
      parts.venue.cancel(id);
    }
    for (const decision of decisions) {
      if (decision.verdict === "refuse") continue;
      account.orders.add(decision.order);
      parts.venue.submit(decision.order);
    }
    return decisions;
  }
}
