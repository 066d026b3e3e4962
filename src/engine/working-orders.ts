// Orders out, as far as we know: the state of each, what is left of it, and the totals per instrument that risk and execution ask for.
// An order that is over is remembered for two sessions, so that a late word on it is told from a word on an order that we never sent.
import { invariant } from "#base/errors.js";
import type { TradingGate } from "#domain/breaker.js";
import type { Split } from "#domain/corporate-action.js";
import type { Lots } from "#domain/instrument.js";
import { type ApprovedOrder, type OrderId, type WorkingOrder, lessBy } from "#domain/order.js";
import { type OrderMessage, type OrderState, answerTo, isFinal, protects, workingState } from "#domain/order-state.js";
import { splitWorking } from "#domain/split-law.js";
import type { Micros } from "#domain/time.js";
import type { Fill, OrderReport } from "#domain/venue-event.js";

/** What we know of one order. `remaining` of one that is over is what the venue could still have filled before it heard so. */
export interface KnownOrder extends WorkingOrder {
  readonly state: OrderState;
  readonly fills: number;
  /** Triggered or filled: it does not sleep any more. */
  readonly woken: boolean;
  /** We asked the venue to cancel it, and it has not said that it would not: whatever else is heard, it is on its way out. */
  readonly recalled: boolean;
}

export interface WorkingOrdersState {
  readonly working: readonly KnownOrder[];
  readonly recentOver: readonly KnownOrder[];
  readonly olderOver: readonly KnownOrder[];
  readonly recentFills: readonly string[];
  readonly olderFills: readonly string[];
  readonly oldestFills: readonly string[];
  readonly recentSince: number;
  readonly olderSince: number;
}

const MESSAGES: Readonly<Record<OrderReport["kind"], OrderMessage>> = {
  "order-accepted": "accepted",
  "order-triggered": "triggered",
  "order-rejected": "rejected",
  "order-cancelled": "cancelled",
  "order-expired": "expired",
  "cancel-rejected": "cancel-rejected",
  "order-unanswered": "unanswered",
};

export class WorkingOrders {
  /** Without what protects a position: that is no step towards a target, and cannot enlarge anything. */
  readonly buys: Float64Array;
  readonly sells: Float64Array;
  private readonly working = new Map<OrderId, KnownOrder>();
  private cached: readonly KnownOrder[] | null = [];
  /** Orders that ended, and ids of fills and postings, of this session and those before it: what repeats itself is recognized without growing for ever. */
  private recentOver = new Map<OrderId, KnownOrder>();
  private olderOver = new Map<OrderId, KnownOrder>();
  private recent = new Set<string>();
  private older = new Set<string>();
  /** Those of one session more than the venue is asked for: it goes by its own clock, and ours may run behind. */
  private oldest = new Set<string>();
  private recentSince = 0;
  private olderSince = 0;

  constructor(instruments: number) {
    this.buys = new Float64Array(instruments);
    this.sells = new Float64Array(instruments);
  }

  /** All that may still fill. */
  list(): readonly KnownOrder[] {
    this.cached ??= [...this.working.values()];
    return this.cached;
  }

  /** Also one that ended in this session or the one before; undefined for one that we never sent, or long ago. */
  find(id: OrderId): KnownOrder | undefined {
    return this.working.get(id) ?? this.recentOver.get(id) ?? this.olderOver.get(id);
  }

  /** Throws when an order with this id is already known: two orders would be counted where the venue knows one. */
  add(order: ApprovedOrder): void {
    if (this.find(order.id) !== undefined) invariant(false, `order ${order.id} was sent before`);
    this.put({ order, remaining: order.lots, limit: order.limit, state: "submitted", fills: 0, woken: false, recalled: false });
  }

