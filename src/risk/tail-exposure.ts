// Losses that may come, as limits on an account with orders out. Between which ends a position may come to lie is known: all working and approved orders of one
// side fill, or all of the other; what protects it may have closed it. Each limit bounds the loss over all of that (`tail/gauge.ts`).
import type { Order } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import { type Gauge, type TailFigures, createGauge } from "./tail/gauge.js";
import type { ProspectSource } from "./tail/prospect.js";

/** Fractions of equity at the review; null: there is no such limit. */
export interface TailLimit {
  /** Named by refusals and cuts. */
  readonly rule: "tail-risk" | "stress-loss";
  /** Of refusals and cuts, behind the numbers: which scenario, by which method. */
  readonly because: string;
  readonly source: ProspectSource;
  /** Of value at risk and expected shortfall, in [0.5, 1). */
  readonly level: number;
  readonly maxVar: number | null;
  readonly maxEs: number | null;
  /** Loss in the worst of all scenarios. */
  readonly maxLoss: number | null;
}

export interface TailRoom {
  readonly lots: number;
  /** The limit that left no more; null where all of it fits. */
  readonly limit: TailLimit | null;
}

export class TailExposure {
  private readonly watched: readonly { readonly limit: TailLimit; readonly gauge: Gauge }[];
  private readonly buys: Float64Array;
  private readonly sells: Float64Array;
  private readonly guarded = new Set<number>();

  constructor(
    private readonly view: PortfolioView,
    limits: readonly TailLimit[],
  ) {
    this.buys = Float64Array.from(view.workingBuys);
    this.sells = Float64Array.from(view.workingSells);
    for (const { order } of view.working) if (protects(order)) this.guarded.add(order.instrument);
    this.watched = limits.map((limit) => ({
      limit,
      gauge: createGauge(limit.source.at(view.asOf), view.lots.length, view.equity, limit.level),
    }));
    for (let i = 0; i < view.lots.length; i++)
      if (view.lots[i] !== 0 || this.buys[i] !== 0 || this.sells[i] !== 0 || this.guarded.has(i)) this.settle(i);
  }

  /** One for each limit. */
  get figures(): readonly TailFigures[] {
    return this.watched.map(({ gauge }) => gauge.figures);
  }

  /** Most lots of the order (absolute, at most `wanted`) with which all limits hold; 0 where one does not hold without it, or nobody knows. */
  room(order: Order, wanted: number): TailRoom {
    let room: TailRoom = { lots: wanted, limit: null };
    for (const { limit, gauge } of this.watched) {
      const fits = (lots: number): boolean => holds(gauge.figuresWith(order.instrument, ...this.ends(order, lots)), limit);
      if (fits(room.lots)) continue;
      let [least, most] = [0, room.lots];
      // Where not even one fits, nothing does: the loss grows with the order.
      if (most > 1 && !fits(1)) most = 1;
      while (most - least > 1) {
        const middle = Math.floor((most + least) / 2);
        if (fits(middle)) least = middle;
        else most = middle;
      }
      room = { lots: least, limit };
      if (least === 0) break;
    }
    return room;
  }

  add(order: Order): void {
    const i = order.instrument;
    if (protects(order)) this.guarded.add(i);
    else {
      const side = order.lots > 0 ? this.buys : this.sells;
      side[i] = (side[i] as number) + order.lots;
    }
    this.settle(i);
  }

  private settle(i: number): void {
    const [low, high] = this.endsOf(i, 0, 0);
    for (const { gauge } of this.watched) gauge.set(i, low, high);
  }

  private ends({ instrument, lots: side }: Order, lots: number): readonly [number, number] {
    return side > 0 ? this.endsOf(instrument, lots, 0) : this.endsOf(instrument, 0, -lots);
  }

  private endsOf(i: number, bought: number, sold: number): readonly [number, number] {
    const held = this.view.lots[i] as number;
    const value = this.view.lotValue[i] as number;
    const closable = this.guarded.has(i);
    const high = (closable && held < 0 ? 0 : held) + (this.buys[i] as number) + bought;
    const low = (closable && held > 0 ? 0 : held) + (this.sells[i] as number) + sold;
    return [low * value, high * value];
  }
}

/** What nobody knows does not hold. */
function holds({ valueAtRisk, expectedShortfall, worst }: TailFigures, { maxVar, maxEs, maxLoss }: TailLimit): boolean {
  return within(valueAtRisk, maxVar) && within(expectedShortfall, maxEs) && within(worst, maxLoss);
}

function within(measured: number, limit: number | null): boolean {
  return limit === null || measured <= limit + 1e-12;
}
