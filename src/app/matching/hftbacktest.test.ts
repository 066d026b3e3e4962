import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { detectFormat } from "#data/books/detect-format.js";
import { readMessages } from "#data/books/recording.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import type { VenueEvent } from "#domain/venue-event.js";
import { approve } from "#risk/approve.js";
import { BookVenue } from "#simulation/book/book-venue.js";
import { constantLatency, recordedLatency } from "#simulation/book/latency-model.js";
import { logQueue, powerQueue, riskAverse } from "#simulation/book/queue-model.js";
import { SeenBook } from "#simulation/book/seen-book.js";
import type { Tape } from "#simulation/book/tape.js";
import { sharedData } from "#test/needs.js";
import { Quoter } from "./quoter.js";
import { TapeMaker } from "./tape-of-recording.js";
import { everySoOften, tradeTape } from "./trade-tape.js";

type FillRow = readonly [order: number, at: number, ticks: number, lots: number, isMaker: 0 | 1];

interface Case {
  readonly queue: "risk-averse" | "power" | "log";
  readonly latency: "recorded" | readonly [number, number];
  readonly lots: number;
  readonly offsetTicks: number;
  readonly mostLots: number;
  readonly partialFills: boolean;
  readonly fills: readonly FillRow[];
}

interface Reference {
  readonly rows: number;
  readonly shiftUs: number;
  readonly baseUs: number;
  readonly startUs: number;
  readonly everyUs: number;
  readonly looks: number;
  readonly cases: readonly Case[];
}

const folder = sharedData();
const path = `${folder ?? ""}lob_crypto_binance_raw/usdm/btcusdt_20240808.gz`;
const reference = JSON.parse(readFileSync(new URL("../../../test/reference/matching/fills.json", import.meta.url), "utf8")) as Reference;

const BTC: Instrument = {
  id: "BTCUSDT" as InstrumentId,
  venue: "24/7",
  currency: "USDT" as Currency,
  tickSize: 0.1,
  relativeTick: null,
  lotSize: 0.001,
  sector: null,
};

const queues = { "risk-averse": riskAverse, power: powerQueue(3), log: logQueue(BTC.lotSize) };

/** The rule of `recorded` in hft.py. */
const requests = Array.from({ length: 400 }, (_, k) => {
  const sentAt = 1_723_161_255_000_000 + k * 1_000_000;
  const venueAt = sentAt + 3_000 + ((k * 7_919) % 9_000);
  return { sentAt, venueAt, answeredAt: venueAt + 2_000 + ((k * 104_729) % 5_000) };
});

function fillsOf(tape: Tape, { queue, latency, lots, offsetTicks, mostLots }: Case): FillRow[] {
  const ix = 0 as InstrumentIx;
  const model = latency === "recorded" ? recordedLatency(requests) : constantLatency(latency[0], latency[1]);
  const venue = new BookVenue({
    id: "binance",
    instruments: [BTC],
    base: BTC.currency,
    startingCashMicro: 10n ** 12n,
    tapes: [{ instrument: ix, tape, latency: model }],
    queue: queues[queue],
    makerFeeBps: 0,
    takerFeeBps: 10,
    triggerOn: "trade",
  });
  const quoter = new Quoter({ everyUs: reference.everyUs, lots, offsetTicks, mostLots }, ix, {
    submit: (order) => venue.submit(approve(order)),
    cancel: (id) => venue.cancel(id),
  });
  const fills: FillRow[] = [];
  const trader = {
    look: quoter.look.bind(quoter),
    heard(event: VenueEvent): void {
      quoter.heard(event);
      // Only what takes pays here: the fee tells who did.
      if (event.kind === "fill")
        fills.push([
          Number(event.order.slice(1)),
          event.at - reference.baseUs,
          event.price,
          Math.abs(event.lots),
          event.feeMicro === 0n ? 1 : 0,
        ]);
    },
  };
  const { startUs: from, everyUs, looks } = reference;
  const until = from + (looks - 1) * everyUs;
  tradeTape(venue, new SeenBook("binance", ix, tape), trader, everySoOften(from, everyUs, until), until);
  return fills;
}

describe.skipIf(folder === null || !existsSync(path))("fills on a recording of Binance futures, beside those of hftbacktest", () => {
  let tape: Tape;

  beforeAll(async () => {
    const format = await detectFormat(path);
    const maker = new TapeMaker(format, { correct: (at) => at + reference.shiftUs }, BTC);
    for await (const messages of readMessages(format, [path])) for (const message of messages) maker.take(message);
    tape = maker.finish();
  }, 60_000);

  it("has the rows that the reference had", () => {
    // Ours has one row more: the book is declared unknown before its snapshot.
    expect(tape.length).toBe(reference.rows + 1);
  });

  it.each(reference.cases.filter(({ lots }) => lots === 1).map((each) => [nameOf(each), each] as const))(
    "are the same for %s",
    (_, each) => {
      expect(each.fills.length).toBeGreaterThan(300);
      expect(sorted(fillsOf(tape, each))).toEqual(sorted(each.fills));
    },
  );

  // hftbacktest fills an order whole as soon as the price goes through it, or, with whole fills, as soon as one lot reaches it; ours gets what was
  // printed or displayed. So ours must trade less as a maker, in more and smaller fills.
  it.each([
    [6, 0.05],
    [7, 0.08],
  ])("of orders that one print does not fill are fewer lots (case %i)", (k, part) => {
    const each = reference.cases[k] as Case;
    const [ours, theirs] = [fillsOf(tape, each), each.fills];
    expect(ours.length).toBeGreaterThan(theirs.length);
    expect(makerLots(ours)).toBeLessThan(makerLots(theirs));
    expect(makerLots(ours)).toBeGreaterThan((1 - part) * makerLots(theirs));
    expect(ours[0]?.slice(0, 3)).toEqual(theirs[0]?.slice(0, 3));
    expectConserved(tape, ours);
  });
});

function nameOf({ queue, latency, lots, offsetTicks }: Case): string {
  return `${queue} queue, ${latency === "recorded" ? latency : "constant"} latency, ${lots} lot ${offsetTicks} ticks behind`;
}

/** Within one look the reference lists buys before sales. */
function sorted(fills: readonly FillRow[]): readonly FillRow[] {
  return fills.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** At no moment did our resting orders get more than was printed or displayed then. */
function expectConserved(tape: Tape, fills: readonly FillRow[]): void {
  const offered = new Map<number, number>();
  for (let r = 0; r < tape.length; r++) {
    const at = (tape.at[r] as number) - reference.baseUs;
    offered.set(at, (offered.get(at) ?? 0) + (tape.lots[r] as number));
  }
  const got = new Map<number, number>();
  for (const [, at, , lots, isMaker] of fills) got.set(at, (got.get(at) ?? 0) + lots * isMaker);
  for (const [at, lots] of got) if (lots > 0) expect(lots).toBeLessThanOrEqual(offered.get(at) ?? 0);
}

function makerLots(fills: readonly FillRow[]): number {
  return fills.reduce((sum, [, , , lots, isMaker]) => sum + lots * isMaker, 0);
}
