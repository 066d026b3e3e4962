// The wish to trade, and what the risk department said of it.
import type { Brand } from "#base/brand.js";
import type { InstrumentIx, Lots, Ticks } from "./instrument.js";
import type { Micros } from "./time.js";

/** Deterministic: the same decision gives the same id after any restart, so a repeated submission is recognised. */
export type OrderId = Brand<string, "OrderId">;

export interface Order {
  readonly id: OrderId;
  readonly instrument: InstrumentIx;
  /** Signed: positive buys, negative sells; never 0. */
  readonly lots: Lots;
  readonly type: "market" | "limit";
  /** Worst acceptable price; null for a market order. */
  readonly limit: Ticks | null;
  readonly createdAt: Micros;
}

/** A private member is left out of `{ ...order, lots }`, so an altered copy is no longer approved. */
declare class Approval {
  private readonly approved: true;
}
/** Only `risk/` can mint one; venues accept nothing else. */
export type ApprovedOrder = Order & Approval;

export type RiskDecision =
  | { readonly verdict: "approve"; readonly order: ApprovedOrder }
  | { readonly verdict: "resize"; readonly order: ApprovedOrder; readonly from: Lots; readonly rule: string; readonly detail: string }
  | { readonly verdict: "refuse"; readonly order: Order; readonly rule: string; readonly detail: string };

/** An order at the venue. `remaining` shrinks with fills; a split rescales it and the limit. */
export interface WorkingOrder {
  readonly order: ApprovedOrder;
  readonly remaining: Lots;
  readonly limit: Ticks | null;
}
