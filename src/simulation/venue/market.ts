// What an order meets: bars, or quotes. What it does next is asked elsewhere; here, what comes of a trade.
import type { Resting } from "./state.js";

/** `trade`: at `price` before spread and impact, or at the limit itself for who provides liquidity. `wake`: the trigger was reached, at `price`. */
export type Action =
  | { readonly kind: "trade"; readonly at: number; readonly price: number; readonly taker: boolean }
  | { readonly kind: "wake"; readonly at: number; readonly price: number }
  | { readonly kind: "end"; readonly at: number; readonly how: "order-cancelled" | "order-expired"; readonly reason: string };

export interface TradeCost {
  /** All costs included, on the grid, rounded against the trader; below 1 when there is no such price. */
  readonly ticks: number;
  /** Currency per unit. */
  readonly spread: number;
  readonly maker: boolean;
}

export interface Market {
  /** The order is tried now, whatever comes of it. */
  tried(resting: Resting): void;
  /** Absolute lots that can be traded now. */
  size(resting: Resting): number;
  /** What one who takes `size` lots at `price` pays or receives. */
  cost(resting: Resting, price: number, size: number): TradeCost;
  /** Counts the trade of `size` lots at `price` before costs; `rate` turns its currency into the base. Returns the fee, micro-units. */
  book(resting: Resting, price: number, size: number, cost: TradeCost, rate: number): bigint;
}
