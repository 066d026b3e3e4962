// Targets, and orders that protect, against a venue that answers late and fills in parts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentId, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import { type ApprovedOrder, type Order, type OrderId, orderIdOf } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
import { SECOND_US, type Micros } from "#domain/time.js";
import { Account } from "#engine/account.js";
import { refuseUnprotectable } from "#engine/fit-to-venue.js";
import { Protection } from "#execution/protection.js";
import { reconcile } from "#execution/reconcile.js";
import { createRiskEngine } from "#risk/review.js";
import { SIMULATED_CAPABILITIES } from "#simulation/venue/capabilities.js";
import { type BenchBar, SHARE, VenueBench } from "#test/fixtures/venue-bench.js";
import { SIMPLE_VENUE } from "#test/fixtures/fake-venue.js";
import { NO_PROTECTION, toyProtection, toyRangedProtection } from "#test/fixtures/toy-look-back.js";
import { USD, toyMarket } from "#test/fixtures/toy-market.js";
import { type MemoryJournal, toyRun } from "#test/fixtures/toy-run.js";

const CASH = 10_000_000_000n;

/** An account that sends what `reconcile` asks for to the bench, and hears what comes back. */
class Desk {
  readonly bench = new VenueBench({ costs: { latencyUs: 2 * SECOND_US, participation: 0.1 } });
  readonly account = new Account([SHARE, { ...SHARE, id: "R" as InstrumentId }], USD, CASH);
  readonly desired = new Float64Array(2);
  readonly cancelled: OrderId[] = [];
  private readonly risk = createRiskEngine({ maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: 1e9, maxOrderNotional: null });
  private heard = 0;
  /** Of the account at each word; null for none. */
  readonly complaints: (string | null)[] = [];
  /** Lots held after each fill. */
  readonly path: number[] = [];

  at(now: number): void {
    for (const event of this.bench.heard.slice(this.heard)) {
      if (event.kind === "fill") {
        this.complaints.push(this.account.fill(event));
        this.path.push(this.account.lots[0] as number);
      } else if (event.kind !== "cash" && event.kind !== "connection") this.complaints.push(this.account.orders.hear(event));
    }
    this.heard = this.bench.heard.length;
    this.account.holdings.price[0] = 10;
    this.account.revalue(now as Micros);
  }

  send(orders: readonly Order[], cancels: readonly OrderId[] = []): void {
    const decisions = this.risk.review(orders, this.account);
    for (const id of cancels) {
      this.cancelled.push(id);
      this.account.orders.cancelling(id);
      this.bench.venue.cancel(id);
    }
    for (const decision of decisions) {
      if (decision.verdict === "refuse") continue;
      this.account.orders.add(decision.order);
      this.bench.venue.submit(decision.order);
    }
  }

  aim(lots: number, now: number): void {
    this.at(now);
    this.desired[0] = lots;
    const { orders, cancels } = reconcile(this.desired, this.account);
    this.send(orders, cancels);
  }

  protect(lots: number, stop: number, target: number, now: number): readonly OrderId[] {
    this.at(now);
    const base = { instrument: 0 as InstrumentIx, lots: -lots as Lots, createdAt: now as Micros };
    const group = { id: `${now}`, kind: "oco" } as const;
    const ids = [orderIdOf(now as Micros, base.instrument, 1), orderIdOf(now as Micros, base.instrument, 2)] as const;
    this.send([
      { ...base, id: ids[0], type: "stop", limit: null, terms: { trigger: stop as Ticks, reduceOnly: true, group } },
      { ...base, id: ids[1], type: "limit", limit: target as Ticks, terms: { reduceOnly: true, group } },
    ]);
    return ids;
  }

  get working(): readonly ApprovedOrder[] {
    return this.account.working.map(({ order }) => order);
  }
}

const STILL: BenchBar = { o: 1000, h: 1000, l: 1000, c: 1000, v: 1000 };

