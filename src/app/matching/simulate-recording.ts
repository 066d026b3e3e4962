// A strategy at a simulated venue on a recording of a whole book: reads, makes the tape, trades it, and counts what came of it.
import { readFile } from "node:fs/promises";
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import { openRecordings, readMessages } from "#data/books/recording.js";
import { type Currency, type Instrument, type InstrumentId, type InstrumentIx, type Lots, toLots, toTicks } from "#domain/instrument.js";
import type { Order, OrderId, OrderTerms } from "#domain/order.js";
import { formatMicros, micros, type Micros } from "#domain/time.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
import { approve } from "#risk/approve.js";
import { BookVenue } from "#simulation/book/book-venue.js";
import { constantLatency, feedLatency, jitteredLatency, type LatencyModel, recordedLatency } from "#simulation/book/latency-model.js";
import { fifo, logQueue, powerQueue, type QueueModel, riskAverse } from "#simulation/book/queue-model.js";
import { SeenBook } from "#simulation/book/seen-book.js";
import { CLOSE_CROSS, HALT, OPEN_CROSS, RESUME, SESSION_END, type Tape } from "#simulation/book/tape.js";
import { type OrderDesk, Quoter } from "./quoter.js";
import { Script, type ScriptedOrder } from "./script.js";
import type { Simulation } from "./simulation-file.js";
import { type DeclaredEvent, TapeMaker } from "./tape-of-recording.js";
import { everySoOften, type Trader, tradeTape } from "./trade-tape.js";

export interface SimulatedFill {
  readonly order: string;
  readonly at: Micros;
  readonly side: "buy" | "sell";
  readonly price: number;
  readonly size: number;
  readonly fee: number;
}

export interface SimulationResult {
  readonly symbol: string;
  readonly format: string;
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly looks: number;
  readonly seconds: number;
  /** What was assumed, sentence by sentence. */
  readonly assumptions: readonly string[];
  readonly orders: number;
  /** Orders that ended without having been filled whole, by the venue's reason. */
  readonly endings: Readonly<Record<string, number>>;
  readonly maker: { readonly fills: number; readonly size: number };
  readonly taker: { readonly fills: number; readonly size: number };
  /** Held at the end, in units; negative is short. */
  readonly position: number;
  readonly feesPaid: number;
  /** Cash and the position at the last mid-price that was seen; null when there is none. */
  readonly profit: number | null;
  readonly fills: readonly SimulatedFill[];
}

const IX = 0 as InstrumentIx;

