// Order books on real recordings: raw Binance lines (spot and futures), CME by order, LOBSTER, Bybit and Tardis.
// Expected counts of messages and gaps were taken by an independent script (plain Python over the same lines).
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { checkRecording } from "#data/books/check-recording.js";
import { checkLobster } from "#data/books/lobster-check.js";
import type { DiffMessage, FeedMessage } from "#data/books/message.js";
import { OrderEvents } from "#data/books/order-events.js";
import { PriceBook } from "#data/books/price-book.js";
import { openRecordings, readMessages, type Recording } from "#data/books/recording.js";
import { SyncedBook } from "#data/books/synced-book.js";
import { BOOK_LEVELS } from "#domain/market.js";
import { nightlyOr, sharedData } from "#test/needs.js";

const found = sharedData();
const data = found ?? "";

async function open(...names: readonly string[]): Promise<Recording> {
  const recordings = await openRecordings(
    names.map((name) => join(data, name)),
    { heal: false },
  );
  expect(recordings).toHaveLength(1);
  return recordings[0] as Recording;
}

const BINANCE = "lob_crypto_binance_raw";

describe.skipIf(found === null)("recordings of Binance", () => {
  it.each([
    [["spot/btcusdt_20240808.gz", "spot/btcusdt_20240809.gz"], 6_495, 73_174, 19_904],
    [["spot/ethusdt_20240808.gz"], 3_434, 24_077, 6_106],
    [["usdm/btcusdt_20240808.gz"], 6_551, 66_089, 21_313],
    [["cm/btcusd_perp_20240808.gz", "cm/btcusd_perp_20240809.gz"], 44_795, 48_355, 5_235],
    [["cm/ethusd_perp_20240808.gz"], 22_909, 15_812, 1_732],
  ] as const)("%s: no gap, no crossed book, and the best quotes agree", async (names, diffs, quotes, trades) => {
    const recording = await open(...names.map((name) => join(BINANCE, name)));
    const report = await checkRecording(recording, () => undefined);
    expect(report.rows).toEqual({ book: diffs + 1, quote: quotes, trade: trades });
    expect(report.book).toMatchObject({ state: "fresh", diffs, snapshots: 1, old: 0, resyncs: 0 });
    expect(report.book?.trouble).toEqual({ gap: 0, crossed: 0, broken: 0, contradicted: 0, renumbered: 0 });
    expect(report.crossedRows).toBe(0);
    // Thousands of quotes, told on another stream, bear witness; on spot the venue's own streams differ twice in quick moves.
    expect(report.book?.quotesCompared).toBeGreaterThan(2_500);
    expect(report.book?.quotesDiffered).toBeLessThanOrEqual(names[0].startsWith("spot/btc") ? 2 : 0);
    // Measured by the other script: least difference -1,272.5 ms (futures) to -1,276.7 ms (spot).
    expect(report.clock?.behindMs).toBeGreaterThan(1_270);
    expect(report.clock?.behindMs).toBeLessThan(1_277);
    expect(report.clock?.medianLatencyMs).toBeGreaterThan(0);
    expect(report.clock?.medianLatencyMs).toBeLessThan(10);
  });

  it("is replayed in the order in which it was seen, never before it happened, and from any row on as from the first", async () => {
    const recording = await open(join(BINANCE, "spot/ethusdt_20240808.gz"));
    const seen: number[] = [];
    let isOrdered = true;
    for await (const batch of recording.batches(0)) {
      for (let row = 0; row < batch.length; row++) {
        const seenAt = batch.seenAt[row] as number;
        if (seenAt < (batch.at[row] as number) || seenAt < (seen.at(-1) ?? 0) || !Number.isSafeInteger(seenAt)) isOrdered = false;
        seen.push(seenAt);
      }
    }
    expect(isOrdered).toBe(true);
    const later: number[] = [];
    for await (const batch of recording.batches(20_001)) later.push(...batch.seenAt);
    expect(later).toEqual(seen.slice(20_001));
  });
});

async function diffsOf(name: string): Promise<{ readonly recording: Recording; readonly messages: FeedMessage[] }> {
  const recording = await open(join(BINANCE, name));
  const messages: FeedMessage[] = [];
  for await (const block of readMessages(recording.format, recording.parts)) messages.push(...block);
  return { recording, messages };
}

