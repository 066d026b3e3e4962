// Holds beside each position a stop and a limit at the venue that end it at a loss or at a gain: one OCO group, reduce-only, good until cancelled.
// Remembers what each position cost; what protects is read from the orders out, so that a lost or refused order is placed anew.
// It never says what to hold, and never opens or enlarges anything.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { Delisting, Split } from "#domain/corporate-action.js";
import { type Instrument, type InstrumentIx, type Lots, type Ticks, fromTicks, priceIncrement } from "#domain/instrument.js";
import { type Order, type OrderId, type OrderTerms, type WorkingOrder, orderIdOf } from "#domain/order.js";
import { type OrderState, protects } from "#domain/order-state.js";
import type { Micros } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";

export interface ProtectionOptions {
  /** Loss at which a position ends, fraction of the mean price paid, in (0, 1); null: none. */
  readonly stopLoss: number | null;
  /** Gain at which a position ends, likewise, above 0; of a short below 1. Null: none. */
  readonly takeProfit: number | null;
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
type Wanted = Pick<Order, "type" | "limit"> & { readonly trigger?: Ticks };

export class Protection {
  /** Mean price paid for what is held, currency of the instrument; NaN while nothing is. */
  private readonly entry: Float64Array;

  constructor(
    private readonly options: ProtectionOptions,
    private readonly instruments: readonly Instrument[],
  ) {
    this.entry = new Float64Array(instruments.length).fill(Number.NaN);
  }

  /** `before`: signed lots held before the fill. */
  filled({ instrument: i, lots, price }: Pick<Fill, "instrument" | "lots" | "price">, before: number): void {
    const after = before + lots;
    const paid = fromTicks(price, this.instruments[i] as Instrument);
    if (after === 0) this.entry[i] = Number.NaN;
    else if (before * after <= 0) this.entry[i] = paid;
    else if (Math.abs(after) > Math.abs(before)) this.entry[i] = ((this.entry[i] as number) * before + paid * lots) / after;
  }

  split({ instrument, ratio }: Split): void {
    this.entry[instrument] = (this.entry[instrument] as number) / ratio;
  }

  delisted({ instrument }: Delisting): void {
    this.entry[instrument] = Number.NaN;
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
    const { stopLoss, takeProfit } = this.options;
    const paid = this.entry[i] as number;
    if (!(paid > 0)) return [];
    const instrument = this.instruments[i] as Instrument;
    const wanted: Wanted[] = [];
    const below = (price: number): Ticks => ticksBeyond(price, instrument, -side);
    const above = (price: number): Ticks => ticksBeyond(price, instrument, side);
    if (stopLoss !== null) wanted.push({ type: "stop", limit: null, trigger: below(paid * (1 - side * stopLoss)) });
    if (takeProfit !== null) wanted.push({ type: "limit", limit: above(paid * (1 + side * takeProfit)) });
    return wanted;
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
    return wanted.map(({ type, limit, trigger }, k): Order => {
      const group = { id: ids[0] as string, kind: "oco" } as const;
      const terms: OrderTerms = { ...(trigger === undefined ? {} : { trigger }), reduceOnly: true, group };
      return { id: ids[k] as OrderId, instrument: i, lots: -held as Lots, type, limit, createdAt: now, terms };
    });
  }

  snapshot(): Uint8Array {
    return new ByteWriter(8 * this.entry.length + 16).f64s(this.entry).finish();
  }

  /** Throws `corrupt-artifact` on a snapshot of other instruments. */
  restore(snapshot: Uint8Array): void {
    const entry = new ByteReader(snapshot).f64s();
    if (entry.length !== this.entry.length)
      throw new TruewindError("corrupt-artifact", "The snapshot holds what positions in other instruments cost.");
    this.entry.set(entry);
  }
}

/** Larger than what is held is as good: it only reduces. */
function covers({ order, remaining, limit }: Guard, wanted: Wanted, held: number): boolean {
  return (
    order.type === wanted.type &&
    limit === wanted.limit &&
    order.terms?.trigger === wanted.trigger &&
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
