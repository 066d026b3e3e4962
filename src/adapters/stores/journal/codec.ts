// Bytes of journal entries. Fixed binary for what comes often (market rows, timers), JSON for the rest.
import { bigintToText, textToBigint } from "#base/bigint-json.js";
import { ByteReader, type ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { Trip } from "#domain/breaker.js";
import type { EngineEvent, TimerFired } from "#domain/event.js";
import { createBarBatch, createBookBatch, createQuoteBatch, createTradeBatch, type EventBatch, type MarketSlice } from "#domain/market.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { SessionNote } from "#domain/session-note.js";
import type { Micros } from "#domain/time.js";
import type { JournalEntry } from "#ports/journal.js";

/** Market rows that stand in a dataset: the journal keeps only where. */
export interface RowsByReference {
  readonly kind: "rows";
  readonly at: Micros;
  readonly seenAt: Micros;
  readonly count: number;
  readonly nextRow: number;
}

export type StoredEntry = JournalEntry | { readonly kind: "event"; readonly event: RowsByReference };

const REFERENCE = 1;
const BARS = 2;
const TIMER = 3;
const EVENT = 4;
const DECISION = 5;
const TRADES = 6;
const QUOTES = 7;
const BOOKS = 8;
const ATTRIBUTION = 9;
const NOTE = 10;
const TAGS: Readonly<Record<EventBatch["kind"], number>> = { bar: BARS, trade: TRADES, quote: QUOTES, book: BOOKS };

const TIMER_NAMES: readonly TimerFired["name"][] = ["decide", "reconcile", "mark", "observe", "adjust"];

export function writeEvent(out: ByteWriter, event: EngineEvent, byReference: boolean): void {
  if (event.kind === "timer") {
    out.u8(TIMER).u8(TIMER_NAMES.indexOf(event.name)).f64(event.at).f64(event.seenAt).f64(event.since);
  } else if (event.kind !== "market") {
    out.u8(EVENT).text(JSON.stringify(event, bigintToText));
  } else if (byReference) {
    out
      .u8(REFERENCE)
      .f64(event.at)
      .f64(event.seenAt)
      .u32(event.end - event.start)
      .f64(event.nextRow);
  } else {
    writeRows(out, event);
  }
}

/** Without trips the bytes know nothing of them. */
export function writeDecision(
  out: ByteWriter,
  asOf: Micros,
  decisions: readonly RiskDecision[],
  cancels: readonly OrderId[],
  trips: readonly Trip[] | undefined,
): void {
  out.u8(DECISION).f64(asOf).text(JSON.stringify({ decisions, cancels, trips }));
}

export function writeAttribution(out: ByteWriter, attribution: DecisionAttribution): void {
  out.u8(ATTRIBUTION).text(JSON.stringify(attribution));
}

export function writeNote(out: ByteWriter, note: SessionNote): void {
  out.u8(NOTE).text(JSON.stringify(note));
}

/** Whether the bytes of an entry say why, and nothing else. */
export function isAttribution(entry: Uint8Array): boolean {
  return entry[0] === ATTRIBUTION;
}

/** An event that is neither market rows nor a timer; null for every other entry. */
export function readTold(entry: Uint8Array): EngineEvent | null {
  return entry[0] === EVENT ? (JSON.parse(new ByteReader(entry.subarray(1)).text(), textToBigint) as EngineEvent) : null;
}

export function readEntry(input: ByteReader): StoredEntry {
  const tag = input.u8();
  switch (tag) {
    case TIMER: {
      const name = TIMER_NAMES[input.u8()] as TimerFired["name"];
      const [at, seenAt, since] = [input.f64() as Micros, input.f64() as Micros, input.f64() as Micros];
      return { kind: "event", event: { kind: "timer", name, at, seenAt, since } };
    }
    case EVENT:
      return { kind: "event", event: JSON.parse(input.text(), textToBigint) as EngineEvent };
    case REFERENCE: {
      const [at, seenAt] = [input.f64() as Micros, input.f64() as Micros];
      const count = input.u32();
      return { kind: "event", event: { kind: "rows", at, seenAt, count, nextRow: input.f64() } };
    }
    case BARS:
    case TRADES:
    case QUOTES:
    case BOOKS:
      return { kind: "event", event: readRows(input, tag) };
    case DECISION: {
      const asOf = input.f64() as Micros;
      const said = JSON.parse(input.text()) as { decisions: RiskDecision[]; cancels: OrderId[]; trips?: Trip[] };
      return { kind: "decision", asOf, ...said };
    }
    case ATTRIBUTION:
      return { kind: "attribution", attribution: JSON.parse(input.text()) as DecisionAttribution };
    case NOTE:
      return { kind: "note", note: JSON.parse(input.text()) as SessionNote };
    default:
      throw new TruewindError("corrupt-journal", `The journal holds an entry of unknown kind ${tag}: it was written by another version.`);
  }
}

function writeRows(out: ByteWriter, { batch, at, seenAt, nextRow, start, end }: MarketSlice): void {
  out.u8(TAGS[batch.kind]).f64(at).f64(seenAt).f64(nextRow);
  out.i32s(batch.instrument, start, end);
  for (const column of columnsOf(batch)) {
    const each = column.length / batch.length;
    out.f64s(column, start * each, end * each);
  }
  if (batch.kind === "trade") out.i32s(Int32Array.from(batch.aggressor.subarray(start, end)));
}

function readRows(input: ByteReader, tag: number): MarketSlice {
  const [at, seenAt, nextRow] = [input.f64() as Micros, input.f64() as Micros, input.f64()];
  const instrument = input.i32s();
  const batch = createBatch(tag, instrument.length);
  batch.instrument.set(instrument);
  for (const column of columnsOf(batch)) column.set(input.f64s());
  if (batch.kind === "trade") batch.aggressor.set(input.i32s());
  return { kind: "market", at, seenAt, batch, start: 0, end: batch.length, nextRow };
}

function createBatch(tag: number, length: number): EventBatch {
  if (tag === BARS) return createBarBatch(length);
  if (tag === BOOKS) return createBookBatch(length);
  return tag === TRADES ? createTradeBatch(length) : createQuoteBatch(length);
}

function columnsOf(batch: EventBatch): readonly Float64Array[] {
  switch (batch.kind) {
    case "bar":
      return [batch.at, batch.seenAt, batch.openAt, batch.open, batch.high, batch.low, batch.close, batch.volume];
    case "trade":
      return [batch.at, batch.seenAt, batch.price, batch.size];
    case "quote":
      return [batch.at, batch.seenAt, batch.bid, batch.ask, batch.bidSize, batch.askSize];
    case "book":
      return [batch.at, batch.seenAt, batch.bidPrice, batch.bidSize, batch.askPrice, batch.askSize];
    default:
      return batch satisfies never;
  }
}
