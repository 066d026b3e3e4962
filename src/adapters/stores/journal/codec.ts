// Bytes of journal entries. Fixed binary for what comes often (market rows, timers), JSON for the rest.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import type { EngineEvent, TimerFired } from "#domain/event.js";
import { type BarBatch, type EventBatch, type MarketSlice, createBarBatch } from "#domain/market.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
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
const TRADES_OR_QUOTES = 6;

const TIMER_NAMES: readonly TimerFired["name"][] = ["decide", "reconcile", "mark"];

export function writeEvent(out: ByteWriter, event: EngineEvent, byReference: boolean): void {
  if (event.kind === "timer") {
    out.u8(TIMER).u8(TIMER_NAMES.indexOf(event.name)).f64(event.at).f64(event.seenAt).f64(event.since);
  } else if (event.kind !== "market") {
    out.u8(EVENT).text(JSON.stringify(event, bigintToText));
  } else if (byReference) {
    out.u8(REFERENCE).f64(event.at).f64(event.seenAt).u32(event.end - event.start).f64(event.nextRow);
  } else {
    writeRows(out, event);
  }
}

export function writeDecision(out: ByteWriter, asOf: Micros, decisions: readonly RiskDecision[], cancels: readonly OrderId[]): void {
  out.u8(DECISION).f64(asOf).text(JSON.stringify({ decisions, cancels }));
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
    case TRADES_OR_QUOTES:
      return { kind: "event", event: readRows(input, tag) };
    case DECISION: {
      const asOf = input.f64() as Micros;
      const { decisions, cancels } = JSON.parse(input.text()) as { decisions: RiskDecision[]; cancels: OrderId[] };
      return { kind: "decision", asOf, decisions, cancels };
    }
    default:
      throw new RangeError(`unknown journal entry ${tag}`);
  }
}

function writeRows(out: ByteWriter, slice: MarketSlice): void {
  const { batch, start, end } = slice;
  out.u8(batch.kind === "bar" ? BARS : TRADES_OR_QUOTES).f64(slice.at).f64(slice.seenAt).f64(slice.nextRow);
  if (batch.kind === "bar") {
    out.i32s(batch.instrument, start, end);
    for (const column of barColumns(batch)) out.f64s(column, start, end);
    return;
  }
  const rows: Record<string, unknown> = { kind: batch.kind, length: end - start };
  for (const [name, column] of Object.entries(batch)) if (ArrayBuffer.isView(column)) rows[name] = Array.from((column as Float64Array).subarray(start, end), nanToText);
  out.text(JSON.stringify(rows));
}

function readRows(input: ByteReader, tag: number): MarketSlice {
  const [at, seenAt, nextRow] = [input.f64() as Micros, input.f64() as Micros, input.f64()];
  if (tag === BARS) {
    const instrument = input.i32s();
    const batch = createBarBatch(instrument.length);
    batch.instrument.set(instrument);
    for (const column of barColumns(batch)) column.set(input.f64s());
    return { kind: "market", at, seenAt, batch, start: 0, end: batch.length, nextRow };
  }
  const rows = JSON.parse(input.text()) as Record<string, unknown> & { length: number };
  for (const [name, column] of Object.entries(rows)) {
    if (!Array.isArray(column)) continue;
    const numbers = column.map(textToNan);
    rows[name] = name === "instrument" ? Int32Array.from(numbers) : name === "aggressor" ? Int8Array.from(numbers) : Float64Array.from(numbers);
  }
  return { kind: "market", at, seenAt, batch: rows as unknown as EventBatch, start: 0, end: rows.length, nextRow };
}

function barColumns(batch: BarBatch): readonly Float64Array[] {
  return [batch.at, batch.seenAt, batch.openAt, batch.open, batch.high, batch.low, batch.close, batch.volume];
}

const bigintToText = (_: string, value: unknown): unknown => (typeof value === "bigint" ? { $bigint: value.toString() } : value);
const textToBigint = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "$bigint" in value ? BigInt(value.$bigint as string) : value;
const nanToText = (value: number): number | string => (Number.isNaN(value) ? "NaN" : value);
const textToNan = (value: unknown): number => (value === "NaN" ? Number.NaN : (value as number));
