// From the words of a simulation's file to venues: recordings are read, each becomes a tape, and a venue replays it under its own rules.
import { readFile } from "node:fs/promises";
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import { openRecordings, readMessages, type Recording } from "#data/books/recording.js";
import { type Currency, type Instrument, type InstrumentId, type InstrumentIx, toLots, toTicks } from "#domain/instrument.js";
import { BookVenue } from "#simulation/book/book-venue.js";
import { constantLatency, feedLatency, jitteredLatency, type LatencyModel, recordedLatency } from "#simulation/book/latency-model.js";
import { fifo, logQueue, powerQueue, type QueueModel, riskAverse } from "#simulation/book/queue-model.js";
import { SeenBook } from "#simulation/book/seen-book.js";
import { CLOSE_CROSS, HALT, OPEN_CROSS, RESUME, SESSION_END, type Tape } from "#simulation/book/tape.js";
import { counted } from "../report/number-format.js";
import type { Simulation, SimulationVenue } from "./simulation-file.js";
import { type DeclaredEvent, TapeMaker } from "./tape-of-recording.js";

/** The one instrument of a simulation. */
export const IX = 0 as InstrumentIx;

export interface OpenPlace {
  readonly name: string;
  readonly venue: BookVenue;
  /** The same book as it is seen from here. */
  readonly seen: SeenBook;
  readonly tape: Tape;
  readonly settings: SimulationVenue;
  /** What was assumed of it, sentence by sentence. */
  readonly assumptions: readonly string[];
}

/** Throws `bad-file`, `bad-config` or `no-such-file`. */
export async function openRecording(paths: readonly string[]): Promise<Recording> {
  const [recording, other] = await openRecordings(paths, { heal: false });
  if (recording === undefined || other !== undefined)
    throw new TruewindError("bad-config", "These files are several recordings: a simulation takes those of one symbol, in order.");
  return recording;
}

export function instrumentOf({ instrument: { tick, lot, currency } }: Simulation, symbol: string): Instrument {
  const id = symbol as InstrumentId;
  return { id, venue: "24/7", currency: currency as Currency, tickSize: tick, relativeTick: null, lotSize: lot, sector: null };
}

/** Throws `bad-file`, `bad-config`, or what `signal` was aborted with. */
export async function readTape(
  recording: Recording,
  instrument: Instrument,
  settings: SimulationVenue,
  signal: AbortSignal,
): Promise<Tape> {
  const { format, skew, parts } = recording;
  const maker = new TapeMaker(format, skew, instrument, declaredOf(settings, instrument));
  for await (const messages of readMessages(format, parts)) {
    signal.throwIfAborted();
    for (const message of messages) maker.take(message);
  }
  const tape = maker.finish();
  if (tape.length > 0) return tape;
  throw new TruewindError("bad-file", `${parts.join(", ")} shows no book: the recording has no snapshot to begin with.`);
}

/** `name`: of the venue. Throws `bad-file`, `bad-config` or `no-such-file`. */
export async function openPlace(
  name: string,
  tape: Tape,
  instrument: Instrument,
  settings: SimulationVenue,
  startingCashMicro: bigint,
): Promise<OpenPlace> {
  const queue = queueOf(settings, instrument, tape);
  const latency = await latencyOf(settings, tape);
  const venue = new BookVenue({
    id: name,
    instruments: [instrument],
    base: instrument.currency,
    startingCashMicro,
    tapes: [{ instrument: IX, tape, latency }],
    queue,
    makerFeeBps: settings.fees.makerBps,
    takerFeeBps: settings.fees.takerBps,
    triggerOn: settings.triggers ?? "trade", // of several venues none ever holds a stop
  });
  const assumptions = [queue.words, latency.words, ...rulesOf(settings)];
  return { name, venue, seen: new SeenBook(name, IX, tape), tape, settings, assumptions };
}

/** First moment at which something was seen, and last one of the exchange. */
export function spanOf(tape: Tape): readonly [from: number, to: number] {
  return [tape.seenAt[tape.seen?.[0] ?? 0] as number, tape.at[tape.length - 1] as number];
}

function declaredOf({ halts, auctions, sessionEnds }: SimulationVenue, instrument: Instrument): DeclaredEvent[] {
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

function queueOf({ queue }: SimulationVenue, instrument: Instrument, tape: Tape): QueueModel {
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

async function latencyOf({ latency }: SimulationVenue, tape: Tape): Promise<LatencyModel> {
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

function rulesOf({ fees, triggers, halts, auctions }: SimulationVenue): string[] {
  return [
    `Fees: ${fees.makerBps} basis points of notional for resting orders, ${fees.takerBps} for taking; negative is a rebate.${triggers === undefined ? "" : ` Stops wake on the ${triggers === "trade" ? "last print" : "quote that they would meet"}.`}`,
    ...(halts.length > 0 ? [`${counted(halts.length, "declared halt")}: nothing trades meanwhile.`] : []),
    ...(auctions.length > 0
      ? [`${auctions.length} declared auctions: only orders that are better than the auction's price trade in it, no more than it traded.`]
      : []),
  ];
}

/** Of every simulation. */
export const ASSUMED_OF_ALL: readonly string[] = [
  "Our orders change nothing in the recording: nobody answers them. What we took from a level is remembered until the level says that it is gone, so that it is not taken twice.",
  "A resting order gets no more than was printed at or through its price, or displayed against it.",
  "The account is never called for margin, and pays no interest, borrow fees or funding.",
];
