// The control: the same vocabulary used as intended compiles under the same options.
import { TruewindError } from "#base/errors.js";
import type { EngineEvent } from "#domain/event.js";
import type { FeatureFrame } from "#domain/frame.js";
import { type Instrument, type Lots, toLots, toTicks } from "#domain/instrument.js";
import type { EventBatch, MarketSlice } from "#domain/market.js";
import type { ApprovedOrder, Order, RiskDecision } from "#domain/order.js";
import { type Micros, micros } from "#domain/time.js";
import type { ModelFamily, TrainingSet } from "#ports/model.js";
import type { RiskEngine } from "#ports/stages.js";
import type { ExecutionVenue } from "#ports/venue.js";

declare const seed: Parameters<ModelFamily<unknown>["fit"]>[2];

export async function fitThenPredict(family: ModelFamily<unknown>, train: TrainingSet, frame: FeatureFrame): Promise<Float64Array> {
  const model = await family.fit(family.parseConfig({}), train, seed);
  return model.predict(frame);
}

export function sendApproved(
  risk: RiskEngine,
  venue: ExecutionVenue,
  orders: readonly Order[],
  view: Parameters<RiskEngine["review"]>[1],
): void {
  for (const decision of risk.review(orders, view)) if (decision.verdict !== "refuse") venue.submit(decision.order);
}

export function approvedIsAnOrder(order: ApprovedOrder): Order {
  return order;
}

export function refuse(order: Order): RiskDecision {
  return { verdict: "refuse", order, rule: "max-notional", detail: "too large" };
}

export function sizes(instrument: Instrument): readonly [Lots, number, Micros] {
  return [toLots(100, instrument), toTicks(12.34, instrument) * 2, micros(1_700_000_000_000_000)];
}

export function slice(batch: EventBatch, at: Micros): MarketSlice {
  return { kind: "market", at, seenAt: at, batch, start: 0, end: batch.length, nextRow: batch.length };
}

export function kindOf(event: EngineEvent): string {
  if (event.kind === "timer") throw new TruewindError("invariant", "a timer has no place here");
  return event.kind;
}
