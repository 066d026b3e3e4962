// Laws of the simulated venue over random bars and random orders of every kind: conservation, what each kind may never do, one book for engine and
// venue, and a restart at any bar.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ApprovedOrder, OrderTerms } from "#domain/order.js";
import { isFinal } from "#domain/order-state.js";
import type { Fill } from "#domain/venue-event.js";
import { MINUTE_US, SECOND_US } from "#domain/time.js";
import { type BenchBar, type BenchOptions, type BenchOrder, VenueBench } from "#test/fixtures/venue-bench.js";
import { orderKinds, reducing } from "#test/fixtures/order-kinds.js";

const bars = fc.array(
  fc
    .record({ o: fc.integer({ min: 90, max: 110 }), up: fc.nat(8), down: fc.nat(8), c: fc.integer({ min: 92, max: 108 }), v: fc.nat(200) })
    .map(({ o, up, down, c, v }): BenchBar => ({ o, h: Math.max(o, c) + up, l: Math.min(o, c) - down, c, v })),
  { minLength: 5, maxLength: 9 },
);

interface Wish {
  readonly bar: number;
  readonly after: number;
  readonly lots: number;
  readonly order: BenchOrder;
  readonly cancel: boolean;
}

const price = fc.integer({ min: 88, max: 112 });
const kinds = orderKinds(price, 12);
const lots = fc.integer({ min: -80, max: 80 }).filter((n) => n !== 0);
const wishes = fc.array(
  fc.tuple(fc.nat(6), fc.nat(59), lots, kinds, fc.boolean(), fc.boolean()).map(
    ([bar, after, n, order, reduceOnly, cancel]): Wish => ({
      bar,
      after,
      lots: n,
      order: reducing(order, reduceOnly),
      cancel,
    }),
  ),
  { maxLength: 8 },
);

const OPTIONS: BenchOptions = {
  costs: { latencyUs: 3 * SECOND_US, participation: 0.3, feeBps: 3, makerFeeBps: -1, halfSpreadBps: 5, impactBps: 50 },
};

/** Plays the bars; the wishes are sent before their bar with a moment of creation within it. Returns what was sent. */
function play(
  bench: VenueBench,
  rows: readonly BenchBar[],
  sent: readonly Wish[],
  before: (bar: number) => void = () => undefined,
): ApprovedOrder[] {
  const orders: ApprovedOrder[] = [];
  rows.forEach((row, k) => {
    for (const wish of sent) {
      if (wish.bar !== k) continue;
      const order = bench.order(wish.lots, { ...wish.order, createdAt: bench.now + wish.after * SECOND_US });
      orders.push(order);
      if (wish.cancel) bench.venue.cancel(order.id);
    }
    before(k);
    bench.play([row]);
  });
  return orders;
}

const sum = (fills: readonly Fill[]): number => fills.reduce((n, f) => n + f.lots, 0);

