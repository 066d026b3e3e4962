// On the LOBSTER sample (AAPL, 2012-06-21): a bar after every 25 messages, against the definitions spelled out over the file's own rows.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { BOOK_LEVELS, createBookBatch, createTradeBatch, toBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { sharedData } from "#test/needs.js";
import { microstructure } from "./microstructure.js";

const shared = sharedData();
const stem = "AAPL_2012-06-21_34200000_57600000";
const PER_BAR = 25;
const WINDOW = 10;

const table = (name: string): number[][] =>
  readFileSync(join(shared ?? "", "lob_lobster_aapl_sample", `${stem}_${name}_10.csv`), "utf8")
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(",").map(Number));

/** One row of the order book file: ask price, ask size, bid price, bid size, level after level. */
type Row = readonly number[];
const ask = (row: Row, k: number): number => row[4 * k] as number;
const askSize = (row: Row, k: number): number => row[4 * k + 1] as number;
const bid = (row: Row, k: number): number => row[4 * k + 2] as number;
const bidSize = (row: Row, k: number): number => row[4 * k + 3] as number;

/** Cont, Kukanov and Stoikov 2014, equation 4, at level k. */
function flow(before: Row, now: Row, k: number): number {
  const rise = (bid(now, k) >= bid(before, k) ? bidSize(now, k) : 0) - (bid(now, k) <= bid(before, k) ? bidSize(before, k) : 0);
  const fall = (ask(now, k) <= ask(before, k) ? askSize(now, k) : 0) - (ask(now, k) >= ask(before, k) ? askSize(before, k) : 0);
  return rise - fall;
}

describe.skipIf(shared === null)("microstructure on the LOBSTER sample", () => {
  it("gives spreads, imbalances, micro-prices and order flow as the rows have them", () => {
    const messages = table("message");
    const books = table("orderbook");
    const plan = compileFeatures(microstructure, {
      instruments: 1,
      tradable: Uint8Array.of(1),
      minHistory: 1,
      filters: [],
      priceBasis: "raw",
    });
    const place = (name: string): number => microstructure.findIndex((definition) => definition.name === name);
    let compared = 0;
    for (let m = 0; m < messages.length; m++) {
      const [seconds, type, , size, price, direction] = messages[m] as [number, number, number, number, number, number];
      const at = Math.round(seconds * 1e6);
      if (type === 4 || type === 5) {
        const trade = createTradeBatch(1);
        [trade.at[0], trade.seenAt[0], trade.price[0], trade.size[0], trade.aggressor[0]] = [at, at, price / 1e4, size, -direction];
        plan.advance(trade, 0, 1);
      }
      const row = books[m] as Row;
      const book = createBookBatch(1);
      book.at[0] = book.seenAt[0] = at;
      for (let k = 0; k < BOOK_LEVELS; k++) {
        [book.bidPrice[k], book.bidSize[k]] = [bid(row, k) / 1e4, bidSize(row, k)];
        [book.askPrice[k], book.askSize[k]] = [ask(row, k) / 1e4, askSize(row, k)];
      }
      plan.advance(book, 0, 1);
      if ((m + 1) % PER_BAR !== 0) continue;
      const mid = (bid(row, 0) + ask(row, 0)) / 2e4;
      const bar = { instrument: 0 as InstrumentIx, openAt: at as Micros, at: at as Micros, seenAt: at as Micros };
      plan.advance(toBarBatch([{ ...bar, open: mid, high: mid, low: mid, close: mid, volume: 100 }]), 0, 1);
      if (m + 1 < PER_BAR * WINDOW) continue;
      const values = plan.frame(0 as Micros, 0 as Micros).values;
      const near = (name: string, wanted: number): void => {
        compared++;
        expect(Math.abs((values[place(name)] as number) - wanted), `${name} at message ${m}: ${wanted}`).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(wanted)),
        );
      };
      near("quote_spread", (2 * (ask(row, 0) - bid(row, 0))) / (ask(row, 0) + bid(row, 0)));
      const [b, a] = [bidSize(row, 0), askSize(row, 0)];
      near("quote_imbalance", (b - a) / (b + a));
      near("micro_price_gap", (bid(row, 0) * a + ask(row, 0) * b) / (a + b) / ((bid(row, 0) + ask(row, 0)) / 2) - 1);
      const from = m + 1 - PER_BAR * WINDOW;
      const pairs = books.slice(Math.max(1, from), m + 1).map((now, k) => [books[Math.max(1, from) + k - 1] as Row, now] as const);
      for (let k = 1; k < BOOK_LEVELS; k++) {
        near(`book_imbalance_level_${k + 1}`, (bidSize(row, k) - askSize(row, k)) / (bidSize(row, k) + askSize(row, k)));
        const net = pairs.reduce((sum, [before, now]) => sum + flow(before, now, k), 0);
        const standing = pairs.reduce((sum, rows) => sum + rows.reduce((s, r) => s + bidSize(r, k) + askSize(r, k), 0), 0);
        near(`ofi_${k + 1}_10`, (net * 4 * pairs.length) / standing);
      }
    }
    expect(compared).toBeGreaterThan(500);
  });
});