describe.skipIf(found === null)("messages lost on purpose", () => {
  it.each(["spot/btcusdt_20240808.gz", "usdm/btcusdt_20240808.gz", "cm/ethusd_perp_20240808.gz"])(
    "%s: every gap is found, nothing stale is shown, and the next snapshot heals it",
    async (name) => {
      const { recording, messages } = await diffsOf(name);
      const rounds = nightlyOr(20, 2);
      let whole = 0;
      for (let round = 0; round < rounds; round++) {
        const rng = createRng(`lost/${name}/${round}`);
        const truth = new SyncedBook({ rule: recording.format.rule, heal: false, quoted: false });
        const book = new SyncedBook({ rule: recording.format.rule, heal: false, quoted: false });
        let [lost, gaps, unseen, wrong, shown] = [0, 0, 0, 0, 0];
        let snapshotIn = -1;
        let inGap = false;
        for (const message of messages) {
          if (message.kind !== "diff" && message.kind !== "snapshot") continue;
          truth.take(message);
          if (message.kind === "diff" && truth.state === "fresh" && book.state === "fresh" && rng.next() < 0.004) {
            lost++;
            inGap = true;
            continue;
          }
          book.take(message);
          if (inGap) {
            gaps++;
            inGap = false;
            if (book.state !== "stale") unseen++;
            // As from the venue's REST service: the book as it is a while later, when some diffs have been kept.
            snapshotIn = 1 + rng.int(20);
          }
          if (snapshotIn-- === 0) book.take({ ...message, kind: "snapshot", last: truth.last, ...truth.book.save() });
          const known = book.known(message.at)[0];
          if (known === 0) continue;
          shown++;
          if (!sameBest(book.book, truth.book, [known, known])) wrong++;
        }
        expect({ gaps, unseen, wrong, trouble: book.counts.trouble.gap }).toEqual({ gaps, unseen: 0, wrong: 0, trouble: gaps });
        expect(lost).toBeGreaterThanOrEqual(gaps);
        expect(gaps).toBeGreaterThan(5);
        expect(book.counts.resyncs).toBeGreaterThanOrEqual(gaps - 1);
        expect(shown).toBeGreaterThan(messages.length / 100);
        // The recording may end within a gap, or before the snapshot that heals the last one.
        if (inGap || book.state !== "fresh") continue;
        whole++;
        expect(book.book.save()).toEqual(truth.book.save());
      }
      expect(whole).toBeGreaterThanOrEqual(rounds / 2);
    },
  );

  it.each([
    ["usdm/btcusdt_20240808.gz", 400],
    ["cm/ethusd_perp_20240808.gz", 2_000],
    ["spot/btcusdt_20240808.gz", 250],
  ] as const)("%s: without a snapshot, what is shown while it heals is right", async (name, stride) => {
    const { recording, messages } = await diffsOf(name);
    let [shown, wrong, healed, found] = [0, 0, 0, 0];
    const rounds = nightlyOr(8, 3);
    for (let round = 1; round <= rounds; round++) {
      const truth = new SyncedBook({ rule: recording.format.rule, heal: false, quoted: true });
      const book = new SyncedBook({ rule: recording.format.rule, heal: true, quoted: true });
      let diffs = 0;
      for (const message of messages) {
        if (message.kind === "quote") {
          truth.takeQuote(message);
          book.takeQuote(message);
        }
        if (message.kind !== "diff" && message.kind !== "snapshot") continue;
        truth.take(message);
        // One to eight messages in a row.
        const lost = message.kind === "diff" ? ++diffs - stride * round : -1;
        if (lost >= 0 && lost < round) continue;
        book.take(message);
        if (book.state !== "healing") continue;
        const known = book.known(message.at);
        if (known[0] === 0) continue;
        shown++;
        if (!sameBest(book.book, truth.book, known)) wrong++;
      }
      healed += book.counts.healed;
      found += book.counts.trouble.gap;
    }
    process.stdout.write(
      `${name}: ${found} gaps, ${healed} healed without a snapshot, ${wrong} of ${shown} rows shown meanwhile are wrong\n`,
    );
    expect(found).toBe(rounds);
    expect(healed).toBeGreaterThanOrEqual(rounds - 2);
    expect(shown).toBeGreaterThan(1_250 * rounds);
    expect(wrong).toBe(0);
  });

  it("a restart from a saved copy in the middle of it all changes nothing", async () => {
    const { recording, messages } = await diffsOf("cm/ethusd_perp_20240808.gz");
    const options = { rule: recording.format.rule, heal: true, quoted: true };
    const whole = new SyncedBook(options);
    let parted = new SyncedBook(options);
    const books = messages.filter(
      (message): message is DiffMessage => message.kind === "diff" || message.kind === "quote" || message.kind === "snapshot",
    );
    books.forEach((message, k) => {
      if (k === 5_000) return;
      if (k % 3_001 === 0)
        parted = SyncedBook.restore(JSON.parse(JSON.stringify(parted.save())) as ReturnType<SyncedBook["save"]>, options);
      for (const book of [whole, parted]) feed(book, message);
    });
    expect(parted.save()).toEqual(whole.save());
  });
});

function feed(book: SyncedBook, message: FeedMessage): void {
  if (message.kind === "quote") book.takeQuote(message);
  else if (message.kind === "diff" || message.kind === "snapshot") book.take(message);
}

function sameBest(a: PriceBook, b: PriceBook, known: readonly [number, number]): boolean {
  for (let rank = 0; rank < BOOK_LEVELS; rank++) {
    if (rank < known[0] && (a.bids.ticksOf(rank) !== b.bids.ticksOf(rank) || a.bids.sizeOf(rank) !== b.bids.sizeOf(rank))) return false;
    if (rank < known[1] && (a.asks.ticksOf(rank) !== b.asks.ticksOf(rank) || a.asks.sizeOf(rank) !== b.asks.sizeOf(rank))) return false;
  }
  return true;
}

