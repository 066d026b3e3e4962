// What makes an order no order: parts that its type needs and lacks, or that contradict one another. Engine and venues ask the same question.
import type { Order } from "./order.js";

/** A sentence per fault; empty for a sound order. */
export function orderFaults({ lots, type, limit, terms = {} }: Order): readonly string[] {
  const { trigger, trail, timeInForce = "gtc", postOnly, reduceOnly, group } = terms;
  const limited = type === "limit" || type === "stop-limit";
  const stop = type === "stop" || type === "stop-limit";
  const faults: string[] = [];
  const unless = (sound: boolean, fault: string): void => void (sound || faults.push(fault));
  unless(Number.isSafeInteger(lots) && lots !== 0, `${lots} lots are no size`);
  unless(limited === (limit !== null), limited ? `a ${type} order has no limit` : `a ${type} order has a limit`);
  unless(limit === null || isPrice(limit), `a limit of ${limit} ticks is no price`);
  unless(stop === (trigger !== undefined), stop ? `a ${type} order has no trigger` : `a ${type} order has a trigger`);
  unless(trigger === undefined || isPrice(trigger), `a trigger at ${trigger} ticks is no price`);
  unless(
    (type === "trailing-stop") === (trail !== undefined),
    type === "trailing-stop" ? "a trailing stop has no trail" : "only a trailing stop trails",
  );
  unless(trail === undefined || isPrice(trail), `a trail of ${trail} ticks is no distance`);
  unless(postOnly === undefined || type === "limit", `a ${type} order cannot be post-only`);
  unless(postOnly === undefined || timeInForce === "gtc" || timeInForce === "day", `a post-only order cannot be ${timeInForce}`);
  const auction = timeInForce === "at-open" || timeInForce === "at-close";
  unless(!auction || type === "market" || type === "limit", `a ${type} order cannot be ${timeInForce}`);
  unless(group?.kind !== "bracket" || group.parent !== undefined, "a bracket names no parent");
  unless(group?.kind !== "bracket" || reduceOnly === true, "what a bracket holds back may only reduce");
  unless(
    group?.kind !== "bracket" || !(auction || timeInForce === "ioc" || timeInForce === "fok"),
    `what waits for its parent cannot be ${timeInForce}`,
  );
  return faults;
}

function isPrice(ticks: number): boolean {
  return Number.isSafeInteger(ticks) && ticks >= 1;
}
