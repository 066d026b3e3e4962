// Order books: keeping them from parsed messages, reading raw lines, and features at every message. Each part has a clock of its own, so that
// the cost of JSON is not hidden in the book nor the book in JSON. Peer: a book on Python's sortedcontainers. (order_book, a book in C, was
// tried: it sorts a side anew when its best is read after a change, and took a hundred times as long as ours: no measure of speed.)
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { barsFrom } from "#data/books/bar-clock.js";
import { BatchWriter } from "#data/books/batch-writer.js";
import type { BookMessage, FeedMessage, OrderMessage } from "#data/books/message.js";
import { OrderEvents } from "#data/books/order-events.js";
import { writeLevels } from "#data/books/price-book.js";
import { Replayer } from "#data/books/replayer.js";
import type { SequenceRule } from "#data/books/sequence.js";
import { SyncedBook } from "#data/books/synced-book.js";
import { createBookBatch, type EventBatch } from "#domain/market.js";
import { micros } from "#domain/time.js";
import { bookFeatures } from "#features/catalog/microstructure/book.js";
import { microstructure } from "#features/catalog/microstructure/microstructure.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { compileFeatures } from "#features/plan/compile.js";
import { bookLines, label, orderMessages } from "./book-recording.js";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { isNotRun, runPeer } from "./peer.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-books-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

interface Inputs {
  readonly lines: readonly string[];
  readonly feed: readonly FeedMessage[];
  readonly books: readonly BookMessage[];
  readonly rule: SequenceRule;
  readonly orders: readonly OrderMessage[];
  readonly batches: readonly EventBatch[];
  /** For the peers: the same changes as numbers. */
  readonly file: string;
  readonly read: () => void;
}

let loaded: Promise<Inputs> | null = null;

function inputs(): Promise<Inputs> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Inputs> {
  const { lines, format } = await bookLines();
  const feed: FeedMessage[] = [];
  const reader = format.reader();
  for (const line of lines) reader.line(line, (message) => feed.push(message));
  const books = feed.filter((message): message is BookMessage => message.kind === "diff" || message.kind === "snapshot");
  const first = books.findIndex(({ kind }) => kind === "snapshot");
  const kept = books.slice(first);
  const file = join(folder, "messages.jsonl");
  writeFileSync(file, kept.map(({ kind, bids, asks }) => JSON.stringify([kind === "snapshot" ? 1 : 0, bids, asks])).join("\n"));
  const none = { behindUs: 0, driftPpm: 0, messages: 0, medianDifferenceUs: 0, medianLatencyUs: 0, correct: (at: number): number => at };
  const replayer = new Replayer(format, none, false);
  for (const message of feed) replayer.take(message);
  const batches: EventBatch[] = [];
  const rows = replayer.writer.take(true);
  for await (const batch of barsFrom(fromArray(rows), "message")) batches.push(batch);
  const read = (): void => {
    for (const line of lines) reader.line(line, () => undefined);
  };
  return { lines, feed, books, rule: format.rule, orders: await orderMessages(), batches, file, read };
}

async function* fromArray(batches: readonly EventBatch[]): AsyncGenerator<EventBatch> {
  for (const batch of batches) yield await Promise.resolve(batch);
}

const row = createBookBatch(1);

