// What every execution venue must keep. Each implementation's test calls `venueContract` once; what it cannot do stands in its skip list, with the reason.
/* oxlint-disable vitest/no-standalone-expect, vitest/valid-title -- the laws are written once and run as tests of each venue */
import { describe, expect, it } from "vitest";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, Order, OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
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

async function settled(rig: VenueRig): Promise<void> {
  for (let i = 0; i < 3; i++) await rig.pass();
}

/** Whether a venue acknowledges what it received is its own affair. */
const kindsOf = (rig: VenueRig): string[] => rig.heard().flatMap(({ kind }) => (kind === "order-accepted" ? [] : [kind]));
const fillsOf = (rig: VenueRig, order: Order): Fill[] =>
  rig.heard().flatMap((event) => (event.kind === "fill" && event.order === order.id ? [event] : []));
const sum = (fills: readonly Fill[]): number => fills.reduce((total, fill) => total + fill.lots, 0);
