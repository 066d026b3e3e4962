// What every execution venue must keep. Each implementation's test calls `venueContract` once; what it cannot do stands in its skip list, with the reason.
/* oxlint-disable vitest/no-standalone-expect, vitest/valid-title -- the laws are written once and run as tests of each venue */
import { describe, expect, it } from "vitest";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, Order, OrderId, OrderType, TimeInForce } from "#domain/order.js";
import { orderFaults } from "#domain/order-faults.js";
import type { Micros } from "#domain/time.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
import { WorkingOrders } from "#engine/working-orders.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { approve } from "#risk/approve.js";

/** A venue in a market for instruments 0 and 1 that trades around 100 ticks and never reaches 1 or 10,000. */
export interface VenueRig {
  readonly venue: ExecutionVenue;
  now(): Micros;
  /** Lets the market trade for a while and all messages arrive. */
  pass(): Promise<void>;
  /** All that the venue has said so far. */
  heard(): readonly VenueEvent[];
}

const laws = {
  "fills a market order, in parts or whole, never more than asked": async (rig: VenueRig) => {
    const order = orderOf(rig, 30);
    rig.venue.submit(order);
    await settled(rig);
    const fills = fillsOf(rig, order);
    expect(sum(fills)).toBe(30);
    for (const fill of fills) {
      expect(fill.lots).toBeGreaterThan(0);
      expect(Number.isInteger(fill.lots)).toBe(true);
      expect(fill.price).toBeGreaterThan(1);
      expect(fill.instrument).toBe(order.instrument);
    }
  },
  "says nothing before it happened, and no fill before its order": async (rig: VenueRig) => {
    const order = orderOf(rig, -20);
    rig.venue.submit(order);
    await settled(rig);
    expect(rig.heard().length).toBeGreaterThan(0);
    for (const event of rig.heard()) {
      expect(event.seenAt).toBeGreaterThanOrEqual(event.at);
      expect(event.at).toBeGreaterThanOrEqual(order.createdAt);
    }
  },
  "gives every fill its own id": async (rig: VenueRig) => {
    for (let i = 0; i < 4; i++) rig.venue.submit(orderOf(rig, i % 2 === 0 ? 5 : -5, null, i % 2));
    await settled(rig);
    const ids = rig.heard().flatMap((event) => (event.kind === "fill" ? [event.fillId] : []));
    expect(ids.length).toBeGreaterThanOrEqual(4);
    expect(new Set(ids).size).toBe(ids.length);
  },
  "takes a repeated submission for the same order, also after it was filled": async (rig: VenueRig) => {
    const order = orderOf(rig, 10);
    rig.venue.submit(order);
    rig.venue.submit(order);
    await settled(rig);
    rig.venue.submit(order);
    await settled(rig);
    expect(sum(fillsOf(rig, order))).toBe(10);
  },
  "confirms a cancellation once, and fills nothing after it": async (rig: VenueRig) => {
    const order = orderOf(rig, 10, 1);
    rig.venue.submit(order);
    await rig.pass();
    rig.venue.cancel(order.id);
    rig.venue.cancel(order.id);
    await rig.pass();
    rig.venue.cancel(order.id);
    await rig.pass();
    expect(kindsOf(rig)).toEqual(["order-cancelled"]);
    expect((await rig.venue.snapshot()).open).toEqual([]);
  },
  "is silent about the cancellation of an order that is unknown or filled": async (rig: VenueRig) => {
    rig.venue.cancel("no such order" as OrderId);
    const order = orderOf(rig, 10);
    rig.venue.submit(order);
    await settled(rig);
    rig.venue.cancel(order.id);
    await rig.pass();
    expect(rig.heard().filter((event) => event.kind !== "fill")).toEqual([]);
  },
  "never fills a limit order at a worse price": async (rig: VenueRig) => {
    const orders = [orderOf(rig, 5, 10_000), orderOf(rig, -5, 1, 1), orderOf(rig, 5, 99), orderOf(rig, -5, 101, 1)];
    for (const order of orders) rig.venue.submit(order);
    for (let i = 0; i < 5; i++) await rig.pass();
    for (const order of orders) {
      for (const fill of fillsOf(rig, order)) {
        if (order.lots > 0) expect(fill.price).toBeLessThanOrEqual(order.limit as Ticks);
        else expect(fill.price).toBeGreaterThanOrEqual(order.limit as Ticks);
      }
    }
    expect(sum(fillsOf(rig, orders[0] as Order)), "a marketable limit order trades").toBe(5);
  },
  "answers a snapshot with what it works and what its fills add up to": async (rig: VenueRig) => {
    const resting = orderOf(rig, 8, 1);
    rig.venue.submit(orderOf(rig, 12));
    rig.venue.submit(orderOf(rig, -4, null, 1));
    rig.venue.submit(resting);
    await settled(rig);
    const { open, positions } = await rig.venue.snapshot();
    expect(open).toEqual([{ id: resting.id, instrument: resting.instrument, remaining: 8 }]);
    expect([...positions].sort((a, b) => a.instrument - b.instrument)).toEqual([
      { instrument: 0, lots: 12 },
      { instrument: 1, lots: -4 },
    ]);
  },
  "tells its fills again when it is asked, with their ids, from the moment that is asked for": async (rig: VenueRig) => {
    const from = rig.now();
    rig.venue.submit(orderOf(rig, 9));
    rig.venue.submit(orderOf(rig, -3, null, 1));
    await settled(rig);
    const told = rig.heard().flatMap((event) => (event.kind === "fill" ? [event] : []));
    const asked = await rig.venue.fillsSince(from);
    expect(told.length).toBeGreaterThanOrEqual(2);
    const plain = ({ fillId, order, instrument, lots, price, feeMicro, at }: Fill) => ({
      fillId,
      order,
      instrument,
      lots,
      price,
      feeMicro,
      at,
    });
    const byId = (a: Fill, b: Fill): number => (a.fillId < b.fillId ? -1 : 1); // an answer may come in another order than the words did
    expect([...asked].sort(byId).map(plain)).toEqual(told.sort(byId).map(plain));
  },
  "says of no order more than one end, and nothing of one it was not sent": async (rig: VenueRig) => {
    const orders = [orderOf(rig, 4), orderOf(rig, 4, 1), orderOf(rig, -4, null, 1)];
    for (const order of orders) rig.venue.submit(order);
    await rig.pass();
    for (const order of orders) rig.venue.cancel(order.id);
    await settled(rig);
    for (const event of rig.heard()) if ("order" in event) expect(orders.map((order) => order.id)).toContain(event.order);
    for (const order of orders) {
      const ends = rig.heard().filter((e) => "order" in e && e.order === order.id && /^order-(cancelled|expired|rejected)$/.test(e.kind));
      expect(ends.length).toBe(sum(fillsOf(rig, order)) === order.lots ? 0 : 1);
    }
  },
  "does what it declares: an order of every kind is taken, and its words make one life": async (rig: VenueRig) => {
    const { types, timesInForce, reduceOnly } = rig.venue.capabilities;
    const orders = types.flatMap((type) =>
      timesInForce.map((timeInForce) => kindOf(rig, type, timeInForce)).filter((o) => orderFaults(o).length === 0),
    );
    if (reduceOnly) orders.push(approve({ ...orderOf(rig, -5), terms: { reduceOnly: true } }));
    expect(orders.length).toBeGreaterThanOrEqual(types.length);
    const account = new WorkingOrders(2);
    for (const order of orders) {
      account.add(order);
      rig.venue.submit(order);
    }
    await settled(rig);
    for (const event of rig.heard()) {
      if (event.kind === "cash" || event.kind === "connection") continue;
      expect(event.kind === "fill" ? account.fill(event) : account.hear(event)).toBeNull();
    }
    const { open } = await rig.venue.snapshot();
    const left = (orders: readonly { id: OrderId; remaining: number }[]): unknown[] =>
      orders.map(({ id, remaining }) => `${id} ${remaining}`).sort();
    expect(left(account.list().map(({ order, remaining }) => ({ id: order.id, remaining })))).toEqual(left(open));
  },
} satisfies Record<string, (rig: VenueRig) => Promise<void>>;

