import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { Ticks } from "#domain/instrument.js";
import type { OrderTerms, OrderType } from "#domain/order.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
import { BookBench, tapeOf, type TapeRow } from "#test/fixtures/book-bench.js";
import { constantLatency, jitteredLatency } from "./latency-model.js";
import { logQueue, powerQueue, type QueueModel, riskAverse } from "./queue-model.js";
import * as row from "./tape.js";
import type { Tape } from "./tape.js";

const END = 1_000;

/** Rows of levels and prints around 100 ticks, a few a moment. */
const marketRow = fc.record({
  wait: fc.integer({ min: 0, max: 4 }),
  kind: fc.constantFrom(row.BID_LEVEL, row.BID_LEVEL, row.ASK_LEVEL, row.ASK_LEVEL, row.BOUGHT, row.SOLD),
  ticks: fc.integer({ min: 95, max: 105 }),
  lots: fc.constantFrom(0, 1, 2, 5, 9, 30),
});

/** Prints trade something; levels may go away. */
const market = fc.array(marketRow, { minLength: 20, maxLength: 120 }).map((parts): readonly TapeRow[] => {
  let at = 1;
  return parts.map(({ wait, kind, ticks, lots }) => [(at += wait), kind, ticks, kind >= row.BOUGHT ? lots + 1 : lots] as const);
});

interface Wish {
  readonly at: number;
  readonly lots: number;
  readonly type: OrderType;
  readonly limit: number | null;
  readonly terms: OrderTerms;
  /** So long after it was sent it is cancelled. */
  readonly cancelAfter: number | null;
}

const wish: fc.Arbitrary<Wish> = fc
  .record({
    at: fc.integer({ min: 0, max: 250 }),
    lots: fc.integer({ min: 1, max: 12 }),
    isBuy: fc.boolean(),
    price: fc.integer({ min: 96, max: 104 }),
    what: fc.constantFrom("market", "limit", "limit", "limit", "ioc", "fok", "post", "reduce", "stop", "trail"),
    cancelAfter: fc.option(fc.integer({ min: 0, max: 60 })),
  })
  .map(({ at, lots, isBuy, price, what, cancelAfter }) => {
    const terms: Record<string, OrderTerms> = {
      ioc: { timeInForce: "ioc" },
      fok: { timeInForce: "fok" },
      post: { postOnly: true },
      reduce: { reduceOnly: true },
      stop: { trigger: price as Ticks },
      trail: { trail: 2 as Ticks },
    };
    const type = what === "market" || what === "stop" ? what : what === "trail" ? "trailing-stop" : "limit";
    return { at, lots: isBuy ? lots : -lots, type, limit: type === "limit" ? price : null, terms: terms[what] ?? {}, cancelAfter };
  });

const queues: readonly QueueModel[] = [riskAverse, powerQueue(2), logQueue(0.001)];

/** Acts at given moments; `until` and `from` cut the run in two. */
function act(bench: BookBench, wishes: readonly Wish[], from: number, until: number): void {
  const moments = wishes
    .flatMap((w, k) => [{ at: w.at, k, isNew: true }, ...(w.cancelAfter === null ? [] : [{ at: w.at + w.cancelAfter, k, isNew: false }])])
    .filter(({ at }) => at >= from && at < until)
    .sort((a, b) => a.at - b.at || Number(b.isNew) - Number(a.isNew) || a.k - b.k);
  for (const { at, k, isNew } of moments) {
    bench.run(at);
    const { lots, type, limit, terms } = wishes[k] as Wish;
    if (isNew) bench.order(lots, { id: `w${k}`, type, limit, terms });
    else bench.venue.cancel(`w${k}` as Fill["order"]);
  }
  bench.run(until);
}

/** Lots that a resting order at `price` could have met at a moment: prints at or through it, and displayed levels that reach it. */
function offered(tape: Tape, at: number, side: 1 | -1, price: number): number {
  let lots = 0;
  for (let r = 0; r < tape.length; r++) {
    const reaches = ((tape.ticks[r] as number) - price) * side <= 0;
    const kind = tape.kind[r];
    const meets = side === 1 ? kind === row.SOLD || kind === row.ASK_LEVEL : kind === row.BOUGHT || kind === row.BID_LEVEL;
    if (tape.at[r] === at && reaches && meets) lots += tape.lots[r] as number;
  }
  return lots;
}

