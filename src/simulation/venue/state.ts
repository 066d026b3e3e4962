// The simulated venue's state, for snapshots: plain data, bigints aside.
import type { HoldingsState } from "#domain/holdings.js";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { CashPosted, Fill } from "#domain/venue-event.js";
import type { ToldReferencesState } from "#domain/told-references.js";
import type { LiquidityState } from "./liquidity.js";
import type { OutboxState } from "./outbox.js";
import type { QuotesState } from "./quotes.js";

/** An order at the venue. */
export interface Resting {
  readonly order: ApprovedOrder;
  remaining: Lots;
  limit: Ticks | null;
  /** Exchange time of its arrival, Micros. */
  readonly arrivesAt: number;
  /** Exchange time from which it can trade or be triggered: its arrival, or when its parent filled, or its trigger was reached. */
  from: number;
  /** The market's price when its trigger was reached, in its currency; null where `from` is no such moment. */
  wokeAtPrice: number | null;
  /** False until its trigger was reached, and its parent has filled. */
  awake: boolean;
  trigger: Ticks | null;
  trail: Ticks | null;
  /** Best price since arrival, of a trailing stop, in the bars that are complete; null before the first. */
  best: number | null;
  /** Lots (absolute) that its parent has filled; null without a parent. */
  allowed: number | null;
  /** Lots filled, absolute. */
  filled: number;
  /** End of the last bar in which it was tried; of bars only. */
  doneBarAt: number;
  /** Exchange time at which a cancellation takes effect; null when none is under way. */
  cancelAt: number | null;
  /** True once it has met a halt. */
  halted: boolean;
  /** Exchange time at which its time in force is over; null when it is not known yet, or never. */
  expiresAt: number | null;
}

/** What has changed the account. */
export type Booked = Fill | CashPosted;

export interface RestingState {
  readonly resting: readonly Resting[];
  /** Ids of orders received in this session and in the one before. */
  readonly recent: readonly OrderId[];
  readonly older: readonly OrderId[];
  /** Lots (absolute) that groups have filled. */
  readonly recentGroups: readonly (readonly [string, number])[];
  readonly olderGroups: readonly (readonly [string, number])[];
}

export interface VenueState {
  readonly holdings: HoldingsState;
  readonly liquidity: LiquidityState;
  readonly orders: RestingState;
  /** Splits, dividends, delistings and rates. */
  readonly told: ToldReferencesState;
  /** Instruments that have left the market. */
  readonly gone: readonly InstrumentIx[];
  /** Of this session and of the one before. */
  readonly recent: readonly Booked[];
  readonly older: readonly Booked[];
  readonly outbox: OutboxState;
  /** How many there were. */
  readonly fills: number;
  readonly now: number;
  readonly accruedTo: number;
  /** Payments of funding that have been made, and orders that met a halt. */
  readonly funded: number;
  readonly halted: number;
  /** End of each instrument's last complete bar. */
  readonly lastBarAt: readonly number[];
  /** Null where none are recorded. */
  readonly quotes: QuotesState | null;
  readonly slippage: { readonly spread: number; readonly impact: number };
}
