// Laws of the simulated venue over random quotes beside bars and random orders of every kind. What stands at a moment is looked up here by another
// way than the venue's: the last row at or before it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigintToText, textToBigint } from "#base/bigint-json.js";
import type { ApprovedOrder } from "#domain/order.js";
import type { Session } from "#domain/session.js";
import { MINUTE_US, type Micros, SECOND_US, isoDateOrThrow } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";
import { BENCH_START, type BenchOptions, type BenchOrder, type BenchQuote, VenueBench } from "#test/fixtures/venue-bench.js";
import { orderKinds, reducing } from "#test/fixtures/order-kinds.js";

const MINUTES = 6;
const SESSIONS: readonly Session[] = [0, 3].map((minute) => ({
  date: isoDateOrThrow("1970-01-01"),
  openAt: (BENCH_START + minute * MINUTE_US) as Micros,
  closeAt: (BENCH_START + (minute + 3) * MINUTE_US) as Micros,
  early: false,
}));

const row = fc
  .record({
    second: fc.nat(MINUTES * 60 - 1),
    bid: fc.option(fc.integer({ min: 92, max: 106 }), { freq: 8, nil: undefined }),
    spread: fc.integer({ min: -1, max: 6 }),
    ask: fc.boolean(),
    sizes: fc.tuple(fc.nat(40), fc.nat(40)),
    instrument: fc.constantFrom(0, 0, 1),
  })
  .map(({ second, bid, spread, ask, sizes: [bidSize, askSize], instrument }): BenchQuote => {
    const sides = { ...(bid === undefined ? {} : { bid }), ...(ask || bid === undefined ? { ask: (bid ?? 100) + spread } : {}) };
    return { at: second * SECOND_US, ...sides, bidSize, askSize, instrument };
  });
const quotes = fc.array(row, { minLength: 20, maxLength: 80 }).map((rows) => rows.toSorted((a, b) => a.at - b.at));

interface Wish {
  readonly second: number;
  readonly lots: number;
  readonly instrument: number;
  readonly order: BenchOrder;
  readonly cancel: boolean;
}

const price = fc.integer({ min: 90, max: 110 });
const kinds = orderKinds(price, 8);
const lots = fc.integer({ min: -60, max: 60 }).filter((n) => n !== 0);
const wishes = fc.array(
  fc
    .record({
      second: fc.nat(MINUTES * 60 - 1),
      lots,
      instrument: fc.constantFrom(0, 0, 1, 2),
      order: kinds,
      reduceOnly: fc.boolean(),
      cancel: fc.boolean(),
    })
    .map(
      ({ order, reduceOnly, ...wish }): Wish => ({
        ...wish,
        order: reducing(order, reduceOnly),
      }),
    ),
  { minLength: 1, maxLength: 8 },
);

const LATENCY = 2 * SECOND_US;
/** The third instrument has bars alone. */
const OPTIONS: BenchOptions = {
  costs: { latencyUs: LATENCY, participation: 0.8, feeBps: 3, makerFeeBps: -1, halfSpreadBps: 5, impactBps: 50 },
  rules: { sessions: SESSIONS },
  quoted: [1, 1, 0],
};

function create(maxAge: number): VenueBench {
  const share = new VenueBench().instruments[0] as VenueBench["instruments"][number];
  return new VenueBench({ ...OPTIONS, maxAge, instruments: ["A", "B", "C"].map((id) => ({ ...share, id: id as never })) });
}

const BARS = [0, 1, 2].map((instrument) => ({ o: 100, h: 104, l: 96, c: 101, v: 150, instrument }));

interface Played {
  readonly bench: VenueBench;
  readonly orders: readonly ApprovedOrder[];
}

type Play = (
  rows: readonly BenchQuote[],
  sent: readonly Wish[],
  each?: (bench: VenueBench, minute: number) => void,
  stops?: readonly number[],
) => Played;