describe.skipIf(found === null)("books by order", () => {
  it("CME: 8,725 orders twice, then 46,308 lines; no line names an unknown order, and levels add up to the queues after every event", async () => {
    const recording = await open("lob_l3_mbo_cme_es/esh4_20231224_snapshot.csv.gz", "lob_l3_mbo_cme_es/esh4_20231225_part1.csv.gz");
    const events = new OrderEvents();
    const [levels, totals] = [new PriceBook(), new Map<string, number>()];
    const sizes = new Map<unknown, { key: string; side: number; ticks: number; size: number }>();
    const touched = new Set<string>();
    const bump = (key: string, by: number): void => {
      totals.set(key, (totals.get(key) ?? 0) + by);
      touched.add(key);
    };
    let wrong = 0;
    for await (const block of readMessages(recording.format, recording.parts)) {
      for (const message of block) {
        if (message.kind !== "order") continue;
        if (message.snapshot && events.snapshots > 0 && events.pending.length === 0) {
          for (const { key, size } of sizes.values()) bump(key, -size);
          sizes.clear();
        }
        // A plain map of orders, added up by price: it knows nothing of queues.
        const { action, id, side, ticks, size } = message;
        const order = sizes.get(id);
        if (order !== undefined) bump(order.key, -order.size);
        sizes.delete(id);
        const left = action === "cancel" ? (order?.size ?? 0) - size : action === "add" || action === "modify" ? size : (order?.size ?? 0);
        const key = action === "cancel" ? (order?.key ?? "") : `${side} ${ticks}`;
        if (left > 0 && action !== "none") {
          sizes.set(id, { key, side, ticks, size: left });
          bump(key, left);
        }
        if (!events.take(message)) continue;
        const changes: [number[], number[]] = [[], []];
        for (const name of touched) {
          const [sign, price] = name.split(" ").map(Number) as [number, number];
          changes[sign > 0 ? 0 : 1].push(price, totals.get(name) ?? 0);
        }
        touched.clear();
        levels.apply(...changes);
        if (!sameBest(levels, events.book as unknown as PriceBook, [BOOK_LEVELS, BOOK_LEVELS])) wrong++;
      }
    }
    expect(events.snapshots).toBe(2);
    expect(events.book.unknown).toBe(0);
    expect(wrong).toBe(0);
    expect(events.book.bids.levels()).toEqual(levels.bids.levels());
    expect(events.book.asks.levels()).toEqual(levels.asks.levels());
    expect(events.book.isCrossed).toBe(false);
  });

  it("CME: the book is crossed in the auction before 23:00 only, and hidden then", async () => {
    const recording = await open("lob_l3_mbo_cme_es/esh4_20231225_part1.csv.gz");
    let [crossed, afterOpen] = [0, 0];
    const { replayer, batches } = recording.replay();
    for await (const batch of batches()) {
      if (batch.kind !== "book") continue;
      for (let row = 0; row < batch.length; row++) {
        if (!Number.isNaN(batch.bidPrice[row * BOOK_LEVELS])) continue;
        crossed++;
        if ((batch.at[row] as number) > Date.parse("2023-12-25T23:00:00.1Z") * 1000) afterOpen++;
      }
    }
    expect(crossed).toBe(replayer.crossedRows);
    expect(crossed).toBeGreaterThan(100);
    expect(afterOpen).toBe(0);
  });

  it("LOBSTER: the book made from messages has the given levels, wherever the file tells enough", async () => {
    const recording = await open("lob_lobster_aapl_sample/AAPL_2012-06-21_34200000_57600000_message_10.csv");
    const agreement = await checkLobster(recording);
    expect(agreement?.differed).toBe(0);
    expect(agreement?.levels).toBeGreaterThan(5_000);
    const report = await checkRecording(recording, () => undefined);
    expect(report).toMatchObject({ symbol: "AAPL", shownRows: 999, crossedRows: 0 });
    expect(report.from).toMatch(/^2012-06-21T13:30:00.004241Z$/);
  });
});

describe.skipIf(found === null)("other formats", () => {
  it("Bybit's archive in a zip, and Tardis' rows", async () => {
    const bybit = await checkRecording(await open("lob_samples_small/bybit/xrpusdt-ob500.data.zip"), () => undefined);
    expect(bybit).toMatchObject({ symbol: "XRPUSDT", rows: { book: 50 }, shownRows: 50, crossedRows: 0 });
    expect(bybit.book?.trouble.gap).toBe(0);
    const tardis = await checkRecording(await open("lob_samples_small/csv/deltas_with_snapshot.csv"), () => undefined);
    expect(tardis.book).toMatchObject({ state: "fresh", snapshots: 2, diffs: 5 });
    expect(tardis.clock).toMatchObject({ behindMs: 0, medianLatencyMs: 100 });
  });
});
