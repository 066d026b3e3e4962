// What is told of orders on recorded quotes: which met a gap, and the square-root law over all that went one way within a session.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "#domain/event.js";
import type { Instrument, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { Session } from "#domain/session.js";
import { HOUR_US, MINUTE_US, type Micros, isoDateOrThrow } from "#domain/time.js";
import { QuoteLog } from "./quote-log.js";

const session = (hour: number): Session => ({
  date: isoDateOrThrow("1970-01-01"),
  openAt: (hour * HOUR_US) as Micros,
  closeAt: ((hour + 6) * HOUR_US) as Micros,
  early: false,
});
const SESSIONS = [session(10), session(34)];
const GAP = { from: 11 * HOUR_US, unquotedFrom: 11 * HOUR_US + MINUTE_US, to: 12 * HOUR_US };
/** One of the night before: nobody traded then. */
const BEFORE = { from: HOUR_US, unquotedFrom: HOUR_US, to: 2 * HOUR_US };
const share = { id: "A", currency: "USD", tickSize: 0.01, lotSize: 10 } as unknown as Instrument;

function create(): QuoteLog {
  const terms = { quoted: Uint8Array.of(1, 0), maxAge: Float64Array.of(MINUTE_US, Number.POSITIVE_INFINITY) };
  const rhythm = { usual: Float64Array.of(1, Number.NaN), maxAge: terms.maxAge, gaps: [[BEFORE, GAP], []] };
  const feed = { terms, rhythm, sessions: SESSIONS, source: { batches: () => (async function* () {})() } };
  return new QuoteLog(null, { feed, instruments: [share, { ...share, id: "B" as Instrument["id"] }], latencyUs: 5 });
}

const send = (log: QuoteLog, id: string, at: number, lots: number, instrument = 0): void => {
  const order = { id: id as OrderId, instrument: instrument as InstrumentIx, lots: lots as Lots, createdAt: at as Micros };
  log.decision(at as Micros, [{ verdict: "approve", order } as RiskDecision], []);
};
const decide = (log: QuoteLog, at: number): void =>
  log.event({ kind: "timer", name: "decide", at: at as Micros, seenAt: at as Micros, since: 0 as Micros });
const fill = (log: QuoteLog, id: string, at: number, lots: number, price = 10_000): void =>
  log.event({
    kind: "fill",
    order: id,
    instrument: 0,
    at,
    seenAt: at,
    lots,
    price: price as Ticks,
    fillId: `${id}${at}`,
    feeMicro: 0n,
  } as unknown as EngineEvent);
const end = (log: QuoteLog, id: string, at: number): void =>
  log.event({ kind: "order-cancelled", order: id, at, seenAt: at, reason: "on request" } as EngineEvent);
const bar = (log: QuoteLog, at: number, close: number, volume: number): void => {
  const batch = toBarBatch([
    {
      instrument: 0 as InstrumentIx,
      openAt: (at - MINUTE_US) as Micros,
      at: at as Micros,
      seenAt: at as Micros,
      open: close,
      high: close,
      low: close,
      close,
      volume,
    },
  ]);
  log.event({ kind: "market", at: at as Micros, seenAt: at as Micros, batch, start: 0, end: 1, nextRow: 1 });
};

describe("orders on recorded quotes", () => {
  it("meet a gap when they are at the venue while nothing stands, from their arrival to their last fill or their end", () => {
    const log = create();
    const { unquotedFrom, to } = GAP;
    decide(log, 10 * HOUR_US);
    send(log, "done before", 10 * HOUR_US, 2);
    fill(log, "done before", unquotedFrom, 2);
    send(log, "of another", 10 * HOUR_US, 1, 1);
    decide(log, 10 * HOUR_US + 1);
    send(log, "half", 10 * HOUR_US + 1, 2);
    fill(log, "half", unquotedFrom - 1, 1);
    send(log, "called back", unquotedFrom, 2);
    end(log, "called back", to - 1);
    decide(log, to - 4);
    send(log, "behind", to - 5, 2);
    const { orders, ordersInGaps, decisions, decisionsInGaps, gaps, maxAgeSeconds } = log.use(() => 1);
    expect({ orders, ordersInGaps, decisions, decisionsInGaps }).toEqual({ orders: 4, ordersInGaps: 2, decisions: 3, decisionsInGaps: 1 });
    expect(gaps).toEqual([{ instrument: "A", gaps: 1, seconds: 3_600, longestSeconds: 3_600 }]);
    expect(maxAgeSeconds).toEqual([60, 60]);
  });

  it("would cost 2/3 sigma sqrt(Q / V) of what went one way within a session, at the moves and the volume of the sessions traded", () => {
    const log = create();
    bar(log, 9 * HOUR_US, 100, 7e7); // history: its close is where the first move begins
    bar(log, 10 * HOUR_US + MINUTE_US, 110, 30_000);
    bar(log, 34 * HOUR_US + MINUTE_US, 100, 10_000);
    for (const [id, lots] of [
      ["buy", 20],
      ["sell", -5],
      ["again", 3],
    ] as const)
      send(log, id, 10 * HOUR_US, lots);
    fill(log, "buy", 10 * HOUR_US + 6, 8);
    fill(log, "buy", 10 * HOUR_US + 7, 12, 10_500);
    fill(log, "sell", 10 * HOUR_US + 8, -5);
    fill(log, "again", 34 * HOUR_US + 9, 1);
    fill(log, "again", 34 * HOUR_US + 10, 2);
    const sigma = Math.sqrt(Math.log(1.1) ** 2);
    const cost = (units: number, traded: number): number => (2 / 3) * sigma * Math.sqrt(units / 20_000) * traded;
    const { impact } = log.use(() => 2);
    expect(impact.traded).toBeCloseTo(2 * (8_000 + 12_600 + 5_000 + 3_000), 6);
    expect(impact.money).toBeCloseTo(2 * (cost(200, 20_600) + cost(50, 5_000) + cost(30, 3_000)), 6);
  });

  it("would cost the same in however many fills they came", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }), (parts) => {
        const impactOf = (fills: readonly number[]): number => {
          const log = create();
          bar(log, 10 * HOUR_US + MINUTE_US, 110, 30_000);
          bar(log, 34 * HOUR_US + MINUTE_US, 100, 10_000);
          send(log, "o", 10 * HOUR_US, 1_000);
          fills.forEach((lots, k) => fill(log, "o", 11 * HOUR_US + k, lots));
          return log.use(() => 1).impact.money;
        };
        expect(impactOf(parts)).toBeCloseTo(impactOf([parts.reduce((a, b) => a + b, 0)]), 6);
      }),
    );
  });

  it("say nothing of impact where no volume is known", () => {
    const log = create();
    bar(log, 10 * HOUR_US + MINUTE_US, 110, Number.NaN);
    send(log, "o", 10 * HOUR_US, 1);
    fill(log, "o", 11 * HOUR_US, 1);
    expect(log.use(() => 1)).toMatchObject({ traded: 1_000, impact: { money: 0, traded: 0 } });
  });
});
