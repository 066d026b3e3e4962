// TS2322: a strategy gives beliefs; it cannot give orders.
import type { Order } from "#domain/order.js";
import type { Strategy } from "#ports/stages.js";

declare const orders: readonly Order[];

export const eager: Strategy = {
  name: "eager",
  // refused:
  decide: () => orders,
};
