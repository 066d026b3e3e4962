// What every journal must keep. Each implementation's test calls `journalContract` once.
import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { EngineEvent } from "#domain/event.js";
import type { Currency, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import { type MarketSlice, type QuoteBatch, type TradeBatch, createBarBatch } from "#domain/market.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { Journal, JournalEntry } from "#ports/journal.js";
import { approve } from "#risk/approve.js";

export interface OpenJournal extends Journal {
  close(): void;
}

export interface JournalPlace {
  create(): OpenJournal;
  /** Goes on with what is there, from the first entry. */
  resume(): OpenJournal;
  read(): readonly JournalEntry[];
  bytes(): Uint8Array;
  /** Replaces the stored bytes: what a crash or a bad disk left. */
  damage(bytes: Uint8Array): void;
  remove(): void;
}

const USD = "USD" as Currency;
const EUR = "EUR" as Currency;
const i = 3 as InstrumentIx;

const order = {
  id: "12.3" as OrderId,
  instrument: i,
  lots: -7 as Lots,
  type: "limit",
  limit: 12345 as Ticks,
  createdAt: 12 as Micros,
} as const;
const decisions: readonly RiskDecision[] = [
  { verdict: "approve", order: approve(order) },
  { verdict: "resize", order: approve(order, -3 as Lots), from: -7 as Lots, rule: "max-weight", detail: "7 lots wanted, 3 allowed" },
  { verdict: "refuse", order: { ...order, type: "market", limit: null }, rule: "no-price", detail: 'says "no" ✗' },
];

/** Reasons as a session gives them; `digit` is what another machine may round differently. */
const attributionOf = (asOf: Micros, digit = 0): DecisionAttribution => ({
  asOf,
  model: "m",
  basis: { method: "linear SHAP", exact: true, base: 0.001, baseIs: "the mean prediction", background: 9, work: 12 },
  names: [
    {
      instrument: i,
      prediction: 0.002 + digit,
      above: 2,
      predicted: 9,
      features: [{ feature: "a", value: null, below: null, adds: 0.0005 }],
      rest: 0.0005,
      others: 1,
      error: 0,
    },
  ],
  left: 0,
  trouble: 'says "no" ✗',
});

function slice(batch: MarketSlice["batch"], start: number, end: number): MarketSlice {
  return { kind: "market", at: 20 as Micros, seenAt: 21 as Micros, batch, start, end, nextRow: 1_000_000_007 };
}

function bars(): MarketSlice {
  const batch = createBarBatch(4);
  const odd = [0.1, -0, Number.NaN, 1e308];
  for (const column of [batch.open, batch.high, batch.low, batch.close, batch.volume]) column.set(odd);
  batch.instrument.set([5, 6, 7, 8]);
  batch.at.fill(20);
  batch.openAt.fill(10);
  batch.seenAt.fill(21);
  return slice(batch, 1, 4);
}

function trades(): MarketSlice {
  const batch: TradeBatch = {
    kind: "trade",
    length: 3,
    at: Float64Array.of(18, 19, 20),
    seenAt: Float64Array.of(21, 21, 21),
    instrument: Int32Array.of(1, 2, 1),
    price: Float64Array.of(0.1 + 0.2, Number.MIN_VALUE, 7),
    size: Float64Array.of(1, 0, Number.NaN),
    aggressor: Int8Array.of(-1, 0, 1),
  };
  return slice(batch, 0, 3);
}

function quotes(): MarketSlice {
  const batch: QuoteBatch = {
    kind: "quote",
    length: 2,
    at: Float64Array.of(20, 20),
    seenAt: Float64Array.of(21, 21),
    instrument: Int32Array.of(1, 2),
    bid: Float64Array.of(1.5, Number.NaN),
    ask: Float64Array.of(1.6, Number.POSITIVE_INFINITY),
    bidSize: Float64Array.of(100, 0),
    askSize: Float64Array.of(0, -0),
  };
  return slice(batch, 0, 2);
}

/** One of every kind. */
export const sampleEvents: readonly EngineEvent[] = [
  { kind: "command", at: 1 as Micros, seenAt: 2 as Micros, command: { kind: "halt", reason: "line\nbreak ✓" } },
  { kind: "command", at: 1 as Micros, seenAt: 2 as Micros, command: { kind: "resume", by: "a person", reason: "" } },
  { kind: "command", at: 1 as Micros, seenAt: 2 as Micros, command: { kind: "flatten", reason: "enough" } },
  { kind: "split", at: 3 as Micros, seenAt: 4 as Micros, instrument: i, ratio: 1 / 3 },
  { kind: "dividend", at: 3 as Micros, seenAt: 4 as Micros, instrument: i, amount: 0.1 + 0.2 },
  { kind: "delisting", at: 3 as Micros, seenAt: 4 as Micros, instrument: i, finalReturn: -0.3 },
  { kind: "fx", at: 3 as Micros, seenAt: 4 as Micros, from: EUR, to: USD, rate: 1.1 },
  bars(),
  trades(),
  quotes(),
  {
    kind: "fill",
    at: 30 as Micros,
    seenAt: 31 as Micros,
    fillId: "f1",
    order: order.id,
    instrument: i,
    lots: -7 as Lots,
    price: 12345 as Ticks,
    feeMicro: -(2n ** 70n),
  },
  { kind: "order-rejected", at: 30 as Micros, seenAt: 31 as Micros, order: order.id, reason: "closed" },
  { kind: "order-cancelled", at: 30 as Micros, seenAt: 31 as Micros, order: order.id, reason: "on request" },
  { kind: "cash", at: 30 as Micros, seenAt: 31 as Micros, postingId: "p1", reason: "borrow", currency: EUR, amountMicro: -1n },
  { kind: "timer", at: 40 as Micros, seenAt: 8.64e15 as Micros, name: "mark", since: 39 as Micros },
  { kind: "timer", at: 40 as Micros, seenAt: 41 as Micros, name: "decide", since: 39 as Micros },
  { kind: "timer", at: 40 as Micros, seenAt: 41 as Micros, name: "reconcile", since: -1 as Micros },
  { kind: "timer", at: 40 as Micros, seenAt: 41 as Micros, name: "observe", since: 39 as Micros },
];

/** Rows of a slice, whatever batch they lie in. */
function plain(entry: JournalEntry): unknown {
  if (entry.kind !== "event" || entry.event.kind !== "market") return entry;
  const { batch, start, end, ...rest } = entry.event;
  const columns = Object.entries(batch).map(([name, column]) => [
    name,
    ArrayBuffer.isView(column) ? Array.from((column as Float64Array).subarray(start, end)) : name === "length" ? 0 : (column as unknown),
  ]);
  return { ...entry, event: { ...rest, rows: Object.fromEntries(columns) as unknown } };
}

function writeAll(journal: Journal, digit = 0): void {
  for (const event of sampleEvents) {
    journal.event(event);
    if (event.kind === "timer") {
      journal.decision(event.seenAt, decisions, ["9.9" as OrderId]);
      journal.barrier();
      journal.attribution(attributionOf(event.seenAt, digit));
    }
  }
  journal.barrier();
}

const written: readonly JournalEntry[] = sampleEvents.flatMap((event): JournalEntry[] =>
  event.kind === "timer"
    ? [
        { kind: "event", event },
        { kind: "decision", asOf: event.seenAt, decisions, cancels: ["9.9" as OrderId] },
        { kind: "attribution", attribution: attributionOf(event.seenAt) },
      ]
    : [{ kind: "event", event }],
);

export function journalContract(name: string, open: () => JournalPlace): void {
  describe(`journal contract: ${name}`, () => {
    let place: JournalPlace;
    beforeEach(() => {
      place = open();
    });
    afterEach(() => place.remove());

    const record = (): Uint8Array => {
      const journal = place.create();
      writeAll(journal);
      journal.close();
      return place.bytes();
    };
    const read = (): unknown[] => place.read().map(plain);
    const expected = written.map(plain);

    /** Bytes up to the end of the header: what lies before cannot be torn, since a journal appears with a whole header. */
    const shortest = (bytes: Uint8Array): number => {
      const empty = open();
      empty.create().close();
      const { length } = empty.bytes();
      empty.remove();
      expect(length).toBeLessThan(bytes.length);
      return length;
    };

    it("gives every kind of event and decision back as it was, to the bit", () => {
      record();
      expect(read()).toEqual(expected);
    });

    it("holds what was written before a barrier, without being closed", () => {
      const journal = place.create();
      writeAll(journal);
      expect(read()).toEqual(expected);
      journal.close();
    });

    it("cuts a tail torn at any byte to whole entries, and never throws", () => {
      const bytes = record();
      let before = 0;
      for (let length = shortest(bytes); length < bytes.length; length++) {
        place.damage(bytes.subarray(0, length));
        const rest = read();
        if (rest.length === before) continue;
        expect(rest).toEqual(expected.slice(0, rest.length));
        expect(rest.length).toBeGreaterThan(before);
        before = rest.length;
      }
      expect(before).toBeLessThan(expected.length);
      expect(before).toBeGreaterThan(0);
    });

    it("goes on after a tail torn at any byte and ends with the same bytes as if nothing had happened", () => {
      const bytes = record();
      const rng = createRng("torn");
      const least = shortest(bytes);
      for (let run = 0; run < 40; run++) {
        place.damage(bytes.subarray(0, least + rng.int(bytes.length - least)));
        const journal = place.resume();
        writeAll(journal);
        journal.close();
        expect(read()).toEqual(expected);
      }
    });

    it("never delivers a flipped byte: it says so, or cuts the last block", () => {
      const bytes = record();
      for (let at = 0; at < bytes.length; at++) {
        const flipped = Uint8Array.from(bytes);
        flipped[at] = (flipped[at] as number) ^ 0x10;
        place.damage(flipped);
        let rest: unknown[];
        try {
          rest = read();
        } catch (error) {
          expect(error, `byte ${at}`).toMatchObject({ code: "corrupt-journal" });
          continue;
        }
        if (rest.length >= expected.length || !isDeepStrictEqual(rest, expected.slice(0, rest.length)))
          expect.fail(`byte ${at} was delivered flipped`);
      }
    });

    it("repeats what is recorded without changing it, then appends", () => {
      const bytes = record();
      const journal = place.resume();
      writeAll(journal);
      journal.barrier();
      expect(Buffer.compare(place.bytes(), bytes)).toBe(0);
      const more = sampleEvents[3] as EngineEvent;
      journal.event(more);
      journal.close();
      expect(read()).toEqual([...expected, plain({ kind: "event", event: more })]);
    });

    it("keeps the reasons that were given first: a repeated session has to give some, not the same bits", () => {
      const bytes = record();
      const journal = place.resume();
      writeAll(journal, 1e-18);
      journal.close();
      expect(Buffer.compare(place.bytes(), bytes)).toBe(0);
      const other = place.resume();
      expect(() => other.attribution(attributionOf(1 as Micros))).toThrow(expect.objectContaining({ code: "replay-differs" }));
      other.close();
    });

    it("refuses a repeated session that hears or decides anything else", () => {
      record();
      const other = place.resume();
      expect(() => other.event(sampleEvents[1] as EngineEvent)).toThrow(expect.objectContaining({ code: "replay-differs" }));
      other.close();
      const again = place.resume();
      const untilTimer = sampleEvents.findIndex((event) => event.kind === "timer");
      for (const event of sampleEvents.slice(0, untilTimer + 1)) again.event(event);
      const asOf = (sampleEvents[untilTimer] as EngineEvent).seenAt;
      expect(() => again.decision(asOf, decisions.slice(1), ["9.9" as OrderId])).toThrow(
        expect.objectContaining({ code: "replay-differs" }),
      );
      again.close();
      expect(read()).toEqual(expected);
    });
  });
}
