// Simulated days for the contract of features: bars, and whatever else the features at hand ask for (trades, quotes, books, facts), made
// from a seed. Days are lists of events in the engine's order; no market data is read.
import { createRng, type Rng } from "#base/rng.js";
import type { Fact } from "#domain/fact.js";
import type { InstrumentIx } from "#domain/instrument.js";
import {
  type BarRow,
  BOOK_LEVELS,
  type BookBatch,
  createBookBatch,
  createQuoteBatch,
  createTradeBatch,
  type EventBatch,
  type QuoteBatch,
  toBarBatch,
} from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { DAY_US, HOUR_US, type Micros, utcDate } from "#domain/time.js";
import type { FactSource } from "#features/inputs/source.js";
import { tapeByName } from "#features/inputs/tapes.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { type CrossNode, type Node, operandsOf, type PeerRole, peerRoles } from "#features/language/node.js";
import type { PlanOptions } from "#features/plan/compile.js";
import type { FeaturePlan } from "#ports/stages.js";

export type Told = EventBatch | Fact;
/** What happens on one day, in order; the bars come last. */
export type Day = readonly Told[];
export type Prices = Pick<BarRow, "open" | "high" | "low" | "close" | "volume">;

const FIRST_DAY = 15_000;

/** Weekdays only, so that weekends are gaps in the calendar. */
function dayNumber(t: number): number {
  // FIRST_DAY is a Tuesday less one: weeks of five days begin on Monday.
  const monday = FIRST_DAY - ((FIRST_DAY + 3) % 7);
  return monday + 7 * Math.floor(t / 5) + (t % 5);
}

export function sessionsOf(days: number): readonly Session[] {
  return Array.from({ length: days }, (_, t) => {
    const openAt = (dayNumber(t) * DAY_US) as Micros;
    return { date: utcDate(openAt), openAt, closeAt: (openAt + DAY_US) as Micros, early: t % 61 === 30 };
  });
}

/** A random walk with fat tails, ordinary gaps and volumes; never a missing or impossible bar. */
export function ordinaryPrices(rng: Rng, count: number): Prices[] {
  let price = 20 + 100 * rng.next();
  return Array.from({ length: count }, () => {
    const open = price * Math.exp(0.004 * rng.normal());
    const close = open * Math.exp((0.015 * rng.normal()) / Math.sqrt(0.3 + rng.next()));
    const high = Math.max(open, close) * Math.exp(0.004 * Math.abs(rng.normal()));
    const low = Math.min(open, close) * Math.exp(-0.004 * Math.abs(rng.normal()));
    price = close;
    return { open, high, low, close, volume: Math.round(Math.exp(11 + 0.6 * rng.normal())) };
  });
}

export function bar(instrument: number, t: number, prices: Prices): BarRow {
  const openAt = (dayNumber(t) * DAY_US) as Micros;
  const at = (openAt + DAY_US) as Micros;
  return { instrument: instrument as InstrumentIx, openAt, at, seenAt: at, ...prices };
}

/** One instrument's ordinary bars. */
export function ordinaryBars(seed: string, instrument: number, count: number): BarRow[] {
  return ordinaryPrices(createRng(`${seed}/${instrument}`), count).map((prices, t) => bar(instrument, t, prices));
}

export interface Needs {
  readonly kinds: ReadonlySet<EventBatch["kind"]>;
  readonly facts: readonly FactSource[];
}

/** Which events the features read. */
export function needsOf(definitions: readonly FeatureDefinition[]): Needs {
  const kinds = new Set<EventBatch["kind"]>();
  const facts = new Map<string, FactSource>();
  const visit = (node: Node | CrossNode): void => {
    if (node.op === "input" && node.source.kind === "tape") for (const kind of tapeByName(node.source.tape)?.kinds ?? []) kinds.add(kind);
    if (node.op === "input" && node.source.kind === "fact") facts.set(`${node.source.about} ${node.source.field}`, node.source);
    for (const x of operandsOf(node)) visit(x);
  };
  for (const { expr } of definitions) visit(expr);
  return { kinds, facts: [...facts.values()] };
}

/** At most so many messages of each kind a day. */
const TICKS = 6;