  /** A word on an order. Returns a sentence when it cannot be, else null. */
  hear(report: OrderReport): string | null {
    const known = this.find(report.order);
    if (known === undefined) return `the venue speaks of an order that we do not know (${report.kind} ${report.order})`;
    const rejectsFills = report.kind === "order-rejected" && known.fills > 0;
    const woken = known.woken || report.kind === "order-triggered";
    const recalled = known.recalled && report.kind !== "cancel-rejected";
    const sound = this.apply({ ...known, woken, recalled }, rejectsFills ? "rejected-after-fill" : MESSAGES[report.kind]);
    return sound ? null : `order ${report.order} was rejected after ${known.fills} of its fills: ${reasonOf(report)}`;
  }

  /** We asked the venue to cancel it. */
  cancelling(id: OrderId): void {
    const known = this.working.get(id);
    if (known !== undefined) this.apply({ ...known, recalled: true }, "cancel-asked");
  }

  /** The line is lost: whatever works may have been filled, cancelled or never received. */
  lost(): void {
    for (const known of this.list()) this.apply(known, "unanswered");
  }

  /** Returns null when the fill is explained, "duplicate" when it was seen before, else a sentence for the journal. */
  fill(fill: Fill): string | null {
    if (this.repeats(fill.fillId)) return "duplicate";
    const known = this.find(fill.order);
    if (known === undefined) return `fill ${fill.fillId} belongs to no order of ours (${fill.order})`;
    const { order, state } = known;
    if (fill.instrument !== order.instrument) return `fill ${fill.fillId} names another instrument than its order ${fill.order}`;
    if (fill.lots === 0 || Math.sign(fill.lots) !== Math.sign(order.lots)) {
      return `fill ${fill.fillId} of ${fill.lots} lots goes against its order ${fill.order}, of which ${known.remaining} were left`;
    }
    const remaining = (known.remaining - fill.lots) as Lots;
    const over = remaining !== 0 && Math.sign(remaining) !== Math.sign(order.lots);
    const left = { ...known, remaining: (over ? 0 : remaining) as Lots, fills: known.fills + 1, woken: true };
    this.shrinkOthers(order, fill.lots);
    const sound = this.apply(left, over ? "over-fill" : remaining === 0 ? "last-fill" : "part-fill");
    if (sound) return null;
    return over
      ? `fill ${fill.fillId} exceeds what was left of order ${fill.order}`
      : `fill ${fill.fillId} is of order ${fill.order}, which was ${state}`;
  }

  /** What one of a group fills, the others lack: the venue cancels one that lacks all, and says so. */
  private shrinkOthers({ id, terms }: ApprovedOrder, lots: number): void {
    if (terms?.group === undefined) return;
    for (const other of this.list()) {
      if (other.order.terms?.group?.id !== terms.group.id || other.order.id === id) continue;
      this.put({ ...other, remaining: lessBy(other.remaining, Math.abs(lots)) });
    }
  }

  /** Orders of instruments that the gate closes which could enlarge a position or turn it round, and have not been called back. */
  enlarging(held: Float64Array, gate: TradingGate): readonly OrderId[] {
    const ids: OrderId[] = [];
    for (const { order, recalled } of this.list()) {
      if (recalled) continue;
      const { instrument: i, lots } = order;
      const out = Math.abs((lots > 0 ? this.buys : this.sells)[i] as number);
      const opposed = (held[i] as number) * lots < 0 && out <= Math.abs(held[i] as number);
      if (!opposed && order.terms?.reduceOnly !== true && gate.closedBy(i) !== null) ids.push(order.id);
    }
    return ids;
  }

  split(split: Split): void {
    for (const known of this.list()) {
      if (known.order.instrument !== split.instrument) continue;
      const rescaled = splitWorking(known, split);
      // What is too small for a lot or a tick goes, at the venue, too.
      if (rescaled === null) this.apply({ ...known, remaining: 0 as Lots }, "cancelled");
      else this.put({ ...known, remaining: rescaled.remaining, limit: rescaled.limit });
    }
    for (const over of [this.recentOver, this.olderOver]) {
      for (const [id, known] of over) {
        if (known.order.instrument === split.instrument)
          over.set(id, { ...known, remaining: splitWorking({ ...known, limit: null }, split)?.remaining ?? (0 as Lots) });
      }
    }
  }

