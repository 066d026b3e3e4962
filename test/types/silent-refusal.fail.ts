// TS2322: whoever refuses an order names the rule.
import type { Order, RiskDecision } from "#domain/order.js";

export function refuse(order: Order): RiskDecision {
  // refused:
  return { verdict: "refuse", order };
}
