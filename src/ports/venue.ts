// A place that executes. Methods return nothing: each result comes back as a VenueEvent in the engine's queue.
import type { InstrumentIx, Lots } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";

export interface VenueCapabilities {
  readonly limitOrders: boolean;
  readonly shortSelling: boolean;
}

/** What the venue believes now; used to reconcile after start and after each reconnect. */
export interface VenueSnapshot {
  readonly open: readonly { readonly id: OrderId; readonly instrument: InstrumentIx; readonly remaining: Lots }[];
  readonly positions: readonly { readonly instrument: InstrumentIx; readonly lots: Lots }[];
}

export interface ExecutionVenue {
  readonly capabilities: VenueCapabilities;
  /** Safe to repeat with the same order id. */
  submit(order: ApprovedOrder): void;
  cancel(id: OrderId): void;
  snapshot(): Promise<VenueSnapshot>;
}