function keepBook({ books, rule }: Inputs, each: ((ms: number) => void) | null): number {
  const synced = new SyncedBook({ rule, heal: false, quoted: false });
  const startedAt = performance.now();
  for (const message of books) {
    const from = each === null ? 0 : performance.now();
    synced.take(message);
    writeLevels(synced.book, 1e8, synced.known(0), row, 0);
    if (each !== null) each(performance.now() - from);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  if (synced.state !== "fresh" || synced.book.bids.count < 10) throw new Error("the book of the benchmark went wrong");
  return seconds;
}

function keepOrders(orders: readonly OrderMessage[], each: ((ms: number) => void) | null): number {
  const events = new OrderEvents();
  const startedAt = performance.now();
  for (const message of orders) {
    const from = each === null ? 0 : performance.now();
    if (events.take(message)) writeLevels(events.book, 1e9, [10, 10], row, 0);
    if (each !== null) each(performance.now() - from);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  if (events.book.unknown > 0) throw new Error("the orders of the benchmark went wrong");
  return seconds;
}

/** The `part` quantile of what `run` reports, in microseconds. A first run is not counted: a feed runs for days, the compiler for a second. */
function quantile(part: number, run: (each: (ms: number) => void) => void): number {
  const took: number[] = [];
  run(() => undefined);
  run((ms) => took.push(ms * 1000));
  took.sort((a, b) => a - b);
  return took[Math.floor(part * (took.length - 1))] as number;
}

function peer(figure: string): NonNullable<BenchCase["peer"]> {
  return {
    name: "sortedcontainers",
    run: async (): Promise<number | NotRun> => {
      const { file } = await inputs();
      const line = runPeer("books.py", ["--messages", file]);
      return isNotRun(line) ? line : (line[figure] as number);
    },
  };
}

function featuresCase(what: string, features: readonly FeatureDefinition[], part: number): BenchCase {
  return {
    name: `${features.length} ${what} after every ${label} message of the book, ${part === 0.5 ? "median" : "99 %"}`,
    unit: "us",
    async ours() {
      const { batches } = await inputs();
      const options = { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" } as const;
      return quantile(part, (each) => {
        const plan = compileFeatures(features, options);
        let waited = 0;
        for (const batch of batches) {
          const from = performance.now();
          plan.advance(batch, 0, batch.length);
          if (batch.kind === "bar") plan.frame(micros(batch.at[0] as number), micros(batch.at[0] as number));
          waited += performance.now() - from;
          // A message of the book is what led to it since the bar before, the bar and the features.
          if (batch.kind !== "bar") continue;
          each(waited);
          waited = 0;
        }
      });
    },
  };
}

export const bench: Bench = {
  cases: [
    {
      name: `book by price from parsed ${label} messages, best levels read after each`,
      unit: "messages/s",
      async ours() {
        const given = await inputs();
        return given.books.length / keepBook(given, null);
      },
      peer: peer("messages_per_s"),
    },
    ...([0.5, 0.99] as const).map(
      (part): BenchCase => ({
        name: `book by price, one ${label} message, ${part === 0.5 ? "median" : "99 %"}`,
        unit: "us",
        async ours() {
          const given = await inputs();
          return quantile(part, (each) => keepBook(given, each));
        },
        peer: peer(part === 0.5 ? "p50_us" : "p99_us"),
      }),
    ),
    {
      name: `levels changed in the book by price, ${label}`,
      unit: "levels/s",
      async ours() {
        const given = await inputs();
        return given.books.reduce((sum, { bids, asks }) => sum + (bids.length + asks.length) / 2, 0) / keepBook(given, null);
      },
    },
    {
      name: `book by order from parsed ${label} lines`,
      unit: "messages/s",
      async ours() {
        const { orders } = await inputs();
        return orders.length / keepOrders(orders, null);
      },
    },
    {
      name: `book by order, one ${label} line, 99 %`,
      unit: "us",
      async ours() {
        const { orders } = await inputs();
        return quantile(0.99, (each) => keepOrders(orders, each));
      },
    },
    {
      name: `raw ${label} lines to messages: JSON and decimals alone`,
      unit: "messages/s",
      async ours() {
        const { lines, read } = await inputs();
        const startedAt = performance.now();
        read();
        return lines.length / ((performance.now() - startedAt) / 1000);
      },
    },
    {
      name: `parsed ${label} messages to rows: books, quotes, trades`,
      unit: "messages/s",
      async ours() {
        const { feed, rule } = await inputs();
        const writer = new BatchWriter();
        const synced = new SyncedBook({ rule, heal: false, quoted: false });
        const startedAt = performance.now();
        for (const message of feed) {
          if (message.kind === "quote") writer.quote(message.localAt, message.localAt);
          else if (message.kind === "trade") writer.trade(message.localAt, message.localAt);
          else if (message.kind !== "order") {
            synced.take(message);
            const { batch, row: at } = writer.book(message.localAt, message.localAt);
            writeLevels(synced.book, 1e8, synced.known(0), batch, at);
          }
        }
        writer.take(true);
        return feed.length / ((performance.now() - startedAt) / 1000);
      },
    },
    featuresCase("book features", bookFeatures, 0.5),
    featuresCase("book features", bookFeatures, 0.99),
    featuresCase("microstructure features", microstructure, 0.5),
    featuresCase("microstructure features", microstructure, 0.99),
  ],
};
