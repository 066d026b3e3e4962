import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ticks } from "#domain/instrument.js";
import { type ApprovedOrder, type OrderId, type OrderTerms } from "#domain/order.js";
import { isFinal } from "#domain/order-state.js";
import { orderFaults } from "#domain/order-faults.js";
import type { VenueEvent } from "#domain/venue-event.js";
import { WorkingOrders } from "#engine/working-orders.js";
import type { RouterTrigger } from "#execution/routing/merged-market.js";
import { ASK_LEVEL, BID_LEVEL, BOUGHT, SESSION_END, SOLD } from "#simulation/book/tape.js";
import type { OrderParts, TapeRow } from "#test/fixtures/book-bench.js";
import { type PlaceParts, RoutedBench } from "#test/fixtures/routed-bench.js";

const END = 2_000;

interface Wish extends OrderParts {
  readonly at: number;
  readonly lots: number;
  readonly id: string;
  readonly terms: OrderTerms;
  readonly cancelAfter: number | null;
}

/** Rows of levels and prints around 100 ticks; now and then a session ends. */
const rows: fc.Arbitrary<readonly TapeRow[]> = fc
  .array(
    fc.record({
      wait: fc.integer({ min: 0, max: 9 }),
      kind: fc.constantFrom(BID_LEVEL, BID_LEVEL, ASK_LEVEL, ASK_LEVEL, BOUGHT, SOLD, BOUGHT, SOLD, SESSION_END),
      ticks: fc.integer({ min: 95, max: 105 }),
      lots: fc.constantFrom(0, 1, 2, 5, 9, 30),
    }),
    { minLength: 20, maxLength: 90 },
  )
  .map((parts) => {
    let at = 1;
    const first: TapeRow[] = [
      [1, BID_LEVEL, 99, 9],
      [1, ASK_LEVEL, 101, 9],
    ];
    return [
      ...first,
      ...parts.map(
        ({ wait, kind, ticks, lots }): TapeRow => [(at += wait), kind, ticks, kind === BOUGHT || kind === SOLD ? lots + 1 : lots],
      ),
    ];
  });

const places: fc.Arbitrary<readonly PlaceParts[]> = fc
  .array(fc.record({ latencyUs: fc.nat(25), lateUs: fc.nat(6), makerFeeBps: fc.nat(2), takerFeeBps: fc.nat(3), rows }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.map((part, k) => ({ ...part, name: `v${k}` })));

const TERMS: readonly OrderTerms[] = [{}, { timeInForce: "ioc" }, { timeInForce: "fok" }, { timeInForce: "day" }, { postOnly: true }];
const kind = fc.record({
  type: fc.constantFrom("market", "limit", "limit", "stop", "stop-limit", "trailing-stop"),
  price: fc.integer({ min: 96, max: 104 }),
  trigger: fc.integer({ min: 96, max: 104 }),
  trail: fc.integer({ min: 1, max: 4 }),
  time: fc.constantFrom(...TERMS),
  reduceOnly: fc.boolean(),
});

function partsOf(
  { type, price, trigger, trail, time, reduceOnly }: typeof kind extends fc.Arbitrary<infer K> ? K : never,
  more: OrderTerms,
): OrderParts & { terms: OrderTerms } {
  const limit = type === "limit" || type === "stop-limit" ? price : null;
  const stop = type === "stop" || type === "stop-limit" ? { trigger: trigger as Ticks } : {};
  const trails = type === "trailing-stop" ? { trail: trail as Ticks } : {};
  const only = reduceOnly || more.group?.kind === "bracket" ? { reduceOnly: true as const } : {};
  return { type: type as NonNullable<OrderParts["type"]>, limit, terms: { ...time, ...stop, ...trails, ...only, ...more } };
}

/** One order, two that exclude one another, or one with two that wait for it. */
const wishes: fc.Arbitrary<readonly Wish[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 250 }),
      lots: fc.integer({ min: 1, max: 25 }),
      isBuy: fc.boolean(),
      kinds: fc.tuple(kind, kind, kind),
      shape: fc.constantFrom("one", "one", "one", "oco", "bracket"),
      cancelAfter: fc.option(fc.integer({ min: 0, max: 200 })),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((parts) =>
    parts.flatMap(({ at, lots, isBuy, kinds: [a, b, c], shape, cancelAfter }, k): Wish[] => {
      const signed = isBuy ? lots : -lots;
      const one = (id: string, of: typeof a, size: number, more: OrderTerms = {}): Wish => ({
        at,
        lots: size,
        id,
        cancelAfter,
        ...partsOf(of, more),
      });
      const oco: OrderTerms = { group: { id: `g${k}`, kind: "oco" } };
      const exit: OrderTerms = { group: { id: `g${k}`, kind: "bracket", parent: `w${k}` as OrderId } };
      if (shape === "one") return [one(`w${k}`, a, signed)];
      if (shape === "oco") return [one(`w${k}`, a, signed, oco), one(`w${k}x`, b, signed + Math.sign(signed), oco)];
      return [one(`w${k}`, { ...a, reduceOnly: false }, signed), one(`w${k}x`, b, -signed, exit), one(`w${k}y`, c, -signed, exit)];
    }),
  );