  /** The instrument is gone, and its orders with it. */
  closeAll(instrument: number): void {
    for (const known of this.list()) if (known.order.instrument === instrument) this.apply(known, "cancelled");
  }

  /** The first moment that there is a memory of. */
  begin(at: Micros): void {
    this.recentSince = at;
    this.olderSince = at;
  }

  /** Micros: every fill from then on that was booked is remembered, so one that `knows` does not name is new. 0 before the first event. */
  get knownSince(): Micros {
    return this.olderSince as Micros;
  }

  /** Whether the venue has told it before; from now on it has. */
  repeats(id: string): boolean {
    if (this.knows(id)) return true;
    this.recent.add(id);
    return false;
  }

  knows(fillId: string): boolean {
    return this.recent.has(fillId) || this.older.has(fillId) || this.oldest.has(fillId);
  }

  knowsPosting(postingId: string): boolean {
    return this.knows(keyOf(postingId));
  }

  /** As `repeats`: ids of postings may be those of fills. */
  repeatsPosting(postingId: string): boolean {
    return this.repeats(keyOf(postingId));
  }

  /** At each mark the memory ages by one generation. */
  age(at: Micros): void {
    this.olderSince = this.recentSince;
    this.recentSince = at;
    this.oldest = this.older;
    this.older = this.recent;
    this.recent = new Set();
    this.olderOver = this.recentOver;
    this.recentOver = new Map();
  }

  save(): WorkingOrdersState {
    return {
      working: this.list(),
      recentOver: [...this.recentOver.values()],
      olderOver: [...this.olderOver.values()],
      recentFills: [...this.recent],
      olderFills: [...this.older],
      oldestFills: [...this.oldest],
      recentSince: this.recentSince,
      olderSince: this.olderSince,
    };
  }

  load(state: WorkingOrdersState): void {
    this.working.clear();
    this.buys.fill(0);
    this.sells.fill(0);
    for (const known of state.working) this.put(known);
    this.cached = null;
    this.recentOver = new Map(state.recentOver.map((known) => [known.order.id, known]));
    this.olderOver = new Map(state.olderOver.map((known) => [known.order.id, known]));
    this.recent = new Set(state.recentFills);
    this.older = new Set(state.olderFills);
    this.oldest = new Set(state.oldestFills);
    this.recentSince = state.recentSince;
    this.olderSince = state.olderSince;
  }

  /** Takes what is now known of the order, and the state that the message leads to. False when the message cannot be. */
  private apply(known: KnownOrder, message: OrderMessage): boolean {
    const answer = answerTo(known.state, message);
    const sound = answer !== "same!" && answer !== "filled!";
    const told =
      answer === "same" || answer === "same!"
        ? known.state
        : answer === "filled!"
          ? "filled"
          : answer === "working"
            ? workingState(known.order, known.woken, known.fills)
            : answer;
    const state = known.recalled && told !== "unknown" && !isFinal(told) ? "cancelling" : told;
    this.put({ ...known, state });
    return sound;
  }

  private put(known: KnownOrder): void {
    const { id } = known.order;
    const before = this.working.get(id);
    if (before !== undefined) this.count(before, -1);
    this.cached = null;
    if (!isFinal(known.state)) {
      this.working.set(id, known);
      this.count(known, 1);
      return;
    }
    this.working.delete(id);
    (this.olderOver.has(id) ? this.olderOver : this.recentOver).set(id, known);
  }

  private count(known: KnownOrder, sign: 1 | -1): void {
    if (protects(known.order)) return;
    const i = known.order.instrument;
    const side = known.order.lots > 0 ? this.buys : this.sells;
    side[i] = (side[i] as number) + sign * known.remaining;
  }
}

function keyOf(postingId: string): string {
  return `cash ${postingId}`;
}

function reasonOf(report: OrderReport): string {
  return "reason" in report ? report.reason : report.kind;
}
