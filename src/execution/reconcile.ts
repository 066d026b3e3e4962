// Orders = desire - (held + already working). Calling it twice changes nothing, so a restart is safe.
// What protects a position is not on its way to the target. It goes once nothing of that side is wanted; while it is out, orders against the
// position only reduce, so that nothing is sold twice.
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import { type Order, type OrderId, orderIdOf } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { TargetPortfolio } from "#domain/signal.js";
import type { Pace } from "#ports/stages.js";

export interface Reconciliation {
  /** Working orders that pull away from the desire: cancelled first, their room used at the next call. */
  readonly cancels: readonly OrderId[];
  /** Reductions first, then by instrument: risk sees what frees room before what needs it. */
  readonly orders: readonly Order[];
}

const NOTHING: Reconciliation = { cancels: [], orders: [] };

/** Sizes a target in whole lots at the view's prices, into `desired`. A NaN weight, or no price, keeps the earlier desire. */
export function desireLots(target: TargetPortfolio, view: PortfolioView, desired: Float64Array): void {
  const equity = Math.max(0, view.equity); // a ruined account wants nothing, not the opposite; NaN stays NaN
  for (let i = 0; i < desired.length; i++) {
    const weight = target.weights[i] as number;
    if (weight === 0) {
      desired[i] = 0;
      continue;
    }
    const lots = (weight * equity) / (view.lotValue[i] as number);
    if (!Number.isFinite(lots)) continue;
    desired[i] = Math.trunc(lots + Math.sign(lots) * 1e-9);
  }
}

/** What is still to be ordered. `desired` is in lots per instrument. Without a manner all orders are market orders. */
export function reconcile(desired: Float64Array, view: PortfolioView, manner?: Omit<Pace, "lots">): Reconciliation {
  let cancels: OrderId[] | null = null;
  let orders: Order[] | null = null;
  let guarded: Set<number> | null = null;
  for (const { order } of view.working) {
    if (!protects(order)) continue;
    (guarded ??= new Set()).add(order.instrument);
    if ((desired[order.instrument] as number) * order.lots >= 0) (cancels ??= []).push(order.id);
  }
  for (let i = 0; i < desired.length; i++) {
    const working = (view.workingBuys[i] as number) + (view.workingSells[i] as number);
    const held = view.lots[i] as number;
    const delta = (desired[i] as number) - held - working;
    const recalled = manner?.recall[i] === 1;
    if (delta === 0 && !recalled) continue;
    if (recalled || (working !== 0 && Math.sign(delta) !== Math.sign(working))) {
      cancels ??= [];
      for (const { order } of view.working) if (order.instrument === i && !protects(order)) cancels.push(order.id);
      continue;
    }
    const reduces = guarded !== null && guarded.has(i) && held * delta < 0;
    const lots = reduces ? Math.sign(delta) * Math.min(Math.abs(delta), Math.max(0, (held + working) * Math.sign(held))) : delta;
    if (lots === 0) continue; // the rest once nothing protects any more
    const limit = manner?.limits[i] ?? Number.NaN;
    orders ??= [];
    orders.push({
      id: orderIdOf(view.asOf, i as InstrumentIx),
      instrument: i as InstrumentIx,
      lots: lots as Lots,
      type: Number.isNaN(limit) ? "market" : "limit",
      limit: Number.isNaN(limit) ? null : (limit as Ticks),
      createdAt: view.asOf,
      ...(reduces ? { terms: { reduceOnly: true } } : {}),
    });
  }
  if (orders === null) return cancels === null ? NOTHING : { cancels, orders: [] };
  const reduces = (o: Order): boolean => (view.lots[o.instrument] as number) * o.lots < 0;
  orders.sort((a, b) => Number(reduces(b)) - Number(reduces(a)) || a.instrument - b.instrument);
  return { cancels: cancels ?? [], orders };
}
