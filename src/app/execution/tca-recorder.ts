// Looks on while a journal is repeated and keeps the parent orders: each change of the standing target at a decision, with the fills of its orders, the prices
// that it met and the volume of the market meanwhile.
import type { BarBatch } from "#domain/market.js";
import type { EngineEvent } from "#domain/event.js";
import { type Instrument, toTicks } from "#domain/instrument.js";
import type { OrderId, OrderType, RiskDecision } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
import type { Micros } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";
import type { Engine } from "#engine/engine.js";
import type { ReplayWatch } from "../modes/replay.js";

/** Bars after a fill at which the price is looked at again. */
export const MARKOUTS = [1, 2, 5, 10, 20] as const;

interface Child {
  readonly parent: Parent;
  readonly createdAt: number;
  readonly type: OrderType;
  /** Ticks: open of the first bar that ended after the order was made; null until then. */
  sentAt: number | null;
}

export interface Parent {
  readonly instrument: number;
  readonly decidedAt: Micros;
  /** Signed. */
  readonly lots: number;
  /** Ticks; `arrival` and `end` null until known. */
  readonly decision: number;
  arrival: number | null;
  end: number | null;
  /** Account currency for one tick of one lot, at the decision. */
  readonly tickValue: number;
  readonly fills: { readonly fill: Fill; readonly child: Child; readonly after: (number | null)[] }[];
  /** Account currency. */
  fees: number;
  /** Units that the market traded, and their notional in ticks, from the first slice until the order was done or replaced. */
  volume: number;
  notional: number;
  /** A split came in between, or no decision began it: it holds its fills and cannot be judged. */
  broken: boolean;
}

export class TcaRecorder implements ReplayWatch {
  readonly parents: Parent[] = [];
  private readonly open = new Map<number, Parent>();
  private readonly children = new Map<OrderId, Child>();
  /** Orders whose first bar has not come, and fills whose markouts are not complete, per instrument. */
  private readonly unsent = new Map<number, Child[]>();
  private readonly marking = new Map<number, { readonly entry: Parent["fills"][number]; bars: number }[]>();
  private ordered: readonly RiskDecision[] = [];
  private cancelled: readonly OrderId[] = [];

  decided(decisions: readonly RiskDecision[], cancels: readonly OrderId[]): void {
    // What protects a position is no part of the way to a target: its fills are kept apart.
    this.ordered = [...this.ordered, ...decisions.filter(({ order }) => !protects(order))];
    this.cancelled = [...this.cancelled, ...cancels];
  }

  stepped(event: EngineEvent, engine: Engine): void {
    switch (event.kind) {
      case "market":
        if (event.batch.kind === "bar") this.bars(event.batch, event.start, event.end, engine);
        return;
      case "fill":
        return this.filled(event, engine);
      case "split":
        return this.broken(event.instrument, engine);
      case "delisting":
        return this.close(event.instrument, engine);
      case "timer":
        if (event.name === "decide") this.decide(event.seenAt, engine);
        this.sent(event.seenAt, engine);
        return;
      case "command":
        return this.sent(event.seenAt, engine);
      default:
    }
  }

  /** Closes what is open, at the last prices. */
  finish(engine: Engine): void {
    for (const instrument of this.open.keys()) this.close(instrument, engine);
  }

  private decide(at: Micros, engine: Engine): void {
    const { account } = engine;
    const sending = new Map<number, number>();
    for (const decision of this.ordered)
      if (decision.verdict !== "refuse")
        sending.set(decision.order.instrument, (sending.get(decision.order.instrument) ?? 0) + decision.order.lots);
    const leaving = new Map<number, number>();
    for (const { order, remaining } of account.working)
      if (this.cancelled.includes(order.id) && !protects(order))
        leaving.set(order.instrument, (leaving.get(order.instrument) ?? 0) + remaining);
    account.instruments.forEach((_, i) => {
      const working =
        (account.workingBuys[i] as number) + (account.workingSells[i] as number) - (sending.get(i) ?? 0) - (leaving.get(i) ?? 0);
      const lots = (account.desired[i] as number) - (account.lots[i] as number) - working;
      const before = this.open.get(i);
      if (before !== undefined && before.lots - filledLots(before) - working === lots && (lots !== 0 || working !== 0)) return; // the same target goes on
      this.close(i, engine);
      if (lots !== 0 && (account.price[i] as number) > 0) this.begin(i, lots, at, engine);
    });
  }

  private begin(i: number, lots: number, decidedAt: Micros, engine: Engine): Parent {
    const parent = this.create(i, lots, decidedAt, engine);
    this.open.set(i, parent);
    return parent;
  }

