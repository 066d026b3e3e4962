// What several venues believe, as the belief of one: sums of what is open of an order, of positions and of cash.
import type { Currency, InstrumentIx, Lots } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import type { VenueSnapshot } from "#ports/venue.js";

/** `parentOf`: the order that a child belongs to, or the id itself. Positions that cancel out are none. */
export function mergedSnapshot(each: readonly VenueSnapshot[], parentOf: (child: OrderId) => OrderId): VenueSnapshot {
  const open = new Map<OrderId, VenueSnapshot["open"][number]>();
  const positions = new Map<InstrumentIx, number>();
  const cash = new Map<Currency, bigint>();
  for (const snapshot of each) {
    for (const { id: child, instrument, remaining } of snapshot.open) {
      const id = parentOf(child);
      open.set(id, { id, instrument, remaining: ((open.get(id)?.remaining ?? 0) + remaining) as Lots });
    }
    for (const { instrument, lots } of snapshot.positions) positions.set(instrument, (positions.get(instrument) ?? 0) + lots);
    for (const { currency, amountMicro } of snapshot.cash ?? []) cash.set(currency, (cash.get(currency) ?? 0n) + amountMicro);
  }
  return {
    open: [...open.values()],
    positions: [...positions].flatMap(([instrument, lots]) => (lots === 0 ? [] : [{ instrument, lots: lots as Lots }])),
    cash: [...cash].map(([currency, amountMicro]) => ({ currency, amountMicro })),
  };
}
