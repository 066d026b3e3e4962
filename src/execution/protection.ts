// Holds beside each position what ends it at the venue: a stop at a loss, a stop that trails the best price, a limit at a gain; one OCO group,
// reduce-only, good until cancelled. And ends by a plain order what has been held for so many bars.
// Remembers what each position cost and how it began; what protects is read from the orders out, so that a lost or refused order is placed anew.
// It never says what to hold, and never opens or enlarges anything.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { Delisting, Split } from "#domain/corporate-action.js";
import { type Instrument, type InstrumentIx, type Lots, type Ticks, fromTicks, priceIncrement } from "#domain/instrument.js";
import { type Order, type OrderId, type OrderTerms, type OrderType, type WorkingOrder, orderIdOf } from "#domain/order.js";
import { type OrderState, protects } from "#domain/order-state.js";
import type { EventBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { AverageTrueRange } from "#domain/true-range.js";
import type { Fill } from "#domain/venue-event.js";

/**
 * Distances are fractions of the mean price paid; null: none. Where one also stands in average true ranges, the nearer of the two holds, and the
 * fraction alone while the range is not known.
 */
export interface ProtectionOptions {
  /** Loss at which a position ends, in (0, 1). */
  readonly stopLoss: number | null;
  /** Gain at which a position ends, above 0; of a short below 1. */
  readonly takeProfit: number | null;
  /** Fall from the best price since the last purchase at which a position ends, in (0, 1). */
  readonly trailing: number | null;
  /** The same in average true ranges of `atrBars` bars, as they were when the position began. */
  readonly stopLossAtr: number | null;
  readonly takeProfitAtr: number | null;
  readonly trailingAtr: number | null;
  readonly atrBars: number;
  /** Bars of its instrument after which a position ends. */
  readonly time: number | null;
}

/** What the engine knows when it asks. */
export interface ProtectionView {
  /** Signed, per instrument. */
  readonly lots: Float64Array;
  readonly desired: Float64Array;
  readonly working: readonly (WorkingOrder & { readonly state: OrderState })[];
  readonly isKnown: (id: OrderId) => boolean;
}

export interface ProtectionOrders {
  readonly orders: readonly Order[];
  readonly cancels: readonly OrderId[];
}

type Guard = ProtectionView["working"][number];
type Wanted = Pick<Order, "type" | "limit"> & Pick<OrderTerms, "trigger" | "trail">;

export class Protection {
  /** Mean price paid for what is held, currency of the instrument; NaN while nothing is. */
  private readonly entry: Float64Array;
  /** Average true range when the position began, likewise; NaN where it was not known. */
  private readonly range: Float64Array;
  /** Bars since the position began. */
  private readonly age: Float64Array;
  private readonly ranges: AverageTrueRange;

  constructor(
    private readonly options: ProtectionOptions,
    private readonly instruments: readonly Instrument[],
  ) {
    this.entry = new Float64Array(instruments.length).fill(Number.NaN);
    this.range = new Float64Array(instruments.length).fill(Number.NaN);
    this.age = new Float64Array(instruments.length);
    this.ranges = new AverageTrueRange(instruments.length, options.atrBars);
  }

  /** What a venue must take for it. */
  get orderTypes(): readonly OrderType[] {
    const { stopLoss, takeProfit, trailing } = this.options;
    return [
      ...(stopLoss === null ? [] : (["stop"] as const)),
      ...(trailing === null ? [] : (["trailing-stop"] as const)),
      ...(takeProfit === null ? [] : (["limit"] as const)),
    ];
  }

  market(batch: EventBatch, start: number, end: number): void {
    this.ranges.market(batch, start, end);
    if (batch.kind !== "bar") return;
    for (let row = start; row < end; row++) {
      const i = batch.instrument[row] as number;
      this.age[i] = (this.age[i] as number) + 1;
    }
  }

  /** `before`: signed lots held before the fill. */
  filled({ instrument: i, lots, price }: Pick<Fill, "instrument" | "lots" | "price">, before: number): void {
    const after = before + lots;
    const paid = fromTicks(price, this.instruments[i] as Instrument);
    if (after === 0) this.entry[i] = Number.NaN;
    else if (before * after <= 0) {
      this.entry[i] = paid;
      this.range[i] = this.ranges.at(i);
      this.age[i] = 0;
    } else if (Math.abs(after) > Math.abs(before)) this.entry[i] = ((this.entry[i] as number) * before + paid * lots) / after;
  }

  split({ instrument, ratio }: Split): void {
    this.entry[instrument] = (this.entry[instrument] as number) / ratio;
    this.range[instrument] = (this.range[instrument] as number) / ratio;
    this.ranges.split(instrument, ratio);
  }

  delisted({ instrument }: Delisting): void {
    this.entry[instrument] = Number.NaN;
  }

  /** Of what has been held long enough nothing is desired any more; both in lots per instrument. */
  expire(lots: Float64Array, desired: Float64Array): void {
    const { time } = this.options;
    if (time === null) return;
    for (let i = 0; i < lots.length; i++)
      if ((lots[i] as number) * (desired[i] as number) > 0 && (this.age[i] as number) >= time) desired[i] = 0;
  }

  /** What is missing and what is out of date, of rows `from` to `to` (exclusive); null when all is as it should be. */
  review(view: ProtectionView, now: Micros, from: number, to: number): ProtectionOrders | null {
    const guards = new Map<number, Guard[]>();
    for (const working of view.working) {
      const { instrument } = working.order;
      if (!protects(working.order) || working.state === "cancelling" || instrument < from || instrument >= to) continue;
      guards.set(instrument, [...(guards.get(instrument) ?? []), working]);
    }
    const orders: Order[] = [];
    const cancels: OrderId[] = [];
    for (let i = from; i < to; i++) {
      const held = view.lots[i] as number;
      const out = guards.get(i) ?? [];
      // A position that is to end goes with its own orders: whoever closes it takes these back.
      if (held !== 0 && (view.desired[i] as number) * held <= 0) continue;
      const wanted = held === 0 ? [] : this.wanted(i, Math.sign(held));
      if (wanted.length === out.length && wanted.every((one) => out.some((guard) => covers(guard, one, held)))) continue;
      cancels.push(...out.map(({ order }) => order.id));
      orders.push(...this.place(i as InstrumentIx, held, wanted, now, view.isKnown));
    }
    return orders.length === 0 && cancels.length === 0 ? null : { orders, cancels };
  }

  /** On the price grid, and never nearer to what was paid than asked for. */
  private wanted(i: number, side: number): Wanted[] {
    const { options } = this;
    const paid = this.entry[i] as number;
    if (!(paid > 0)) return [];
    const instrument = this.instruments[i] as Instrument;
    const wanted: Wanted[] = [];
    const loss = this.distance(i, options.stopLoss, options.stopLossAtr);
    const trail = this.distance(i, options.trailing, options.trailingAtr);
    const gain = this.distance(i, options.takeProfit, options.takeProfitAtr);
    if (loss !== null) wanted.push({ type: "stop", limit: null, trigger: ticksBeyond(paid - side * loss, instrument, -side) });
    if (trail !== null) wanted.push({ type: "trailing-stop", limit: null, trail: ticksBeyond(trail, instrument, 1) });
    if (gain !== null) wanted.push({ type: "limit", limit: ticksBeyond(paid + side * gain, instrument, side) });
    return wanted;
  }

  /** Currency of the instrument. A market that has not moved has no range to measure by. */
  private distance(i: number, fraction: number | null, ranges: number | null): number | null {
    if (fraction === null) return null;
    const fixed = (this.entry[i] as number) * fraction;
    const moved = (ranges ?? Number.NaN) * (this.range[i] as number);
    return moved > 0 ? Math.min(fixed, moved) : fixed;
  }

  private place(i: InstrumentIx, held: number, wanted: readonly Wanted[], now: Micros, isKnown: (id: OrderId) => boolean): Order[] {
    let nth = 0;
    const nextId = (): OrderId => {
      for (;;) {
        const id = orderIdOf(now, i, ++nth); // 0 is that of the order towards the target
        if (!isKnown(id)) return id;
      }
    };
    const ids = wanted.map(nextId);
    return wanted.map(({ type, limit, trigger, trail }, k): Order => {
      const group = { id: ids[0] as string, kind: "oco" } as const;
      const terms: OrderTerms = {
        ...(trigger === undefined ? {} : { trigger }),
        ...(trail === undefined ? {} : { trail }),
        reduceOnly: true,
        group,
      };
      return { id: ids[k] as OrderId, instrument: i, lots: -held as Lots, type, limit, createdAt: now, terms };
    });
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter(48 * this.entry.length + 64);
    for (const state of [this.entry, this.range, this.age]) writer.f64s(state);
    this.ranges.save(writer);
    return writer.finish();
  }

  /** Throws `corrupt-artifact` on a snapshot of other instruments. */
  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    for (const state of [this.entry, this.range, this.age]) {
      const saved = reader.f64s();
      if (saved.length !== state.length)
        throw new TruewindError("corrupt-artifact", "The snapshot holds what positions in other instruments cost.");
      state.set(saved);
    }
    this.ranges.load(reader);
  }
}

/** Larger than what is held is as good: it only reduces. */
function covers({ order, remaining, limit }: Guard, wanted: Wanted, held: number): boolean {
  return (
    order.type === wanted.type &&
    limit === wanted.limit &&
    order.terms?.trigger === wanted.trigger &&
    order.terms?.trail === wanted.trail &&
    remaining * held < 0 &&
    Math.abs(remaining) >= Math.abs(held)
  );
}

/** The next price on the grid at or above (`up` 1) or below (-1) a price; at least one tick. */
function ticksBeyond(price: number, instrument: Instrument, up: number): Ticks {
  const grid = priceIncrement(price, instrument) / instrument.tickSize;
  const steps = price / instrument.tickSize / grid;
  return Math.max(1, Math.round((up > 0 ? Math.ceil(steps - 1e-9) : Math.floor(steps + 1e-9)) * grid)) as Ticks;
}
