import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OrderMessage } from "./message.js";
import { OrderBook } from "./order-book.js";
import { OrderEvents } from "./order-events.js";
import { PriceBook } from "./price-book.js";

const base = { kind: "order", at: 0, localAt: 0, ends: true, snapshot: false } as const;

/** Few ids and prices, so that orders meet; a modify or cancel may name an order that is not there. */
const line = fc.record({
  action: fc.constantFrom("add" as const, "modify" as const, "cancel" as const, "cancel" as const),
  id: fc.integer({ min: 1, max: 25 }),
  side: fc.constantFrom(1 as const, -1 as const),
  ticks: fc.integer({ min: 1, max: 8 }),
  size: fc.integer({ min: 1, max: 5 }),
});

interface Plain {
  id: number;
  side: 1 | -1;
  ticks: number;
  size: number;
}

/** The same rules on a plain list in order of priority. */
function applyPlain(orders: Plain[], { action, id, side, ticks, size }: Plain & { action: "add" | "modify" | "cancel" }): void {
  const at = orders.findIndex((order) => order.id === id);
  const order = orders[at];
  if (action === "cancel") {
    if (order === undefined) return;
    order.size -= size;
    if (order.size <= 0) orders.splice(at, 1);
  } else if (action === "modify" && order !== undefined && order.side === side && order.ticks === ticks && size <= order.size)
    order.size = size;
  else {
    if (order !== undefined) orders.splice(at, 1);
    orders.push({ id, side, ticks, size });
  }
}

function totals(orders: readonly Plain[], wanted: 1 | -1): Map<number, number> {
  const out = new Map<number, number>();
  for (const { side, ticks, size } of orders) if (side === wanted) out.set(ticks, (out.get(ticks) ?? 0) + size);
  return out;
}

/** What a venue would tell by price: the levels that changed, with their new totals. */
function changed(before: ReadonlyMap<number, number>, now: ReadonlyMap<number, number>): number[] {
  const prices = new Set([...before.keys(), ...now.keys()]);
  return [...prices].flatMap((ticks) => (before.get(ticks) === now.get(ticks) ? [] : [ticks, now.get(ticks) ?? 0]));
}

describe("a book by order", () => {
  it("added up by price is the book by price, and queues are in order of priority", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 120 }), (lines) => {
        const book = new OrderBook();
        const levels = new PriceBook();
        const plain: Plain[] = [];
        for (const told of lines) {
          const before = [totals(plain, 1), totals(plain, -1)] as const;
          applyPlain(plain, told);
          book.apply({ ...base, ...told });
          levels.apply(changed(before[0], totals(plain, 1)), changed(before[1], totals(plain, -1)));
          expect(book.bids.levels()).toEqual(levels.bids.levels());
          expect(book.asks.levels()).toEqual(levels.asks.levels());
        }
        expect(book.size).toBe(plain.length);
        for (const order of plain) {
          const level = plain.filter(({ side, ticks }) => side === order.side && ticks === order.ticks);
          const ahead = level.slice(0, level.indexOf(order));
          expect(book.positionOf(order.id)).toEqual({
            ordersAhead: ahead.length,
            sizeAhead: ahead.reduce((sum, { size }) => sum + size, 0),
            orders: level.length,
            size: level.reduce((sum, { size }) => sum + size, 0),
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  it("is the same book when its orders are added again in their order", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 80 }), fc.array(line, { maxLength: 40 }), (first, then) => {
        const whole = new OrderBook();
        for (const told of first) whole.apply({ ...base, ...told });
        const again = new OrderBook();
        for (const { id, side, ticks, size } of whole.resting()) again.apply({ ...base, action: "add", id, side, ticks, size });
        for (const told of then) {
          whole.apply({ ...base, ...told });
          again.apply({ ...base, ...told });
        }
        const orders = (book: OrderBook): unknown[] => [...book.resting()].map(({ id, side, ticks, size }) => ({ id, side, ticks, size }));
        expect(orders(again)).toEqual(orders(whole));
      }),
    );
  });

  it("counts a cancel of an order that it does not hold, and changes nothing", () => {
    const book = new OrderBook();
    book.apply({ ...base, action: "cancel", id: 7, side: 1, ticks: 5, size: 1 });
    expect(book.unknown).toBe(1);
    expect(book.positionOf(7)).toBeNull();
  });

  it("leaves no crumbs of decimal sizes behind", () => {
    const book = new OrderBook();
    for (const [id, size] of [0.1, 0.2, 0.3].entries()) book.apply({ ...base, action: "add", id, side: 1, ticks: 5, size });
    for (const [id, size] of [0.1, 0.2, 0.3].entries()) book.apply({ ...base, action: "cancel", id, side: 1, ticks: 5, size });
    expect(book.bids.count).toBe(0);
  });
});

describe("events of orders", () => {
  const add = (id: number, ends: boolean, snapshot: boolean): OrderMessage => ({
    ...base,
    action: "add",
    id,
    side: 1,
    ticks: id,
    size: 1,
    ends,
    snapshot,
  });

  it("are applied whole: until the last line the book is the one before", () => {
    const events = new OrderEvents();
    expect(events.take(add(1, false, false))).toBe(false);
    expect(events.take(add(2, false, false))).toBe(false);
    expect(events.book.size).toBe(0);
    expect(events.take({ ...add(3, true, false), action: "none" })).toBe(true);
    expect(events.book.size).toBe(2);
  });

  it("of a snapshot replace the book, at their last line or where other lines begin", () => {
    const events = new OrderEvents();
    events.take(add(1, true, false));
    events.take(add(5, false, true));
    expect(events.take(add(6, true, true))).toBe(true);
    expect([...events.book.resting()].map(({ id }) => id)).toEqual([6, 5]);
    // A snapshot whose end is not marked, and an event cut off before it.
    events.take(add(7, false, false));
    events.take(add(8, false, true));
    expect(events.take(add(9, false, false))).toBe(true);
    expect([...events.book.resting()].map(({ id }) => id)).toEqual([8]);
    expect(events.snapshots).toBe(2);
  });

  it("are whole from a snapshot on, until a line names an order that should be there", () => {
    const events = new OrderEvents();
    events.take(add(1, true, false));
    expect(events.isWhole).toBe(false);
    events.take(add(2, true, true));
    expect(events.isWhole).toBe(true);
    events.take({ ...add(3, true, false), action: "cancel" });
    expect([events.isWhole, events.losses]).toEqual([false, 1]);
    events.take({ ...add(0, true, false), action: "clear" });
    expect(events.isWhole).toBe(true);
  });
});