  private create(i: number, lots: number, decidedAt: Micros, { account }: Engine): Parent {
    const instrument = account.instruments[i] as Instrument;
    const parent: Parent = {
      instrument: i,
      decidedAt,
      lots,
      decision: toTicks(account.price[i] as number, instrument),
      arrival: null,
      end: null,
      tickValue: instrument.tickSize * instrument.lotSize * account.holdings.rate(instrument.currency),
      fills: [],
      fees: 0,
      volume: 0,
      notional: 0,
      broken: false,
    };
    this.parents.push(parent);
    return parent;
  }

  private sent(createdAt: Micros, engine: Engine): void {
    for (const decision of this.ordered) {
      if (decision.verdict === "refuse") continue;
      const { id, instrument, lots, type } = decision.order;
      let parent = this.open.get(instrument);
      if (parent === undefined) {
        // A command, or what was lost on the way after the target had been reached.
        parent = this.begin(instrument, lots, createdAt, engine);
        parent.broken = true;
      }
      const child: Child = { parent, createdAt, type, sentAt: null };
      this.children.set(id, child);
      this.unsent.set(instrument, [...(this.unsent.get(instrument) ?? []), child]);
    }
    this.ordered = [];
    this.cancelled = [];
  }

  private filled(fill: Fill, engine: Engine): void {
    const { account } = engine;
    const known = account.orders.find(fill.order)?.order;
    if (known !== undefined && protects(known) && !this.children.has(fill.order)) {
      const parent = this.create(fill.instrument, known.lots, known.createdAt, engine);
      parent.broken = true;
      this.children.set(known.id, { parent, createdAt: known.createdAt, type: known.type, sentAt: fill.price });
    }
    const child = this.children.get(fill.order);
    if (child === undefined) return;
    const { currency } = account.instruments[fill.instrument] as Instrument;
    const rate = account.holdings.rate(currency);
    const entry = { fill, child, after: MARKOUTS.map(() => null) };
    child.parent.fills.push(entry);
    child.parent.fees += (Number(fill.feeMicro) / 1e6) * rate;
    this.marking.set(fill.instrument, [...(this.marking.get(fill.instrument) ?? []), { entry, bars: 0 }]);
  }

  private bars(batch: BarBatch, start: number, end: number, engine: Engine): void {
    for (let row = start; row < end; row++) {
      const i = batch.instrument[row] as number;
      const instrument = engine.account.instruments[i] as Instrument;
      const ticks = (column: Float64Array): number => toTicks(column[row] as number, instrument);
      const waiting = this.unsent.get(i);
      if (waiting !== undefined) {
        for (const child of waiting) {
          child.sentAt = ticks(batch.open);
          child.parent.arrival ??= child.sentAt;
        }
        this.unsent.delete(i);
      }
      const parent = this.open.get(i);
      const volume = batch.volume[row] as number;
      if (parent !== undefined && parent.arrival !== null && volume > 0 && !isDone(parent, batch.openAt[row] as number)) {
        parent.volume += volume;
        parent.notional += (volume * (ticks(batch.open) + ticks(batch.high) + ticks(batch.low) + ticks(batch.close))) / 4;
      }
      const marking = this.marking.get(i);
      if (marking === undefined) continue;
      for (const one of marking) {
        one.bars++;
        const k = (MARKOUTS as readonly number[]).indexOf(one.bars);
        if (k >= 0) one.entry.after[k] = ticks(batch.close);
      }
      const left = marking.filter(({ bars }) => bars < (MARKOUTS.at(-1) as number));
      if (left.length === 0) this.marking.delete(i);
      else this.marking.set(i, left);
    }
  }

  /** Every parent order of the instrument that still waits for a price or for shares. */
  private broken(i: number, { account }: Engine): void {
    const orders = account.working.filter(({ order }) => order.instrument === i).map(({ order }) => this.children.get(order.id)?.parent);
    const waiting = (this.unsent.get(i) ?? []).map(({ parent }) => parent);
    const marking = (this.marking.get(i) ?? []).map(({ entry }) => entry.child.parent);
    for (const parent of [...orders, ...waiting, ...marking, this.open.get(i)]) if (parent !== undefined) parent.broken = true;
  }

  private close(i: number, engine: Engine): void {
    const parent = this.open.get(i);
    if (parent === undefined) return;
    this.open.delete(i);
    const price = engine.account.price[i] as number;
    parent.end = price > 0 ? toTicks(price, engine.account.instruments[i] as Instrument) : parent.decision;
  }
}

function filledLots({ fills }: Parent): number {
  return fills.reduce((sum, { fill }) => sum + fill.lots, 0);
}

/** All of it was filled before the bar began. */
function isDone({ lots, fills }: Parent, openAt: number): boolean {
  let filled = 0;
  for (const { fill } of fills) if (fill.at < openAt) filled += fill.lots;
  return filled === lots;
}