describe("the simulated venue, whatever is sent to it", () => {
  it("conserves size, keeps each order's promises, and ends every order once", () => {
    let filled = 0;
    fc.assert(
      fc.property(bars, wishes, (rows, sent) => {
        const bench = new VenueBench(OPTIONS);
        const orders = play(bench, rows, sent);
        filled += bench.fills().length;
        const byBar = new Map<number, number>();
        for (const fill of bench.fills()) {
          const k = Math.floor(fill.at / MINUTE_US) - 60;
          byBar.set(k, (byBar.get(k) ?? 0) + Math.abs(fill.lots));
        }
        for (const [k, volume] of byBar) expect(volume).toBeLessThanOrEqual((rows[k] as BenchBar).v as number);
        orders.forEach((order) => {
          const fills = bench.fills(order);
          const total = sum(fills);
          expect(Math.abs(total)).toBeLessThanOrEqual(Math.abs(order.lots));
          expect(fills.every((f) => Math.sign(f.lots) === Math.sign(order.lots))).toBe(true);
          expect(fills.every((f) => f.at >= order.createdAt + 3 * SECOND_US)).toBe(true);
          if (order.limit !== null)
            expect(fills.every((f) => (order.lots > 0 ? f.price <= (order.limit ?? 0) : f.price >= (order.limit ?? 0)))).toBe(true);
          const story = bench.heard.flatMap((e) => ("order" in e && e.order === order.id ? [e] : []));
          const ends = story.filter((e) => e.kind === "order-cancelled" || e.kind === "order-expired" || e.kind === "order-rejected");
          expect(ends.length).toBeLessThanOrEqual(total === order.lots ? 0 : 1);
          if (ends.length === 1) expect(fills.every((f) => f.at <= (ends[0] as { at: number }).at)).toBe(true);
          const { timeInForce: t, postOnly } = order.terms ?? {};
          if (t === "ioc" || t === "fok") expect(fills.length).toBeLessThanOrEqual(1);
          if (t === "fok") expect([0, order.lots]).toContain(total);
          if (postOnly) expect(fills.every((f) => f.price === order.limit && f.feeMicro <= 0n)).toBe(true);
        });
      }),
      { numRuns: 150 },
    );
    expect(filled).toBeGreaterThan(150);
  });

  it("never lets a reduce-only order enlarge or turn a position", () => {
    fc.assert(
      fc.property(bars, wishes, (rows, sent) => {
        const bench = new VenueBench(OPTIONS);
        const orders = play(bench, rows, sent);
        const careful = new Set(orders.filter((o) => o.terms?.reduceOnly).map((o) => o.id));
        let held = 0;
        for (const fill of bench.fills().sort((a, b) => a.at - b.at || Number(a.fillId.slice(1)) - Number(b.fillId.slice(1)))) {
          if (careful.has(fill.order)) expect(Math.abs(held + fill.lots)).toBe(Math.abs(held) - Math.abs(fill.lots));
          held += fill.lots;
        }
        expect(bench.venue.holdings.lots[0]).toBe(held);
      }),
      { numRuns: 100 },
    );
  });

  it("fills of a group together no more than one of it was for, of a bracket no more than its parent, and the engine knows what is left", async () => {
    let [both, shared] = [0, 0];
    const leg = fc.oneof(
      price.map((limit): BenchOrder => ({ limit })),
      price.map((trigger): BenchOrder => ({ terms: { trigger } })),
      fc.integer({ min: 1, max: 9 }).map((trail): BenchOrder => ({ terms: { trail } })),
    );
    await fc.assert(
      fc.asyncProperty(bars, fc.tuple(leg, leg), lots, fc.boolean(), fc.option(price), async (rows, legs, n, bracket, limit) => {
        const bench = new VenueBench({ costs: { participation: 0.2 } });
        const first = bracket ? [] : [bench.order(-n)]; // something to close, or to go on from
        bench.play([rows[0] as BenchBar]);
        const parent = bench.order(n, { limit });
        const group: OrderTerms["group"] = bracket ? { id: "g", kind: "bracket", parent: parent.id } : { id: "g", kind: "oco" };
        const orders = legs.map((order) =>
          bench.order(-n, { ...order, terms: { ...order.terms, ...(bracket ? { reduceOnly: true } : {}), group } }),
        );
        for (const row of rows.slice(1)) bench.play([row]);
        const filled = orders.map((order) => Math.abs(sum(bench.fills(order))));
        const together = filled.reduce((a, b) => a + b);
        expect(together).toBeLessThanOrEqual(Math.abs(n));
        both += together > 0 ? 1 : 0;
        shared += Math.min(...filled) > 0 ? 1 : 0;
        bench.listen(bench.now);
        const { account, complaints } = bench.engineBook([...first, parent, ...orders]);
        expect(complaints).toEqual([]);
        const { open } = await bench.venue.snapshot();
        expect(account.orders.list().map((o) => [o.order.id, o.remaining])).toEqual(open.map((o) => [o.id, o.remaining]));
        if (!bracket) return;
        expect(together).toBeLessThanOrEqual(Math.abs(sum(bench.fills(parent))));
        const woken = bench.fills(parent)[0]?.at ?? Number.POSITIVE_INFINITY;
        for (const order of orders) expect(bench.fills(order).every((f) => f.at >= woken)).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect(both).toBeGreaterThan(30);
    expect(shared).toBeGreaterThan(0);
  });

  it("fills a more aggressive limit no later and no less, at every moment", () => {
    fc.assert(
      fc.property(bars, lots, price, fc.integer({ min: 1, max: 6 }), fc.nat(50), (rows, n, limit, more, after) => {
        const run = (at: number): Fill[] => {
          const bench = new VenueBench(OPTIONS);
          play(bench, rows, [{ bar: 1, after, lots: n, order: { limit: at }, cancel: false }]);
          return bench.fills();
        };
        const shy = run(limit);
        const eager = run(limit + Math.sign(n) * more);
        for (const { at } of shy) {
          const until = (fills: Fill[]): number => Math.abs(sum(fills.filter((f) => f.at <= at)));
          expect(until(eager)).toBeGreaterThanOrEqual(until(shy));
        }
      }),
      { numRuns: 150 },
    );
  });

  it("gives a taker who comes later no better price while the market runs away from him", () => {
    const steps = fc.array(fc.nat(5), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(steps, fc.boolean(), fc.nat(50), fc.nat(120), (up, buys, after, later) => {
        let at = 100;
        const rows = Array.from({ length: 3 }, (_, k): BenchBar => {
          const [o, worst] = [at, at + (up[3 * k] as number) + (up[3 * k + 1] as number)];
          at = worst + (up[3 * k + 2] as number);
          // The worse leg comes before the close; the better leg is the open.
          return buys ? { o, h: at, l: o, c: at, v: 1000 } : { o: 400 - o, h: 400 - o, l: 400 - at, c: 400 - at, v: 1000 };
        });
        const run = (latencyUs: number): Fill | undefined => {
          const bench = new VenueBench({ costs: { latencyUs } });
          bench.order(buys ? 10 : -10, { createdAt: bench.now + after * SECOND_US });
          for (const row of rows) bench.play([row]);
          bench.listen(bench.now + 600 * SECOND_US);
          return bench.fills()[0];
        };
        const [soon, late] = [run(SECOND_US), run((1 + later) * SECOND_US)];
        if (soon === undefined || late === undefined) return;
        expect(late.at).toBeGreaterThanOrEqual(soon.at);
        if (buys) expect(late.price).toBeGreaterThanOrEqual(soon.price);
        else expect(late.price).toBeLessThanOrEqual(soon.price);
      }),
      { numRuns: 150 },
    );
  });

  it("is one book with the engine's after every bar, and goes on from a snapshot at any bar as if nothing had happened", async () => {
    await fc.assert(
      fc.asyncProperty(bars, wishes, fc.nat(6), async (rows, sent, stopAt) => {
        const run = (interrupt: boolean) => {
          const bench = new VenueBench(OPTIONS);
          const orders = play(bench, rows, sent, (k) => {
            if (!interrupt || k !== stopAt) return;
            const fresh = new VenueBench(OPTIONS);
            fresh.venue.load(structuredClone(bench.venue.save()));
            bench.replaceVenue(fresh);
          });
          bench.listen(bench.now + MINUTE_US);
          return { bench, orders };
        };
        const { bench, orders } = run(false);
        const { account, complaints } = bench.engineBook(orders);
        expect(complaints).toEqual([]);
        expect([...account.lots]).toEqual([...bench.venue.holdings.lots]);
        const { open, cash } = await bench.venue.snapshot();
        expect(account.orders.list().map((o) => [o.order.id, o.remaining])).toEqual(open.map((o) => [o.id, o.remaining]));
        expect(account.holdings.ledger.balance(account.holdings.base)).toBe(cash?.[0]?.amountMicro);
        expect(orders.every((o) => isFinal(account.orders.find(o.id)?.state ?? "filled") === !open.some((p) => p.id === o.id))).toBe(true);
        const again = run(true).bench;
        expect(again.heard).toEqual(bench.heard);
        expect(again.venue.save()).toEqual(bench.venue.save());
      }),
      { numRuns: 100 },
    );
  });
});