/** Days of a world whose instrument `i` has the bars `histories[i]`; trades, quotes and books happen within their range. */
export function makeDays(seed: string, histories: readonly (readonly Prices[])[], needs: Needs, factor = (_t: number): number => 1): Day[] {
  const rng = createRng(`${seed}/events`);
  const longest = Math.max(...histories.map((history) => history.length));
  return Array.from({ length: longest }, (_, t) => {
    const rows = histories.flatMap((history, i) => (history[t] === undefined ? [] : [bar(i, t, history[t])]));
    const events: Told[] = factsOf(rng.fork(`facts ${t}`), rows, needs.facts, t, factor(t));
    const ticks = TICKS - rng.int(3);
    let book: BookBatch | null = null;
    let quote: QuoteBatch | null = null;
    for (let tick = 0; tick < ticks; tick++) {
      if (needs.kinds.has("book")) events.push((book = books(rng, rows, tick, book)));
      if (needs.kinds.has("quote")) events.push((quote = quotes(rng, rows, tick, quote)));
      if (needs.kinds.has("trade")) events.push(trades(rng, rows, tick));
    }
    events.push(toBarBatch(rows));
    return events;
  });
}

/** As many as any formula looks back (a year of months, and a mean of three at its far end). */
const PERIODS_BEFORE = 15;

/** Every field is told of every day, and fifteen periods before the first. */
function factsOf(rng: Rng, rows: readonly BarRow[], sources: readonly FactSource[], t: number, factor: number): Told[] {
  const seenAt = (dayNumber(t) * DAY_US) as Micros;
  const told: Told[] = [];
  for (const { field, about } of sources) {
    const instruments: readonly (InstrumentIx | null)[] = about === "market" ? [null] : rows.map(({ instrument }) => instrument);
    for (const instrument of instruments) {
      for (let back = t === 0 ? PERIODS_BEFORE : 0; back >= 0; back--) {
        for (let copy = 0; copy < (back === 0 ? 1 + rng.int(2) : 1); copy++) {
          const at = (seenAt - back * DAY_US - HOUR_US) as Micros;
          told.push({ kind: "fact", instrument, field, at, seenAt, value: factor * (1 + 0.2 * rng.normal()) });
        }
      }
    }
  }
  return told;
}

/** Somewhere in the bar's range. */
function priceAt(rng: Rng, row: BarRow, tick: number): number {
  const way = tick / (TICKS - 1);
  const straight = row.open * (1 - way) + row.close * way;
  return rng.next() < 0.3 ? row.low * 0.5 + row.high * 0.5 : straight;
}

const momentOf = (row: BarRow, tick: number): number => row.openAt + ((row.at - row.openAt) / (TICKS + 1)) * (tick + 1);

function trades(rng: Rng, rows: readonly BarRow[], tick: number): EventBatch {
  const batch = createTradeBatch(rows.length);
  rows.forEach((row, k) => {
    batch.instrument[k] = row.instrument;
    batch.at[k] = batch.seenAt[k] = Math.floor(momentOf(row, tick));
    batch.price[k] = priceAt(rng, row, tick);
    batch.size[k] = Math.max(1, Math.round(row.volume / (TICKS * 4) / (1 + rng.int(9))));
    batch.aggressor[k] = rng.int(3) - 1;
  });
  return batch;
}

/** Often the prices of the message before with other sizes. */
const REPEATED = 0.4;

function quotes(rng: Rng, rows: readonly BarRow[], tick: number, before: QuoteBatch | null): QuoteBatch {
  const batch = createQuoteBatch(rows.length);
  rows.forEach((row, k) => {
    batch.instrument[k] = row.instrument;
    batch.at[k] = batch.seenAt[k] = Math.floor(momentOf(row, tick));
    const middle = priceAt(rng, row, tick);
    const half = middle * (0.0005 + 0.001 * rng.next());
    const same = rng.next() < REPEATED ? before : null;
    batch.bid[k] = same?.bid[k] ?? middle - half;
    batch.ask[k] = same?.ask[k] ?? middle + half;
    batch.bidSize[k] = 1 + rng.int(500);
    batch.askSize[k] = 1 + rng.int(500);
  });
  return batch;
}

function books(rng: Rng, rows: readonly BarRow[], tick: number, before: BookBatch | null): BookBatch {
  const batch = createBookBatch(rows.length);
  rows.forEach((row, k) => {
    batch.instrument[k] = row.instrument;
    batch.at[k] = batch.seenAt[k] = Math.floor(momentOf(row, tick));
    const middle = priceAt(rng, row, tick);
    const same = rng.next() < REPEATED ? before : null;
    for (let level = 0; level < BOOK_LEVELS; level++) {
      const place = k * BOOK_LEVELS + level;
      const away = (): number => middle * (0.0005 * (level + 1) + 0.0003 * rng.next());
      batch.bidPrice[place] = same?.bidPrice[place] ?? middle - away();
      batch.askPrice[place] = same?.askPrice[place] ?? middle + away();
      batch.bidSize[place] = 1 + rng.int(900);
      batch.askSize[place] = 1 + rng.int(900);
    }
  });
  return batch;
}

