// What a venue tells us. Every outcome of a submission comes back as one of these, never as a return value.
import type { Currency, InstrumentIx, Lots, Ticks } from "./instrument.js";
import type { OrderId } from "./order.js";
import type { Timed } from "./time.js";

export interface Fill extends Timed {
  readonly kind: "fill";
  /** Unique per venue: a second fill with the same id is a duplicate. */
  readonly fillId: string;
  readonly order: OrderId;
  readonly instrument: InstrumentIx;
  readonly lots: Lots;
  readonly price: Ticks;
  /** Micro-units (1e-6) of the instrument's currency; positive is a cost, negative a rebate. */
  readonly feeMicro: bigint;
}

export interface OrderRejected extends Timed {
  readonly kind: "order-rejected";
  readonly order: OrderId;
  readonly reason: string;
}

export interface OrderCancelled extends Timed {
  readonly kind: "order-cancelled";
  readonly order: OrderId;
  readonly reason: string;
}

/** Interest, borrow fees and the like, posted by whoever keeps the account. */
export interface CashPosted extends Timed {
  readonly kind: "cash";
  readonly reason: "interest" | "borrow";
  readonly currency: Currency;
  /** Micro-units (1e-6) of `currency`; positive is received. */
  readonly amountMicro: bigint;
}

export type VenueEvent = Fill | OrderRejected | OrderCancelled | CashPosted;