/** Throws `bad-file`, `bad-config`, `no-such-file`, or what `signal` was aborted with. */
export async function simulateRecording(simulation: Simulation, signal: AbortSignal): Promise<SimulationResult> {
  const [recording, other] = await openRecordings(simulation.recording, { heal: false });
  if (recording === undefined || other !== undefined)
    throw new TruewindError("bad-config", "These files are several recordings: a simulation takes those of one symbol, in order.");
  const { format, skew, parts } = recording;
  const instrument = instrumentOf(simulation, format.symbol);
  const maker = new TapeMaker(format, skew, instrument, declaredOf(simulation, instrument));
  for await (const messages of readMessages(format, parts)) {
    signal.throwIfAborted();
    for (const message of messages) maker.take(message);
  }
  const tape = maker.finish();
  if (tape.length === 0)
    throw new TruewindError("bad-file", `${parts.join(", ")} shows no book: the recording has no snapshot to begin with.`);
  const queue = queueOf(simulation, instrument, tape);
  const latency = await latencyOf(simulation, tape);
  const { makerBps: makerFeeBps, takerBps: takerFeeBps } = simulation.venue.fees;
  const venue = new BookVenue({
    id: format.symbol,
    instruments: [instrument],
    base: instrument.currency,
    startingCashMicro: 0n,
    tapes: [{ instrument: IX, tape, latency }],
    queue,
    makerFeeBps,
    takerFeeBps,
    triggerOn: simulation.venue.triggers,
  });
  const seen = new SeenBook(format.symbol, IX, tape);
  const [from, to] = [tape.seenAt[tape.seen?.[0] ?? 0] as number, tape.at[tape.length - 1] as number];
  const told = new Told(venue, instrument);
  const { trader, moments } = traderOf(simulation, instrument, told, from, to);
  const startedAt = performance.now();
  const looks = tradeTape(venue, seen, { look: trader.look.bind(trader), heard: (event) => told.heard(event, trader) }, moments, to, () =>
    signal.throwIfAborted(),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const { traded, holdings } = venue;
  const middle = (seen.bid + seen.ask) / 2;
  const held = holdings.lots[IX] as number;
  const profit = holdings.cash() + (held === 0 ? 0 : held * instrument.lotSize * middle * instrument.tickSize);
  return {
    symbol: format.symbol,
    format: format.name,
    from: formatMicros(micros(from)),
    to: formatMicros(micros(to)),
    rows: tape.length,
    looks,
    seconds,
    assumptions: [queue.words, latency.words, ...assumptionsOf(simulation)],
    orders: told.orders,
    endings: Object.fromEntries(told.endings),
    maker: { fills: traded.makerFills, size: traded.makerLots * instrument.lotSize },
    taker: { fills: traded.takerFills, size: traded.takerLots * instrument.lotSize },
    position: held * instrument.lotSize,
    feesPaid: told.feesPaid,
    profit: Number.isNaN(profit) ? null : profit,
    fills: told.fills,
  };
}

/** Counts what is sent and heard. */
class Told implements OrderDesk {
  readonly fills: SimulatedFill[] = [];
  readonly endings = new Map<string, number>();
  orders = 0;
  feesPaid = 0;

  constructor(
    private readonly venue: BookVenue,
    private readonly instrument: Instrument,
  ) {}

  /** The strategies here have no more limits than their own: nothing of this ever reaches a venue that is not simulated. */
  submit(order: Order): void {
    this.orders++;
    this.venue.submit(approve(order));
  }

  cancel(id: OrderId): void {
    this.venue.cancel(id);
  }

  heard(event: VenueEvent, trader: Trader): void {
    if (event.kind === "fill") this.note(event);
    else if (event.kind === "order-cancelled" || event.kind === "order-rejected" || event.kind === "order-expired") {
      this.endings.set(event.reason, (this.endings.get(event.reason) ?? 0) + 1);
    }
    trader.heard(event);
  }

  private note({ order, at, lots, price, feeMicro }: Fill): void {
    const { tickSize, lotSize } = this.instrument;
    const fee = Number(feeMicro) / 1e6;
    this.feesPaid += fee;
    const size = rounded(Math.abs(lots) * lotSize);
    this.fills.push({ order, at, side: lots > 0 ? "buy" : "sell", price: rounded(price * tickSize), size, fee });
  }
}

/** Without the crumbs of a product of decimals. */
function rounded(value: number): number {
  return Number(value.toPrecision(15));
}

function instrumentOf({ instrument: { tick, lot, currency } }: Simulation, symbol: string): Instrument {
  const id = symbol as InstrumentId;
  return { id, venue: "24/7", currency: currency as Currency, tickSize: tick, relativeTick: null, lotSize: lot, sector: null };
}

function declaredOf({ venue: { halts, auctions, sessionEnds } }: Simulation, instrument: Instrument): DeclaredEvent[] {
  return [
    ...halts.flatMap(({ from, to }) => [
      { at: from, kind: HALT },
      { at: to, kind: RESUME },
    ]),
    ...auctions.map(({ at, kind, price, size }) => ({
      at,
      kind: kind === "open" ? OPEN_CROSS : CLOSE_CROSS,
      ticks: toTicks(price, instrument),
      lots: toLots(size, instrument),
    })),
    ...sessionEnds.map((at) => ({ at, kind: SESSION_END })),
  ].sort((a, b) => a.at - b.at);
}

function queueOf({ venue: { queue } }: Simulation, instrument: Instrument, tape: Tape): QueueModel {
  switch (queue?.model) {
    case "power":
      return powerQueue(queue.exponent);
    case "log":
      return logQueue(instrument.lotSize);
    case "fifo":
      return fifo;
    case "risk-averse":
      return riskAverse;
    case undefined:
      return tape.byOrder ? fifo : riskAverse;
    default:
      return queue satisfies never;
  }
}

async function latencyOf({ venue: { latency } }: Simulation, tape: Tape): Promise<LatencyModel> {
  switch (latency.kind) {
    case "constant":
      return constantLatency(latency.entryUs, latency.responseUs);
    case "jittered":
      return jitteredLatency(latency.entryUs, latency.responseUs, latency.jitterUs, createRng(latency.seed));
    case "feed":
      return feedLatency(tape, latency.entryFactor, latency.responseFactor);
    case "recorded":
      return recordedLatency(await readRequests(latency.file));
    default:
      return latency satisfies never;
  }
}

/** CSV with the header `sent,venue,answered`. */
async function readRequests(path: string): Promise<{ sentAt: number; venueAt: number; answeredAt: number }[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new TruewindError("no-such-file", `Cannot read the latencies in ${path}. Check the path.`, { cause });
  });
  const [header, ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
  if (header !== "sent,venue,answered") throw new TruewindError("bad-file", `${path} must begin with the line sent,venue,answered.`);
  return lines.map((line, k) => {
    const [sentAt, venueAt, answeredAt, ...more] = line.split(",").map(Number) as [number, number, number];
    if (more.length > 0 || !Number.isSafeInteger(sentAt + venueAt + answeredAt))
      throw new TruewindError("bad-file", `${path}, line ${k + 2}: three whole numbers of microseconds are needed.`);
    return { sentAt, venueAt, answeredAt };
  });
}