describe("a protected position", () => {
  it("keeps its stop and its target while it is wanted, and loses them with the order that closes it", () => {
    const desk = new Desk();
    desk.bench.play([STILL]);
    desk.aim(10, desk.bench.now);
    desk.bench.play([STILL]);
    const pair = desk.protect(10, 950, 1050, desk.bench.now);
    for (const lots of [10, 10, 12, 7, 10]) {
      desk.bench.play([STILL]);
      desk.aim(lots, desk.bench.now);
    }
    desk.bench.play([STILL]);
    desk.at(desk.bench.now);
    expect([desk.account.lots[0], desk.working.map((o) => o.id), desk.cancelled]).toEqual([10, pair, []]);
    desk.aim(0, desk.bench.now);
    expect(desk.cancelled).toEqual(pair);
    desk.bench.play([STILL]);
    desk.at(desk.bench.now);
    expect([desk.account.lots[0], desk.working, desk.bench.venue.holdings.lots[0]]).toEqual([0, [], 0]);
  });

  it("is never sold twice, whatever is wanted and whichever order the market reaches first", () => {
    const price = fc.integer({ min: 940, max: 1060 });
    const row = fc
      .tuple(price, price, price, price)
      .map(([o, a, b, c]): BenchBar => ({ o, h: Math.max(o, a, b, c), l: Math.min(o, a, b, c), c, v: 500 }));
    const wish = fc.record({ lots: fc.integer({ min: -60, max: 100 }), after: fc.integer({ min: 1, max: 59 }), protects: fc.boolean() });
    let [stopped, turned] = [0, 0];
    fc.assert(
      fc.property(fc.array(fc.tuple(row, wish), { minLength: 4, maxLength: 9 }), fc.boolean(), (days, long) => {
        const desk = new Desk();
        desk.bench.play([STILL]);
        desk.aim(long ? 50 : -50, desk.bench.now);
        let guards = new Set<OrderId>();
        const guarding = new Map<OrderId, number>();
        for (const [bar, { lots, after, protects }] of days) {
          const now = desk.bench.now + after * SECOND_US;
          const act = (): void => {
            desk.at(now);
            const held = desk.account.lots[0] as number;
            if (protects && held !== 0) {
              guards = new Set([...guards, ...(held > 0 ? desk.protect(held, 960, 1040, now) : desk.protect(held, 1040, 960, now))]);
              for (const id of guards) if (!guarding.has(id)) guarding.set(id, Math.sign(held));
            } else desk.aim(lots, now);
          };
          desk.bench.play([bar], [{ after: after * SECOND_US, act }]);
          desk.at(desk.bench.now);
        }
        // No fill of what protects, nor any other while it is out, takes a position through zero.
        let held = 0;
        for (const fill of desk.bench.fills()) {
          const before = held;
          held += fill.lots;
          const order = desk.account.orders.find(fill.order)?.order;
          if (order?.terms?.reduceOnly !== true) continue;
          expect(Math.abs(held)).toBe(Math.abs(before) - Math.abs(fill.lots));
          stopped += guards.has(fill.order) ? 1 : 0;
        }
        turned += desk.path.some((n) => n !== 0 && n > 0 !== long) ? 1 : 0;
        expect(desk.complaints.every((complaint) => complaint === null)).toBe(true);
        // What was sent last is what is wanted in the end.
        const wanted = desk.desired[0] as number;
        for (let k = 0; k < 40; k++) {
          desk.aim(wanted, desk.bench.now);
          desk.bench.play([STILL]);
          desk.at(desk.bench.now);
        }
        expect(desk.account.lots[0]).toBe(wanted);
        for (const { id } of desk.working) expect((guarding.get(id) ?? 0) * wanted).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
    expect(stopped).toBeGreaterThan(30);
    expect(turned).toBeGreaterThan(30);
  });
});

describe("a run whose positions are protected", () => {
  it("has at the venue, at the end of each session, what ends each position that is wanted, and no more", async () => {
    let [stopped, gained] = [0, 0];
    for (const seed of ["guard", "ward", "shield"]) {
      const market = toyMarket({ seed, days: 40, names: 6, euros: true });
      const { journal } = await toyRun(market, {
        protection: toyProtection,
        onMark: ({ account, mode }, venue) => {
          expect(mode).toBe("running");
          expect([...account.lots]).toEqual([...venue.holdings.lots]);
          market.instruments.forEach((_, i) => {
            const held = account.lots[i] as number;
            const guards = account.orders
              .list()
              .filter(({ order, state }) => order.instrument === i && protects(order) && state !== "cancelling");
            if (held === 0) return void expect(guards).toEqual([]);
            if ((account.desired[i] as number) * held <= 0) return;
            for (const { remaining } of guards) expect(Math.abs(remaining)).toBeGreaterThanOrEqual(Math.abs(held));
            expect(guards.map(({ order }) => order.type).sort()).toEqual(["limit", "stop"]);
          });
        },
      });
      for (const entry of journal.entries) {
        if (entry.kind !== "event" || entry.event.kind !== "fill") continue;
        const order = orderOf(journal, entry.event.order);
        if (order === undefined || !protects(order)) continue;
        if (order.type === "stop") stopped++;
        else gained++;
      }
    }
    expect(Math.min(stopped, gained)).toBeGreaterThan(10);
  });

  it("ends by every policy there is, and adds nothing to what has been held long enough", async () => {
    const ended = new Map<string, number>();
    let timed = 0;
    for (const seed of ["guard", "ward"]) {
      const market = toyMarket({ seed, days: 60, names: 6 });
      const since = new Map<number, { readonly side: number; readonly began: number; held: number }>();
      let days = 0;
      const { journal } = await toyRun(market, {
        protection: toyRangedProtection,
        onMark: ({ account, mode }) => {
          expect(mode).toBe("running");
          days++;
          account.lots.forEach((held, i) => {
            const before = since.get(i);
            if (held === 0) return void since.delete(i);
            if (before?.side !== Math.sign(held)) return void since.set(i, { side: Math.sign(held), began: days, held });
            // Five bars; what the market does not take at once, or has no bar for, goes in the bars behind.
            const age = days - before.began;
            if (age > 6) expect(Math.abs(held)).toBeLessThanOrEqual(Math.abs(before.held));
            timed += Number(age === 6);
            before.held = held;
          });
        },
      });
      for (const entry of journal.entries) {
        if (entry.kind !== "event" || entry.event.kind !== "fill") continue;
        const order = orderOf(journal, entry.event.order);
        if (order === undefined || !protects(order)) continue;
        ended.set(order.type, (ended.get(order.type) ?? 0) + 1);
      }
    }
    expect([...ended.keys()].sort()).toEqual(["limit", "stop", "trailing-stop"]);
    expect(Math.min(...ended.values(), timed)).toBeGreaterThan(3);
  });

  it("begins at no venue that could not take what is to rest there", () => {
    const types = toyRangedProtection([SHARE]).orderTypes;
    expect(() => refuseUnprotectable(types, { ...SIMULATED_CAPABILITIES, groups: false })).toThrow(
      "protect: the venue knows no groups of orders, so that nothing could rest there to end a position; leave protect out, or keep of it what the venue takes.",
    );
    expect(() => refuseUnprotectable(types, { ...SIMULATED_CAPABILITIES, reduceOnly: false })).toThrow(/no reduce-only orders/);
    const plain = SIMULATED_CAPABILITIES.types.filter((type) => type !== "trailing-stop");
    expect(() => refuseUnprotectable(types, { ...SIMULATED_CAPABILITIES, types: plain })).toThrow(/takes no trailing-stop orders/);
    expect(() => refuseUnprotectable(toyProtection([SHARE]).orderTypes, { ...SIMULATED_CAPABILITIES, types: plain })).not.toThrow();
    expect(() => refuseUnprotectable(new Protection({ ...NO_PROTECTION, time: 3 }, [SHARE]).orderTypes, SIMPLE_VENUE)).not.toThrow();
  });
});

function orderOf(journal: MemoryJournal, id: OrderId): Order | undefined {
  for (const entry of journal.entries)
    if (entry.kind === "decision") for (const { order } of entry.decisions) if (order.id === id) return order;
  return undefined;
}
