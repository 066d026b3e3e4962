// The simulated venue's state, for snapshots: plain data, bigints aside.
import type { HoldingsState } from "#domain/holdings.js";
import type { Lots, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
import type { LiquidityState } from "./liquidity.js";

/** An order at the venue. */
export interface Resting {
  readonly order: ApprovedOrder;
  remaining: Lots;
  limit: Ticks | null;
  /** Exchange time from which it can trade, Micros. */
  readonly arrivesAt: number;
  /** End of the last bar in which it was tried. */
  doneBarAt: number;
  /** Exchange time at which a cancellation takes effect; null when none is under way. */
  cancelAt: number | null;
  /** True once anything of it was filled. */
  filled: boolean;
}

export interface VenueState {
  readonly holdings: HoldingsState;
  readonly liquidity: LiquidityState;
  readonly resting: readonly Resting[];
  /** Ids of orders received in this session and in the one before. */
  readonly recentOrders: readonly OrderId[];
  readonly olderOrders: readonly OrderId[];
  /** Fills of this session and of the one before. */
  readonly recentFills: readonly Fill[];
  readonly olderFills: readonly Fill[];
  readonly outbox: readonly { readonly event: VenueEvent; readonly sequence: number }[];
  readonly sequence: number;
  readonly now: number;
  readonly accruedTo: number;
  readonly slippage: { readonly spread: number; readonly impact: number };
}

/** Copies, so that a restored venue shares nothing with the snapshot. */
export function restoreResting(state: VenueState): Resting[] {
  return state.resting.map((resting) => ({ ...resting }));
}