export function venueContract(name: string, open: () => VenueRig, skip: Partial<Record<keyof typeof laws, string>> = {}): void {
  describe(`venue contract: ${name}`, () => {
    for (const [law, check] of Object.entries(laws)) {
      it(law, (context) => {
        const reason = skip[law as keyof typeof laws];
        if (reason !== undefined) context.skip(reason);
        return check(open());
      });
    }
  });
}

let orders = 0;

function orderOf(rig: VenueRig, lots: number, limit: number | null = null, instrument = 0): ApprovedOrder {
  return approve({
    id: `o${++orders}` as OrderId,
    instrument: instrument as InstrumentIx,
    lots: lots as Lots,
    type: limit === null ? "market" : "limit",
    limit: limit as Ticks | null,
    createdAt: rig.now(),
  });
}

/** Two lots to buy of a kind, with triggers and limits that the market never reaches. */
function kindOf(rig: VenueRig, type: OrderType, timeInForce: TimeInForce): ApprovedOrder {
  const limited = type === "limit" || type === "stop-limit";
  const base = orderOf(rig, 2, limited ? 1 : null);
  const trigger = type === "stop" || type === "stop-limit" ? { trigger: 9_000 as Ticks } : {};
  const trail = type === "trailing-stop" ? { trail: 9_000 as Ticks } : {};
  return approve({ ...base, type, terms: { ...trigger, ...trail, ...(timeInForce === "gtc" ? {} : { timeInForce }) } });
}

async function settled(rig: VenueRig): Promise<void> {
  for (let i = 0; i < 3; i++) await rig.pass();
}

/** Whether a venue acknowledges what it received is its own affair. */
const kindsOf = (rig: VenueRig): string[] => rig.heard().flatMap(({ kind }) => (kind === "order-accepted" ? [] : [kind]));
const fillsOf = (rig: VenueRig, order: Order): Fill[] =>
  rig.heard().flatMap((event) => (event.kind === "fill" && event.order === order.id ? [event] : []));
const sum = (fills: readonly Fill[]): number => fills.reduce((total, fill) => total + fill.lots, 0);
