import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng, type Rng } from "#base/rng.js";
import { BOOK_LEVELS } from "#domain/market.js";
import type { DiffMessage, SnapshotMessage } from "./message.js";
import { PriceBook } from "./price-book.js";
import { type SavedBook, SyncedBook, type SyncOptions } from "./synced-book.js";

const LEVELS = [BOOK_LEVELS, BOOK_LEVELS];
const NOTHING = [0, 0];

interface Told {
  readonly diff: DiffMessage;
  /** The venue's own book behind it. */
  readonly truth: SnapshotMessage;
}

/** A venue with a mid that wanders and numbers that run on as Binance's do. */
function venue(rng: Rng, rule: "spot" | "futures", count: number): Told[] {
  const book = new PriceBook();
  let mid = 10_000;
  let last = 1000;
  return Array.from({ length: count }, (_, k) => {
    const previous = last;
    // Numbers of futures are shared with other books: there are holes between two messages.
    const first = last + 1 + (rule === "futures" ? rng.int(5) : 0);
    last = first + rng.int(4);
    mid += rng.int(7) - 3;
    const sides: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
    for (let n = 0; n < 8; n++) {
      sides[0].set(mid - 1 - rng.int(30), rng.int(4));
      sides[1].set(mid + 1 + rng.int(30), rng.int(4));
    }
    for (let rank = 0; rank < 40; rank++) {
      if (book.bids.ticksOf(rank) >= mid) sides[0].set(book.bids.ticksOf(rank), 0);
      if (book.asks.ticksOf(rank) <= mid) sides[1].set(book.asks.ticksOf(rank), 0);
    }
    const [bids, asks] = [[...sides[0]].flat(), [...sides[1]].flat()];
    book.apply(bids, asks);
    const at = 1e15 + k * 100_000;
    const named = rule === "futures" ? previous : null;
    const diff: DiffMessage = { kind: "diff", at, localAt: at, first, last, previous: named, bids, asks };
    return { diff, truth: { kind: "snapshot", at, localAt: at, last, ...book.save() } };
  });
}

const rules = fc.constantFrom("spot" as const, "futures" as const);
const optionsOf = (rule: SyncOptions["rule"], heal = false): SyncOptions => ({ rule, heal, quoted: false });