function traderOf(
  { strategy }: Simulation,
  instrument: Instrument,
  desk: OrderDesk,
  from: number,
  to: number,
): { trader: Trader; moments: Iterable<number> } {
  if ("quoter" in strategy) {
    const { everyMs, size, offsetTicks, most } = strategy.quoter;
    const [lots, mostLots] = [toLots(size, instrument), toLots(most, instrument)];
    if (lots < 1 || mostLots < 1)
      throw new TruewindError("bad-config", `strategy.quoter: size and most must be at least one lot of ${instrument.lotSize}.`);
    const everyUs = Math.max(1, Math.round(everyMs * 1000));
    return { trader: new Quoter({ everyUs, lots, offsetTicks, mostLots }, IX, desk), moments: everySoOften(from, everyUs, to) };
  }
  const script = new Script(
    strategy.orders.map((order, k) => scriptedOf(order, k, instrument)),
    desk,
  );
  return { trader: script, moments: script.moments.filter((at) => at <= to) };
}

function scriptedOf(
  {
    at,
    side,
    size,
    type,
    limit,
    trigger,
    trail,
    cancelAt,
    timeInForce,
    postOnly,
    reduceOnly,
  }: Extract<Simulation["strategy"], { orders: unknown }>["orders"][number],
  k: number,
  instrument: Instrument,
): ScriptedOrder {
  const lots = toLots(side === "buy" ? size : -size, instrument);
  if (lots === 0) throw new TruewindError("bad-config", `strategy.orders.${k}: ${size} is less than one lot of ${instrument.lotSize}.`);
  const terms: OrderTerms = {
    ...(trigger === undefined ? {} : { trigger: toTicks(trigger, instrument) }),
    ...(trail === undefined ? {} : { trail: toTicks(trail, instrument) }),
    ...(timeInForce === undefined ? {} : { timeInForce }),
    ...(postOnly === undefined ? {} : { postOnly }),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
  };
  const id = `o${k + 1}` as OrderId;
  const order: Order = {
    id,
    instrument: IX,
    lots: lots as Lots,
    type,
    limit: limit === undefined ? null : toTicks(limit, instrument),
    createdAt: at as Micros,
    terms,
  };
  return { order, cancelAt: cancelAt ?? null };
}

function assumptionsOf({ venue: { fees, triggers, halts, auctions } }: Simulation): string[] {
  return [
    "Our orders change nothing in the recording: nobody answers them. What we took from a level is remembered until the level says that it is gone, so that it is not taken twice.",
    "A resting order gets no more than was printed at or through its price, or displayed against it.",
    `Fees: ${fees.makerBps} basis points of notional for resting orders, ${fees.takerBps} for taking; negative is a rebate. Stops wake on the ${triggers === "trade" ? "last print" : "quote that they would meet"}.`,
    ...(halts.length > 0 ? [`${halts.length} declared halts: nothing trades in them.`] : []),
    ...(auctions.length > 0
      ? [`${auctions.length} declared auctions: only orders that are better than the auction's price trade in it, no more than it traded.`]
      : []),
    "The account is never called for margin, and pays no interest, borrow fees or funding.",
  ];
}