/** Sends each wish at its second; `each` is called before every minute, `stops` are moments at which the venue is asked for nothing. */
function playing(
  maxAge: number,
  rows: readonly BenchQuote[],
  sent: readonly Wish[],
  each?: (bench: VenueBench, minute: number) => void,
  stops: readonly number[] = [],
): Played {
  const bench = create(maxAge);
  bench.quote(rows);
  const orders: ApprovedOrder[] = [];
  for (let minute = 0; minute < MINUTES; minute++) {
    each?.(bench, minute);
    const acts = sent
      .filter(({ second }) => Math.floor(second / 60) === minute)
      .map((wish) => ({
        after: (wish.second % 60) * SECOND_US,
        act: (): void => {
          const order = bench.order(wish.lots, {
            ...wish.order,
            instrument: wish.instrument,
            createdAt: BENCH_START + wish.second * SECOND_US,
          });
          orders.push(order);
          if (wish.cancel) bench.venue.cancel(order.id);
        },
      }));
    const idle = stops
      .filter((second) => Math.floor(second / 60) === minute)
      .map((second) => ({ after: (second % 60) * SECOND_US + 1, act: () => undefined }));
    bench.play(
      BARS,
      [...acts, ...idle].sort((a, b) => a.after - b.after),
    );
  }
  bench.run(bench.now + MINUTE_US);
  bench.run(Number.POSITIVE_INFINITY); // as a run ends
  return { bench, orders };
}

/** The last row of the instrument at or before the moment, in its session. */
function standing(rows: readonly BenchQuote[], instrument: number, at: number): BenchQuote | undefined {
  const session = SESSIONS.findLast((s) => s.openAt <= at) as Session;
  return rows.findLast((r) => (r.instrument ?? 0) === instrument && BENCH_START + r.at <= at && BENCH_START + r.at >= session.openAt);
}

const sum = (fills: readonly Fill[]): number => fills.reduce((n, f) => n + f.lots, 0);