describe("a book in step with its venue", () => {
  it("equals the venue's book whenever the snapshot comes, also when diffs were kept for it, and old ones are left out", () => {
    fc.assert(
      fc.property(fc.integer(), rules, fc.nat(30), fc.nat(30), (seed, rule, of, comesAfter) => {
        const told = venue(createRng(`sync/${seed}`), rule, 60);
        const book = new SyncedBook(optionsOf(rule));
        told.forEach(({ diff, truth }, k) => {
          book.take(diff);
          if (k === of + comesAfter) book.take((told[of] as Told).truth);
          expect(book.known(diff.at)).toEqual(k < of + comesAfter ? NOTHING : LEVELS);
          if (k >= of + comesAfter) expect(book.book.save()).toEqual({ bids: truth.bids, asks: truth.asks });
        });
        expect(book.counts.trouble.gap).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("waits on while the snapshot is older than the first diff that was kept", () => {
    const told = venue(createRng("old snapshot"), "spot", 20);
    const book = new SyncedBook(optionsOf("spot"));
    for (const { diff } of told.slice(5, 10)) book.take(diff);
    book.take((told[2] as Told).truth);
    expect(book.state).toBe("waiting");
    book.take((told[7] as Told).truth);
    expect(book.state).toBe("fresh");
    expect(book.last).toBe((told[9] as Told).diff.last);
  });

  it("ignores messages that are told again, in any order and number", () => {
    fc.assert(
      fc.property(fc.integer(), rules, fc.array(fc.nat(59), { maxLength: 60 }), (seed, rule, again) => {
        const told = venue(createRng(`again/${seed}`), rule, 60);
        const book = new SyncedBook(optionsOf(rule));
        book.take((told[0] as Told).truth);
        told.slice(1).forEach(({ diff, truth }, k) => {
          book.take(diff);
          const repeated = again[k];
          if (repeated !== undefined && repeated <= k) book.take((told[repeated] as Told).diff);
          expect(book.book.save()).toEqual({ bids: truth.bids, asks: truth.asks });
        });
        expect(book.state).toBe("fresh");
      }),
      { numRuns: 60 },
    );
  });

  it("finds every lost message, shows nothing until the next snapshot, and is right from then on", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        rules,
        fc.uniqueArray(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 12 }),
        (seed, rule, lost) => {
          const told = venue(createRng(`lost/${seed}`), rule, 100);
          const book = new SyncedBook(optionsOf(rule));
          book.take((told[0] as Told).truth);
          let isWhole = true;
          told.slice(1).forEach(({ diff, truth }, n) => {
            const k = n + 1;
            if (lost.includes(k)) {
              isWhole = false;
              return;
            }
            book.take(diff);
            expect(book.known(diff.at)).toEqual(isWhole ? LEVELS : NOTHING);
            if (isWhole) expect(book.book.save()).toEqual({ bids: truth.bids, asks: truth.asks });
            if (isWhole || k % 9 !== 0) return;
            book.take(truth);
            isWhole = true;
            expect(book.state).toBe("fresh");
          });
          expect(book.counts.trouble.gap).toBeGreaterThan(0);
        },
      ),
      { numRuns: 80 },
    );
  });

  it("goes on from a saved copy as if nothing had been", () => {
    fc.assert(
      fc.property(fc.integer(), rules, fc.boolean(), fc.nat(79), fc.integer({ min: 1, max: 78 }), (seed, rule, heal, cut, lost) => {
        const told = venue(createRng(`saved/${seed}`), rule, 80);
        const whole = new SyncedBook(optionsOf(rule, heal));
        let parted = new SyncedBook(optionsOf(rule, heal));
        told.forEach(({ diff, truth }, k) => {
          if (k === cut) parted = SyncedBook.restore(JSON.parse(JSON.stringify(parted.save())) as SavedBook, optionsOf(rule, heal));
          if (k === lost) return;
          for (const book of [whole, parted]) book.take(k === 10 || k === 70 ? truth : diff);
          expect(parted.save()).toEqual(whole.save());
          expect(parted.known(diff.at)).toEqual(whole.known(diff.at));
        });
      }),
      { numRuns: 60 },
    );
  });

  it("is not shown once it is crossed, until a snapshot comes", () => {
    const book = new SyncedBook(optionsOf("counted"));
    const base = { at: 1, localAt: 1, previous: null };
    book.take({ ...base, kind: "snapshot", last: 1, bids: [100, 1], asks: [101, 1] });
    book.take({ ...base, kind: "diff", first: 2, last: 2, bids: [101, 1], asks: [] });
    expect(book.known(1)).toEqual(NOTHING);
    expect(book.counts.trouble.crossed).toBe(1);
    book.take({ ...base, kind: "snapshot", last: 9, bids: [101, 1], asks: [102, 1] });
    expect(book.known(1)).toEqual(LEVELS);
    expect(book.counts.resyncs).toBe(1);
  });

  it("treats a message with a broken number as lost, and applies none of it", () => {
    const book = new SyncedBook(optionsOf("counted"));
    const base = { at: 1, localAt: 1, previous: null };
    book.take({ ...base, kind: "snapshot", last: 1, bids: [100, 1], asks: [101, 1] });
    book.take({ ...base, kind: "diff", first: 2, last: 2, bids: [99, 4, 98, Number.NaN], asks: [] });
    expect(book.book.bids.sizeAt(99)).toBe(0);
    expect(book.known(1)).toEqual(NOTHING);
    expect(book.counts.trouble.broken).toBe(1);
  });

  it("sees that the venue began its numbers anew", () => {
    const told = venue(createRng("anew"), "spot", 400);
    const book = new SyncedBook(optionsOf("spot"));
    book.take((told[250] as Told).truth);
    book.take((told[251] as Told).diff);
    for (const { diff } of told.slice(0, 120)) book.take(diff);
    expect(book.state).toBe("stale");
    expect(book.counts.trouble.renumbered).toBe(1);
  });

  it("is held to be wrong when three quotes in a row say so, not for one", () => {
    const book = new SyncedBook({ rule: "spot", heal: false, quoted: true });
    const base = { at: 1, localAt: 1, previous: null };
    const quote = { ...base, kind: "quote", bidTicks: 100, bidSize: 1, askTicks: 101, askSize: 1 } as const;
    book.take({ ...base, kind: "snapshot", last: 5, bids: [100, 1], asks: [101, 1] });
    book.takeQuote({ ...quote, last: 5 });
    for (let n = 0; n < 2; n++) book.takeQuote({ ...quote, last: 5, bidSize: 2 });
    book.takeQuote({ ...quote, last: 5 });
    expect(book.state).toBe("fresh");
    for (let n = 0; n < 3; n++) book.takeQuote({ ...quote, last: 5, askTicks: 102 });
    expect(book.known(1)).toEqual(NOTHING);
    expect(book.counts.trouble.contradicted).toBe(1);
  });
});

describe("a book that heals without a snapshot", () => {
  const base = { localAt: 0, previous: null };
  const begin = (): SyncedBook => {
    const book = new SyncedBook({ rule: "spot", heal: true, quoted: true });
    book.take({ ...base, kind: "snapshot", at: 0, last: 1, bids: [100, 1, 99, 1, 98, 1], asks: [101, 1, 102, 1, 103, 1] });
    return book;
  };

  it("shows a side down to the first level that was not told again, after five seconds and a quote", () => {
    const book = begin();
    book.take({ ...base, kind: "diff", at: 100_000, first: 5, last: 6, bids: [100, 2], asks: [101, 2] });
    expect(book.state).toBe("healing");
    book.take({ ...base, kind: "diff", at: 6_000_000, first: 7, last: 8, bids: [99, 3], asks: [103, 2] });
    expect(book.known(6_000_000)).toEqual(NOTHING);
    book.takeQuote({ ...base, kind: "quote", at: 6_000_000, last: 8, bidTicks: 100, bidSize: 2, askTicks: 101, askSize: 2 });
    expect(book.known(4_000_000)).toEqual(NOTHING);
    expect(book.known(6_000_000)).toEqual([2, 1]);
    book.take({ ...base, kind: "diff", at: 6_100_000, first: 9, last: 9, bids: [98, 3], asks: [102, 0] });
    expect(book.known(6_100_000)).toEqual(LEVELS);
    expect(book.state).toBe("fresh");
    expect(book.counts.healed).toBe(1);
  });

  it("drops doubted levels that cross what was told, and waits for a snapshot after a long gap", () => {
    const book = begin();
    book.take({ ...base, kind: "diff", at: 100_000, first: 5, last: 6, bids: [102, 2], asks: [104, 1] });
    expect(book.state).toBe("healing");
    expect(book.book.asks.ticksOf(0)).toBe(103);
    const late = begin();
    late.take({ ...base, kind: "diff", at: 2_000_000, first: 5, last: 6, bids: [100, 2], asks: [101, 2] });
    expect(late.state).toBe("stale");
  });
});
