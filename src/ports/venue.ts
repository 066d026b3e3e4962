// A place that executes. Methods return nothing: each result comes back as a VenueEvent in the engine's queue.
import type { Currency, InstrumentIx, Lots } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId, OrderType, TimeInForce } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill } from "#domain/venue-event.js";

/** What the venue takes. What it lacks is refused before it leaves, with a rule; an order is never sent as something else. */
export interface VenueCapabilities {
  readonly types: readonly OrderType[];
  readonly timesInForce: readonly TimeInForce[];
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly groups: boolean;
  readonly shortSelling: boolean;
  /**
   * Within this long after it was sent, each order is answered by some message and appears in `snapshot`, µs: without one it is `unknown`. Null where
   * the venue knows an order from the moment it is submitted, and need not say so.
   */
  readonly answerWithinUs: number | null;
}

/** What the venue believes now; used to reconcile after start, after each reconnect and in between. */
export interface VenueSnapshot {
  readonly open: readonly { readonly id: OrderId; readonly instrument: InstrumentIx; readonly remaining: Lots }[];
  readonly positions: readonly { readonly instrument: InstrumentIx; readonly lots: Lots }[];
  /** Left out by venues that do not tell. Micro-units (1e-6). */
  readonly cash?: readonly { readonly currency: Currency; readonly amountMicro: bigint }[];
}

export interface ExecutionVenue {
  readonly capabilities: VenueCapabilities;
  /** Safe to repeat with the same order id. */
  submit(order: ApprovedOrder): void;
  cancel(id: OrderId): void;
  snapshot(): Promise<VenueSnapshot>;
  /** Every fill that happened at or after the moment, with the id under which it was told, or should have been. */
  fillsSince(at: Micros): Promise<readonly Fill[]>;
  /** Likewise every posting of cash; empty where the venue posts none. Asked for where its cash is not ours, or is not told. */
  postingsSince(at: Micros): Promise<readonly CashPosted[]>;
}

/** A way to a venue of its own, for the emergency stop: it works while the process that trades is stuck. */
export interface EmergencyConnection {
  readonly name: string;
  /** Resolves when the venue has confirmed that nothing of ours rests there. */
  cancelAll(): Promise<void>;
}
