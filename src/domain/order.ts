// The wish to trade, and what the risk department said of it.
import type { Brand } from "#base/brand.js";
import type { InstrumentIx, Lots, Ticks } from "./instrument.js";
import type { Micros } from "./time.js";

/** Deterministic: the same decision gives the same id after any restart, so a repeated submission is recognised. */
export type OrderId = Brand<string, "OrderId">;

/** `nth`: 0 for the first order of the instrument at that moment. No moment may make the same number twice. */
export function orderIdOf(asOf: Micros, instrument: InstrumentIx, nth = 0): OrderId {
  return (nth === 0 ? `${asOf}.${instrument}` : `${asOf}.${instrument}.${nth}`) as OrderId;
}

/** A `stop` becomes a market order, a `stop-limit` a limit order, once the market has reached its trigger; a `trailing-stop` moves its trigger with the market. */
export type OrderType = "market" | "limit" | "stop" | "stop-limit" | "trailing-stop";

/**
 * How long an order lives. `gtc` until filled or cancelled; `day` until its session ends; `ioc` fills at once what it can, the rest is
 * cancelled; `fok` fills whole at once or not at all; `at-open` and `at-close` take part in that auction only.
 */
export type TimeInForce = "gtc" | "day" | "ioc" | "fok" | "at-open" | "at-close";

/**
 * Orders that know of one another. `oco`: what one fills, the others lack, and one that lacks all is cancelled. `bracket`: as `oco`, and they sleep until
 * `parent` has filled; the first fill of one also cancels what the parent still lacks. A parent that ends without a fill takes them with it.
 */
export interface OrderGroup {
  readonly id: string;
  readonly kind: "oco" | "bracket";
  /** Of a bracket: the order that opens the position; its fills wake the others, for what was filled. */
  readonly parent?: OrderId;
}

/** What a market or limit order does not need. A part that is absent does not apply. */
export interface OrderTerms {
  /** Of `stop` and `stop-limit`: a buy is triggered at or above it, a sale at or below it. */
  readonly trigger?: Ticks;
  /** Of `trailing-stop`: distance of the trigger from the best price since the order arrived; positive. */
  readonly trail?: Ticks;
  /** Absent is `gtc`. */
  readonly timeInForce?: TimeInForce;
  /** Of a limit order: cancelled on arrival where it would take liquidity. */
  readonly postOnly?: true;
  /** Never enlarges or turns a position: cut to what is held when it fills. */
  readonly reduceOnly?: true;
  readonly group?: OrderGroup;
}

export interface Order {
  readonly id: OrderId;
  readonly instrument: InstrumentIx;
  /** Signed: positive buys, negative sells; never 0. */
  readonly lots: Lots;
  readonly type: OrderType;
  /** Worst acceptable price; null for an order without one. */
  readonly limit: Ticks | null;
  readonly createdAt: Micros;
  readonly terms?: OrderTerms;
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

/** What is left of a signed size that others fill `lots` (absolute) of. */
export function lessBy(remaining: Lots, lots: number): Lots {
  return (Math.sign(remaining) * Math.max(0, Math.abs(remaining) - lots) || 0) as Lots;
}