const trigger = fc.constantFrom<RouterTrigger>("trade", "quote");

/** Acts at given moments; `until` and `from` cut the run in two. */
function act(bench: RoutedBench, all: readonly Wish[], from: number, until: number): ApprovedOrder[] {
  const sent: ApprovedOrder[] = [];
  const moments = all
    .flatMap((wish, k) => [
      { at: wish.at, k, isNew: true },
      ...(wish.cancelAfter === null ? [] : [{ at: wish.at + wish.cancelAfter, k, isNew: false }]),
    ])
    .filter(({ at }) => at >= from && at < until)
    .sort((a, b) => a.at - b.at || Number(b.isNew) - Number(a.isNew) || a.k - b.k);
  for (const { at, k, isNew } of moments) {
    bench.run(at);
    const { lots, ...parts } = all[k] as Wish;
    if (isNew) sent.push(bench.order(lots, parts));
    else bench.venue.cancel(parts.id as OrderId);
  }
  bench.run(until);
  return sent;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const isEnd = ({ kind: what }: VenueEvent): boolean => what === "order-cancelled" || what === "order-expired" || what === "order-rejected";
const of = (bench: RoutedBench, id: string): VenueEvent[] => bench.heard.filter((event) => "order" in event && event.order === id);

/** Prints of all places in the order in which they are seen: at one moment by place. */
function printsOf(parts: readonly PlaceParts[]): { at: number; ticks: number }[] {
  return parts
    .flatMap((part, place) =>
      part.rows.flatMap(([at, what, ticks = 0], k) =>
        what === BOUGHT || what === SOLD ? [{ at: at + (part.lateUs ?? 0), ticks, place, k }] : [],
      ),
    )
    .sort((a, b) => a.at - b.at || a.place - b.place || a.k - b.k);
}

/** When a stop that came at a moment wakes, worked out from the prints alone; Infinity for never. */
function wakesAt(order: ApprovedOrder, prints: readonly { at: number; ticks: number }[]): number {
  const side = Math.sign(order.lots);
  const { trigger: fixed, trail } = order.terms ?? {};
  const before = prints.filter(({ at }) => at <= order.createdAt).slice(-1);
  const seen = [
    ...before.map(({ ticks }) => ({ at: order.createdAt as number, ticks })),
    ...prints.filter(({ at }) => at > order.createdAt),
  ];
  let best = Number.POSITIVE_INFINITY;
  for (const { at, ticks } of seen) {
    best = Math.min(best, side * ticks);
    const level = fixed === undefined ? best + (trail as number) : side * fixed;
    if (side * ticks >= level) return at;
  }
  return Number.POSITIVE_INFINITY;
}

describe("whatever the books of several venues do", () => {
  it("every order has one life, fills are conserved, and each kind keeps its promise", async () => {
    const seen = { reduced: 0, whole: 0, woken: 0, grouped: 0 };
    await fc.assert(
      fc.asyncProperty(places, wishes, trigger, async (parts, all, triggerOn) => {
        const bench = new RoutedBench(parts, triggerOn);
        const book = new WorkingOrders(1);
        const sent = act(bench, all, 0, END);
        for (const order of sent) bench.venue.cancel(order.id);
        bench.run(END + 500);
        for (const order of sent) book.add(order);
        for (const event of bench.heard) {
          if (event.kind === "fill") expect(book.fill(event)).toBeNull();
          else if ("order" in event) expect(book.hear(event)).toBeNull();
        }
        // One life, one end, nothing behind it.
        for (const order of sent) {
          const words = of(bench, order.id);
          const state = book.find(order.id)?.state;
          expect(state !== undefined && isFinal(state), `${order.id} is ${state}`).toBe(true);
          const isWhole = sum(bench.fills(order).map(({ lots }) => lots)) === order.lots;
          expect(words.filter(isEnd).length, order.id).toBe(isWhole ? 0 : 1);
          if (!isWhole) expect(isEnd(words.at(-1) as VenueEvent), order.id).toBe(true);
          for (const { at, seenAt } of words) {
            expect(at).toBeGreaterThanOrEqual(order.createdAt);
            expect(seenAt).toBeGreaterThanOrEqual(at);
          }
        }
        // Conserved.
        const fills = bench.fills();
        const { open, positions } = await bench.venue.snapshot();
        expect(open).toEqual([]);
        expect(sum(positions.map(({ lots }) => lots))).toBe(sum(fills.map(({ lots }) => lots)));
        expect(sum(bench.venue.tallies.map(({ filledLots }) => filledLots))).toBe(sum(fills.map(({ lots }) => Math.abs(lots))));
        expect(new Set(fills.map(({ fillId }) => fillId)).size).toBe(fills.length);
        const filled = (id: string): number => Math.abs(sum(fills.flatMap((fill) => (fill.order === id ? [fill.lots] : []))));
        const prints = printsOf(parts);
        for (const order of sent) {
          const { terms, limit, type } = order;
          expect(filled(order.id)).toBeLessThanOrEqual(Math.abs(order.lots));
          for (const { price, lots } of bench.fills(order))
            if (limit !== null) expect((price - limit) * Math.sign(lots)).toBeLessThanOrEqual(0);
          // Whole or not at all.
          if (terms?.timeInForce === "fok" && terms.group === undefined) {
            expect([0, Math.abs(order.lots)]).toContain(filled(order.id));
            if (filled(order.id) > 0) seen.whole++;
          }
          // Never before it was triggered, and triggered when the market was there.
          if (type !== "market" && type !== "limit" && terms?.group?.kind !== "bracket") {
            const woke = of(bench, order.id).find((event) => event.kind === "order-triggered");
            for (const fill of bench.fills(order)) expect(fill.at).toBeGreaterThanOrEqual(woke?.at ?? Number.POSITIVE_INFINITY);
            if (triggerOn === "trade") {
              const over = of(bench, order.id).find(isEnd)?.at ?? Number.POSITIVE_INFINITY;
              const due = orderFaults(order).length > 0 ? Number.POSITIVE_INFINITY : wakesAt(order, prints);
              if (woke !== undefined || due < over) expect(woke?.at).toBe(due);
            }
            if (woke !== undefined) seen.woken++;
          }
          // A group fills no more than its largest, and what waits for its parent no more than that.
          const { group } = terms ?? {};
          if (group !== undefined) {
            const members = sent.filter((other) => other.terms?.group?.id === group.id);
            const together = sum(members.map(({ id }) => filled(id)));
            expect(together).toBeLessThanOrEqual(Math.max(...members.map(({ lots }) => Math.abs(lots))));
            if (group.parent !== undefined) expect(together).toBeLessThanOrEqual(filled(group.parent));
            if (together > 0) seen.grouped++;
          }
        }
        // What only reduces never enlarges and never turns the position.
        const only = new Set(sent.flatMap(({ id, terms }) => (terms?.reduceOnly === true ? [id] : [])));
        let position = 0;
        for (const { order, lots } of fills) {
          if (only.has(order)) {
            expect(position * lots).toBeLessThan(0);
            expect(Math.abs(lots)).toBeLessThanOrEqual(Math.abs(position));
            seen.reduced++;
          }
          position += lots;
        }
      }),
      { numRuns: 400 },
    );
    // Worlds in which nothing of it happens would prove nothing.
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(30);
  });

  it("a router that is saved anywhere and loaded into a new one says the same", () => {
    fc.assert(
      fc.property(places, wishes, trigger, fc.integer({ min: 0, max: 400 }), (parts, all, triggerOn, cut) => {
        const whole = new RoutedBench(parts, triggerOn);
        act(whole, all, 0, END);
        const first = new RoutedBench(parts, triggerOn);
        act(first, all, 0, cut);
        const second = new RoutedBench(parts, triggerOn);
        second.venue.load(structuredClone(first.venue.save()));
        act(second, all, cut, END);
        expect([...first.heard, ...second.heard]).toEqual(whole.heard);
        expect(second.venue.save()).toEqual(whole.venue.save());
      }),
      { numRuns: 150 },
    );
  });
});
