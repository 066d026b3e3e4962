// Matching our orders against a recording of whole books: rows of the recording a second, with a strategy that looks at the book every 50 ms and
// keeps a quote on each side. Peer: hftbacktest, compiled beforehand; the same rows, strategy, queue model and latency, and the same fills.
// Both count seconds of the processor: one thread each, and whatever else runs on the machine is not theirs.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Quoter } from "#app/matching/quoter.js";
import { TapeMaker } from "#app/matching/tape-of-recording.js";
import { everySoOften, tradeTape } from "#app/matching/trade-tape.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { approve } from "#risk/approve.js";
import { BookVenue } from "#simulation/book/book-venue.js";
import { constantLatency } from "#simulation/book/latency-model.js";
import { riskAverse } from "#simulation/book/queue-model.js";
import { SeenBook } from "#simulation/book/seen-book.js";
import type { Tape } from "#simulation/book/tape.js";
import { bookLines, label } from "./book-recording.js";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { PEERS } from "./peer.js";
import { openPeer, type PeerProcess } from "./peer-process.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-matching-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const COIN: Instrument = {
  id: "BTCUSDT" as InstrumentId,
  venue: "24/7",
  currency: "USDT" as Currency,
  tickSize: 0.1,
  relativeTick: null,
  lotSize: 0.001,
  sector: null,
};
const IX = 0 as InstrumentIx;
const EVERY_US = 50_000;
/** The recorder's clock ran behind by so much at least. */
const SHIFT_US = 1_300_000;

interface Input {
  readonly tape: Tape;
  readonly from: number;
  readonly looks: number;
  readonly peer: PeerProcess | null;
  /** Fills of the last round of ours. */
  fills: number;
}

let loaded: Promise<Input> | null = null;

async function input(): Promise<Input> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Input> {
  const { lines, format } = await bookLines();
  const maker = new TapeMaker(format, { correct: (at) => at + SHIFT_US }, COIN);
  const reader = format.reader();
  for (const line of lines) reader.line(line, (message) => maker.take(message));
  const tape = maker.finish();
  const from = (tape.seenAt[0] as number) + 2_000_037;
  const looks = Math.floor(((tape.at[tape.length - 1] as number) - from) / EVERY_US);
  const made: Input = { tape, from, looks, peer: openMatching(tape, from, looks), fills: 0 };
  // A feed runs for days, the compiler for a second: both sides are warm.
  for (let k = 0; k < 5; k++) quoted(made);
  for (let k = 0; k < 5; k++) replayed(made);
  return made;
}

function openMatching(tape: Tape, from: number, looks: number): PeerProcess | null {
  const python = `${PEERS}.venv-matching/bin/python`;
  if (!existsSync(python)) return null;
  const file = join(folder, "tape.f64");
  writeFileSync(
    file,
    Buffer.concat([Float64Array.from(tape.kind), tape.at, tape.seenAt, tape.ticks, tape.lots].map((c) => Buffer.from(c.buffer))),
  );
  const span = ["--start", String(from), "--every", String(EVERY_US), "--looks", String(looks)];
  return openPeer(python, [`${PEERS}matching.py`, "--tape", file, "--rows", String(tape.length), ...span]);
}

function quoted(made: Input): number {
  const { tape, from, looks } = made;
  const venue = new BookVenue({
    id: "bench",
    instruments: [COIN],
    base: COIN.currency,
    startingCashMicro: 0n,
    tapes: [{ instrument: IX, tape, latency: constantLatency(7_013, 4_007) }],
    queue: riskAverse,
    makerFeeBps: 0,
    takerFeeBps: 0,
    triggerOn: "trade",
  });
  const quoter = new Quoter({ everyUs: EVERY_US, lots: 1, offsetTicks: 0, mostLots: 1 }, IX, {
    submit: (order) => venue.submit(approve(order)),
    cancel: (id) => venue.cancel(id),
  });
  const until = from + (looks - 1) * EVERY_US;
  const seen = new SeenBook("bench", IX, tape);
  const seconds = processorSeconds(() => {
    tradeTape(venue, seen, quoter, everySoOften(from, EVERY_US, until), until);
  });
  made.fills = venue.traded.makerFills + venue.traded.takerFills;
  if (made.fills < 10) throw new Error("the quoter of the benchmark did not trade");
  return tape.length / seconds;
}

/** The exchange's book and the seen one, and nobody who trades. */
function replayed({ tape }: Input): number {
  const idle = { look: () => undefined, heard: () => undefined };
  const venue = new BookVenue({
    id: "bench",
    instruments: [COIN],
    base: COIN.currency,
    startingCashMicro: 0n,
    tapes: [{ instrument: IX, tape, latency: constantLatency(0, 0) }],
    queue: riskAverse,
    makerFeeBps: 0,
    takerFeeBps: 0,
    triggerOn: "trade",
  });
  const end = tape.at[tape.length - 1] as number;
  const seen = new SeenBook("bench", IX, tape);
  return tape.length / processorSeconds(() => tradeTape(venue, seen, idle, [end], end));
}

function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function peerCase(quotes: boolean, depth: "hash map" | "vector"): BenchCase {
  return {
    name: `${label} ${quotes ? "book, a quote on each side" : "book, no orders"}, beside its ${depth}`,
    unit: "rows/s",
    async ours() {
      const made = await input();
      return quotes ? quoted(made) : replayed(made);
    },
    peer: {
      name: "hftbacktest",
      async run(): Promise<number | NotRun> {
        const made = await input();
        if (made.peer === null) return { notRun: "no Python environment; make it with bench/peers/setup.sh" };
        const answer = await made.peer.ask({ depth, quotes });
        if ("notRun" in answer) return answer as unknown as NotRun;
        const { rows_per_s: rate, fills } = answer as { rows_per_s: number; fills: number };
        if (quotes && made.fills > 0 && fills !== made.fills) throw new Error(`hftbacktest has ${fills} fills, ours ${made.fills}`);
        return rate;
      },
    },
  };
}

export const bench: Bench = {
  cases: [peerCase(true, "hash map"), peerCase(true, "vector"), peerCase(false, "hash map"), peerCase(false, "vector")],
};
