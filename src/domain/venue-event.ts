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

/** The venue has the order: it works, or sleeps until its trigger. A venue need not say so: the first fill says it, too. */
export interface OrderAccepted extends Timed {
  readonly kind: "order-accepted";
  readonly order: OrderId;
}

/** A sleeping order woke: its trigger was reached, or its parent has filled. */
export interface OrderTriggered extends Timed {
  readonly kind: "order-triggered";
  readonly order: OrderId;
}

/** The order's time is over: what was not filled is gone. */
export interface OrderExpired extends Timed {
  readonly kind: "order-expired";
  readonly order: OrderId;
  readonly reason: string;
}

/** The venue would not cancel: the order has filled, or goes on. */
export interface CancelRejected extends Timed {
  readonly kind: "cancel-rejected";
  readonly order: OrderId;
  readonly reason: string;
}

/** Said by our own side of the connection: the venue owes a word on this order, and its time to answer is over. The order may work or not. */
export interface OrderUnanswered extends Timed {
  readonly kind: "order-unanswered";
  readonly order: OrderId;
}

/**
 * The line to the venue. `lost`: every order out is unknown, and nothing is ordered. `restored` is told last, after all that was found by asking the
 * venue for its book and its fills.
 */
export interface ConnectionChanged extends Timed {
  readonly kind: "connection";
  readonly state: "lost" | "restored";
  readonly reason: string;
}

/** Interest, borrow fees, funding of perpetuals and the like, posted by whoever keeps the account. */
export interface CashPosted extends Timed {
  readonly kind: "cash";
  /** Unique per venue: a second posting with the same id is a duplicate. */
  readonly postingId: string;
  readonly reason: "interest" | "borrow" | "funding";
  readonly currency: Currency;
  /** Micro-units (1e-6) of `currency`; positive is received. */
  readonly amountMicro: bigint;
}

/** What is said of one order, fills aside. */
export type OrderReport = OrderAccepted | OrderTriggered | OrderRejected | OrderCancelled | OrderExpired | CancelRejected | OrderUnanswered;

export type VenueEvent = Fill | OrderReport | CashPosted | ConnectionChanged;