/** Lots that a side ever displayed: what a level grew by, at every price that a taker accepts. */
function displayed(tape: Tape, kind: number): number {
  const level = new Map<number, number>();
  let lots = 0;
  for (let r = 0; r < tape.length; r++) {
    if (tape.kind[r] !== kind) continue;
    const [ticks, now] = [tape.ticks[r] as number, tape.lots[r] as number];
    lots += Math.max(0, now - (level.get(ticks) ?? 0));
    level.set(ticks, now);
  }
  return lots;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Course {
  readonly isRefused: boolean;
  readonly fills: readonly Fill[];
}

/** One order, alone in a market. */
function alone(rows: readonly TapeRow[], queue: QueueModel, at: number, lots: number, limit: number, terms: OrderTerms = {}): Course {
  const bench = new BookBench([tapeOf(rows)], { queue }).run(at);
  const order = bench.order(lots, { limit, terms });
  bench.run(END);
  return { isRefused: bench.ending(order) !== undefined, fills: bench.fills(order) };
}

/** By any moment. */
function expectNeverLess(more: Course, less: Course): void {
  const by = (fills: readonly Fill[], moment: number): number => sum(fills.map(({ at, lots }) => (at <= moment ? Math.abs(lots) : 0)));
  for (const { at } of less.fills) expect(by(more.fills, at)).toBeGreaterThanOrEqual(by(less.fills, at));
}

describe("in any market", () => {
  it("our fills are no more than was printed or displayed, whatever we send", () => {
    fc.assert(
      fc.property(
        market,
        fc.array(wish, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(...queues),
        fc.nat(9),
        (rows, wishes, queue, late) => {
          const tape = tapeOf(rows);
          const bench = new BookBench([tape], { queue, latency: constantLatency(late, late), takerFeeBps: 10 });
          act(bench, wishes, 0, END);
          // Only takers pay here; a fee may round to nothing, so what is free at a price of nothing does not occur: 1 lot at 95 ticks costs 9.5.
          for (const side of [1, -1] as const) {
            const ours = bench.fills().filter(({ lots }) => Math.sign(lots) === side);
            const makers = ours.filter(({ feeMicro }) => feeMicro === 0n);
            for (const { at } of makers) {
              const then = makers.filter((fill) => fill.at === at);
              const worst = side === 1 ? Math.max(...then.map(({ price }) => price)) : Math.min(...then.map(({ price }) => price));
              expect(sum(then.map(({ lots }) => Math.abs(lots)))).toBeLessThanOrEqual(offered(tape, at, side, worst));
            }
            const takers = ours.filter(({ feeMicro }) => feeMicro > 0n);
            expect(sum(takers.map(({ lots }) => Math.abs(lots)))).toBeLessThanOrEqual(
              displayed(tape, side === 1 ? row.ASK_LEVEL : row.BID_LEVEL),
            );
          }
          for (const [k, { lots, limit }] of wishes.entries()) {
            const fills = bench.fills({ id: `w${k}` as Fill["order"] });
            expect(Math.abs(sum(fills.map((fill) => fill.lots)))).toBeLessThanOrEqual(Math.abs(lots));
            for (const { price } of fills) if (limit !== null) expect((price - limit) * Math.sign(lots)).toBeLessThanOrEqual(0);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("a better price never has less filled, by any moment", () => {
    fc.assert(
      fc.property(
        market,
        fc.nat(100),
        fc.integer({ min: 96, max: 103 }),
        fc.boolean(),
        fc.constantFrom(...queues),
        (rows, at, price, isBuy, queue) => {
          const lots = isBuy ? 20 : -20;
          expectNeverLess(alone(rows, queue, at, lots, isBuy ? price + 1 : price - 1), alone(rows, queue, at, lots, price));
        },
      ),
      { numRuns: 120 },
    );
  });

  it("who joins a queue earlier never has less filled (risk-averse)", () => {
    fc.assert(
      fc.property(market, fc.nat(60), fc.nat(60), fc.integer({ min: 96, max: 104 }), (rows, first, wait, limit) => {
        const [early, late] = [first, first + wait].map((at) => alone(rows, riskAverse, at, 20, limit, { postOnly: true })) as [
          Course,
          Course,
        ];
        // An order that was refused because it would have taken stands in no queue.
        fc.pre(!early.isRefused && !late.isRefused);
        expectNeverLess(early, late);
      }),
      { numRuns: 120 },
    );
  });

  it("no order is filled before the queue ahead of it is gone: where nobody cancels, prints less the queue are its fills", () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 15 }),
        (ahead, lots, prints) => {
          const rows: TapeRow[] = [[1, row.BID_LEVEL, 99, ahead], ...prints.map((size, k) => [10 + k, row.SOLD, 99, size] as const)];
          for (const queue of queues) {
            const bench = new BookBench([tapeOf(rows)], { queue }).run(5);
            bench.order(lots, { limit: 99 });
            bench.run(END);
            expect(sum(bench.fills().map((fill) => fill.lots))).toBe(Math.min(lots, Math.max(0, sum(prints) - ahead)));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("more latency never makes taking cheaper while the other side only shrinks", () => {
    const shrinking = fc.array(
      fc.record({ wait: fc.nat(4), ticks: fc.integer({ min: 100, max: 106 }), cut: fc.integer({ min: 1, max: 9 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(shrinking, fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 40 }), (cuts, quick, more, lots) => {
        const left = new Map<number, number>();
        let at = 2;
        const rows: TapeRow[] = Array.from({ length: 7 }, (_, k) => [1, row.ASK_LEVEL, 100 + k, 10]);
        for (const { wait, ticks, cut } of cuts) {
          left.set(ticks, Math.max(0, (left.get(ticks) ?? 10) - cut));
          rows.push([(at += wait), row.ASK_LEVEL, ticks, left.get(ticks) as number]);
        }
        const [fast, slow] = [quick, quick + more].map((us) => {
          const bench = new BookBench([tapeOf(rows)], { latency: constantLatency(us, 1) }).run(1);
          bench.order(lots);
          return bench.run(END).fills();
        }) as [Fill[], Fill[]];
        const cost = (fills: readonly Fill[], wanted: number): number => {
          let [paid, open] = [0, wanted];
          for (const { lots: size, price } of fills) {
            paid += Math.min(size, open) * price;
            open -= Math.min(size, open);
          }
          return paid;
        };
        const bought = sum(slow.map((fill) => fill.lots));
        expect(bought).toBeLessThanOrEqual(sum(fast.map((fill) => fill.lots)));
        expect(cost(fast, bought)).toBeLessThanOrEqual(cost(slow, bought));
      }),
      { numRuns: 100 },
    );
  });

  it("a venue that is saved anywhere and loaded into a new one says the same", () => {
    const latency = (): ReturnType<typeof jitteredLatency> => jitteredLatency(3, 2, 4, createRng("line"));
    fc.assert(
      fc.property(
        market,
        fc.array(wish, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 320 }),
        fc.constantFrom(...queues),
        (rows, wishes, cut, queue) => {
          const tape = tapeOf(rows);
          const whole = new BookBench([tape], { queue, latency: latency() });
          act(whole, wishes, 0, END);
          const first = new BookBench([tape], { queue, latency: latency() });
          act(first, wishes, 0, cut);
          const second = new BookBench([tape], { queue, latency: latency() });
          second.venue.load(structuredClone(first.venue.save()));
          act(second, wishes, cut, END);
          const heard: readonly VenueEvent[] = [...first.heard, ...second.heard];
          expect(heard).toEqual(whole.heard);
          expect(second.venue.save()).toEqual(whole.venue.save());
        },
      ),
      { numRuns: 150 },
    );
  });
});
