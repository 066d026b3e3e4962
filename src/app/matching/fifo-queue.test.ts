// Places in real queues: our orders at the exchange of the simulation, and the same orders put into the book by order that `books check` keeps,
// which knows nothing of the simulation.
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OrderEvents } from "#data/books/order-events.js";
import { detectFormat } from "#data/books/detect-format.js";
import type { FeedMessage } from "#data/books/message.js";
import { readMessages } from "#data/books/recording.js";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import { approve } from "#risk/approve.js";
import { ExchangeBook } from "#simulation/book/exchange-book.js";
import { createOwnOrder } from "#simulation/book/own-order.js";
import { fifo } from "#simulation/book/queue-model.js";
import { sharedData } from "#test/needs.js";
import { TapeMaker } from "./tape-of-recording.js";

const shared = sharedData();
const path = `${shared ?? ""}lob_l3_mbo_cme_es/esh4_20231225_part1.csv.gz`;
const TICK = 250_000_000; // of 1e-9

describe.skipIf(shared === null || !existsSync(path))("our orders in the recorded queues of a CME future", () => {
  it("stand where a book by order says, at every event", async () => {
    const format = await detectFormat(path);
    const maker = new TapeMaker(format, { correct: (at) => at }, { tickSize: 0.25, lotSize: 1 });
    const all: FeedMessage[] = [];
    for await (const messages of readMessages(format, [path])) all.push(...messages);
    for (const message of all) maker.take(message);
    let filled = 0;
    const open = new Set<string>();
    const book = new ExchangeBook(maker.finish(), fifo, "trade", {
      accepted: () => undefined,
      triggered: () => undefined,
      filled: (own, lots) => {
        filled += lots;
        if (own.remaining === 0) open.delete(own.order.id);
      },
      ended: (own) => open.delete(own.order.id),
      held: () => 0,
    });
    const events = new OrderEvents();
    let compared = 0;
    const differed: string[] = [];
    let sent = 0;
    for (const [k, message] of all.entries()) {
      const ends = message.kind === "order" && events.take(message);
      const next = all[k + 1];
      if (!ends || next === undefined || next.at <= message.at || events.book.isCrossed) continue;
      book.run(message.at);
      for (const own of book.own.all()) {
        compared++;
        const ahead = events.book.positionOf(own.order.id)?.sizeAhead;
        if (own.front !== ahead) differed.push(`${own.order.id} at ${message.at}: ${own.front}, not ${ahead}`);
      }
      // Every 150 events an order joins the best bid or ask, where none of ours stands yet.
      if (events.events % 150 !== 0) continue;
      const side = events.events % 300 === 0 ? 1 : -1;
      const ticks = (side === 1 ? events.book.bids : events.book.asks).ticksOf(0);
      const id = `own ${side} ${ticks}`;
      if (open.has(id)) continue;
      open.add(id);
      sent++;
      const order = {
        id: id as OrderId,
        instrument: 0 as InstrumentIx,
        lots: (2 * side) as Lots,
        type: "limit",
        limit: (ticks / TICK) as Ticks,
      } as const;
      book.accept(createOwnOrder(approve({ ...order, createdAt: message.at as Micros })), message.at);
      // Of no size that counts: the levels of the recording stay whole.
      events.book.apply({
        kind: "order",
        at: 0,
        localAt: 0,
        action: "add",
        side,
        ticks,
        size: Number.MIN_VALUE,
        id,
        ends: true,
        snapshot: false,
      });
    }
    expect(differed).toEqual([]);
    expect(sent).toBeGreaterThan(50);
    expect(compared).toBeGreaterThan(10_000);
    expect(filled).toBeGreaterThan(50);
  });
});