describe.each([
  ["that stand until the next", Number.POSITIVE_INFINITY],
  ["that stand for 15 seconds", 15 * SECOND_US],
])("the simulated venue on quotes %s, whatever is sent to it", (_, maxAge) => {
  const play: Play = (...told) => playing(maxAge, ...told);

  it("takes only what was displayed, never better than the market, and keeps each order's promises", () => {
    let [filled, made] = [0, 0];
    fc.assert(
      fc.property(quotes, wishes, (rows, sent) => {
        const { bench, orders } = play(rows, sent);
        const taken = new Map<string, number>();
        for (const order of orders) {
          const fills = bench.fills(order);
          const total = sum(fills);
          const buys = order.lots > 0;
          expect(Math.abs(total)).toBeLessThanOrEqual(Math.abs(order.lots));
          expect(fills.every((f) => Math.sign(f.lots) === Math.sign(order.lots) && f.at >= order.createdAt + LATENCY)).toBe(true);
          if (order.limit !== null)
            expect(fills.every((f) => (buys ? f.price <= (order.limit ?? 0) : f.price >= (order.limit ?? 0)))).toBe(true);
          const story = bench.heard.flatMap((e) => ("order" in e && e.order === order.id ? [e] : []));
          const ends = story.filter((e) => e.kind === "order-cancelled" || e.kind === "order-expired" || e.kind === "order-rejected");
          expect(ends.length).toBeLessThanOrEqual(total === order.lots ? 0 : 1);
          const { timeInForce: t, postOnly } = order.terms ?? {};
          if (t === "ioc" || t === "fok") expect(fills.length).toBeLessThanOrEqual(1);
          if (t === "fok") expect([0, order.lots]).toContain(total);
          if (postOnly && order.instrument !== 2) expect(fills.every((f) => f.price === order.limit && f.feeMicro <= 0n)).toBe(true);
          if (order.instrument === 2) continue;
          for (const fill of fills) {
            filled++;
            const quote = standing(rows, fill.instrument, fill.at) as BenchQuote;
            expect(fill.at - BENCH_START - quote.at).toBeLessThan(maxAge);
            const [bid, ask] = [quote.bid ?? Number.NaN, quote.ask ?? Number.NaN];
            const far = buys ? (bid > ask ? bid : ask) : bid > ask ? ask : bid;
            const key = `${fill.instrument} ${buys} ${rows.indexOf(quote)}`;
            taken.set(key, (taken.get(key) ?? 0) + Math.abs(fill.lots));
            expect(taken.get(key)).toBeLessThanOrEqual((buys ? quote.askSize : quote.bidSize) ?? 0);
            if (fill.price === far) continue;
            made++; // at its limit, when the far side was beyond it
            expect(fill.price).toBe(order.limit);
            expect(buys ? fill.price > far : fill.price < far).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(filled).toBeGreaterThan(100);
    expect(made).toBeGreaterThan(5);
  });

  it("takes within a run of one price no more than the first row and what later ones show more", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 4, maxLength: 20 }), lots, (sizes, n) => {
        const rows = sizes.map((size, k): BenchQuote => ({ at: k * SECOND_US, bid: 99, ask: 100, bidSize: size, askSize: size }));
        const { bench } = play(rows, [{ second: 0, lots: 20 * n, instrument: 0, order: {}, cancel: false }]);
        const after = sizes.slice(2); // the order arrives at the second second
        const budget = after.reduce((all, size, k) => all + Math.max(0, size - (after[k - 1] ?? 0)), 0);
        expect(Math.abs(sum(bench.fills()))).toBeLessThanOrEqual(budget);
      }),
      { numRuns: 100 },
    );
  });

  it("knows nothing of quotes to come", () => {
    fc.assert(
      fc.property(quotes, wishes, fc.nat(MINUTES * 60 - 1), (rows, sent, second) => {
        const upTo = (fills: readonly Fill[]): Fill[] => fills.filter((f) => f.at <= BENCH_START + second * SECOND_US);
        const whole = play(rows, sent);
        const cut = play(
          rows.filter((r) => r.at <= second * SECOND_US),
          sent,
        );
        expect(upTo(cut.bench.fills())).toEqual(upTo(whole.bench.fills()));
      }),
      { numRuns: 60 },
    );
  });

  it("fills a more aggressive limit no later and no less, at every moment", () => {
    fc.assert(
      fc.property(quotes, lots, price, fc.integer({ min: 1, max: 6 }), fc.nat(200), (rows, n, limit, more, second) => {
        const fills = (at: number): Fill[] =>
          play(rows, [{ second, lots: n, instrument: 0, order: { limit: at }, cancel: false }]).bench.fills();
        const shy = fills(limit);
        const eager = fills(limit + Math.sign(n) * more);
        for (const { at } of shy) {
          const until = (of: Fill[]): number => Math.abs(sum(of.filter((f) => f.at <= at)));
          expect(until(eager)).toBeGreaterThanOrEqual(until(shy));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("fills in the order of exchange time, is one book with the engine's, and being looked at changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(quotes, wishes, fc.array(fc.nat(MINUTES * 60 - 1), { maxLength: 6 }), async (rows, sent, stops) => {
        const { bench, orders } = play(rows, sent);
        const onQuotes = bench.fills().filter((f) => f.instrument !== 2);
        const inOrder = onQuotes.toSorted((a, b) => Number(a.fillId.slice(1)) - Number(b.fillId.slice(1)));
        expect(inOrder.every((f, k) => k === 0 || f.at >= (inOrder[k - 1] as Fill).at)).toBe(true);
        const { account, complaints } = bench.engineBook(orders);
        expect(complaints).toEqual([]);
        expect([...account.lots]).toEqual([...bench.venue.holdings.lots]);
        const { open, cash } = await bench.venue.snapshot();
        expect(account.orders.list().map((o) => [o.order.id, o.remaining])).toEqual(open.map((o) => [o.id, o.remaining]));
        expect(account.holdings.ledger.balance(account.holdings.base)).toBe(cash?.[0]?.amountMicro);
        expect(play(rows, sent, undefined, stops).bench.heard).toEqual(bench.heard);
      }),
      { numRuns: 100 },
    );
  });

  it("goes on from a snapshot at any minute, with the rows told anew from anywhere before it, as if nothing had happened", () => {
    fc.assert(
      fc.property(quotes, wishes, fc.nat(MINUTES - 1), fc.nat(80), (rows, sent, stopAt, from) => {
        const plain = play(rows, sent).bench;
        const again = play(rows, sent, (bench, minute) => {
          if (minute !== stopAt) return;
          const fresh = create(maxAge);
          const state = JSON.parse(JSON.stringify(bench.venue.save(), bigintToText), textToBigint);
          fresh.venue.load(state);
          const start = Math.min(from, fresh.venue.nextQuote);
          fresh.quote(rows.slice(start), start);
          bench.replaceVenue(fresh);
        }).bench;
        expect(again.heard).toEqual(plain.heard);
        expect(again.venue.save()).toEqual(plain.venue.save());
      }),
      { numRuns: 100 },
    );
  });
});

it("an age that no quote reaches changes nothing, and one that a quote reaches keeps orders waiting for the next", () => {
  let waited = 0;
  fc.assert(
    fc.property(quotes, wishes, (rows, sent) => {
      const ever = playing(Number.POSITIVE_INFINITY, rows, sent).bench;
      const session = 3 * MINUTE_US;
      expect(playing(session, rows, sent).bench.heard).toEqual(ever.heard);
      if (JSON.stringify(playing(5 * SECOND_US, rows, sent).bench.heard, bigintToText) !== JSON.stringify(ever.heard, bigintToText))
        waited++;
    }),
    { numRuns: 60 },
  );
  expect(waited).toBeGreaterThan(10);
});