/** The world's instruments: every role is filled, and there are three sectors. */
export function companyOf(instruments: number): Pick<PlanOptions, "instruments" | "tradable" | "sector" | "peers"> {
  const peers: Partial<Record<PeerRole, number>> = {};
  peerRoles.forEach((role, k) => {
    peers[role] = k % instruments;
  });
  return {
    instruments,
    tradable: new Uint8Array(instruments).fill(1),
    sector: Int32Array.from({ length: instruments }, (_, i) => i % 3),
    peers,
  };
}

/** What a day says of one instrument, and of the market; as instrument `number`. */
export function only(day: Day, instrument: number, number = instrument): Day {
  return day.flatMap((event): Told[] => {
    if (event.kind === "fact") {
      if (event.instrument === null) return [event];
      return event.instrument === instrument ? [{ ...event, instrument: number as InstrumentIx }] : [];
    }
    const rows = [...event.instrument.keys()].filter((row) => event.instrument[row] === instrument);
    if (rows.length === 0) return [];
    const cut = Object.entries(event).map(([name, column]: [string, unknown]) => {
      if (!ArrayBuffer.isView(column)) return [name, column];
      const whole = column as Float64Array;
      const per = whole.length / event.length;
      return [
        name,
        new (whole.constructor as Float64ArrayConstructor)(rows.flatMap((row) => [...whole.subarray(row * per, (row + 1) * per)])),
      ];
    });
    const one = { ...(Object.fromEntries(cut) as EventBatch), length: rows.length };
    one.instrument.fill(number);
    return [one];
  });
}

export function tell(plan: FeaturePlan, event: Told, start = 0, end = event.kind === "fact" ? 1 : event.length): void {
  if (event.kind === "fact") plan.reference(event);
  else plan.advance(event, start, end);
}

/** All of it, each event at once. */
export function tellDay(plan: FeaturePlan, day: Day): void {
  for (const event of day) tell(plan, event);
}

/** All of it row by row, in an order of rows that `rng` chooses within each batch. */
export function tellRows(plan: FeaturePlan, day: Day, rng: Rng | null): void {
  for (const event of day) {
    if (event.kind === "fact") {
      tell(plan, event);
      continue;
    }
    const rows = Array.from({ length: event.length }, (_, row) => row);
    if (rng !== null) rows.sort(() => rng.next() - 0.5);
    for (const row of rows) plan.advance(event, row, row + 1);
  }
}

/** The same day with prices, volumes and facts on another basis. Facts are scaled by the dimension that the features say. */
export function rescale(day: Day, price: number, volume: number, facts: readonly FactSource[], only?: number): Day {
  const on = (instrument: number | null): boolean => only === undefined || instrument === only;
  return day.map((event): Told => {
    if (event.kind === "fact") {
      const source = facts.find(({ field, about }) => field === event.field && (about === "market") === (event.instrument === null));
      if (source === undefined || !on(event.instrument)) return event;
      return { ...event, value: event.value * price ** source.dimension.price * volume ** source.dimension.volume };
    }
    const each = (column: Float64Array, by: number): Float64Array => {
      const per = column.length / event.length;
      return column.map((v, k) => (on(event.instrument[Math.floor(k / per)] as number) ? v * by : v));
    };
    const p = (column: Float64Array): Float64Array => each(column, price);
    const v = (column: Float64Array): Float64Array => each(column, volume);
    switch (event.kind) {
      case "bar":
        return { ...event, open: p(event.open), high: p(event.high), low: p(event.low), close: p(event.close), volume: v(event.volume) };
      case "trade":
        return { ...event, price: p(event.price), size: v(event.size) };
      case "quote":
        return { ...event, bid: p(event.bid), ask: p(event.ask), bidSize: v(event.bidSize), askSize: v(event.askSize) };
      case "book":
        return {
          ...event,
          bidPrice: p(event.bidPrice),
          askPrice: p(event.askPrice),
          bidSize: v(event.bidSize),
          askSize: v(event.askSize),
        };
      default:
        return event satisfies never;
    }
  });
}
