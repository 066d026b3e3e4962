import { expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import { USD, toyMarket } from "#test/fixtures/toy-market.js";
import { Account } from "./account.js";

const account = (): Account => new Account(toyMarket({ seed: "postings", days: 2, names: 1 }).instruments, USD, 100_000_000n);

it("books a posting of cash once, however often it is told, also in the next session and after a snapshot", () => {
  const book = account();
  const post = (to: Account, postingId: string): bigint => {
    const at = 1 as Micros;
    to.posted({ kind: "cash", at, seenAt: at, postingId, reason: "borrow", currency: USD, amountMicro: -5_000_000n });
    return to.holdings.ledger.balance(USD);
  };
  expect(post(book, "p1")).toBe(95_000_000n);
  expect(post(book, "p1")).toBe(95_000_000n);
  book.mark(true);
  expect(post(book, "p1")).toBe(95_000_000n);
  expect(post(book, "p2")).toBe(90_000_000n); // as much again is another
  expect(book.borrowTotal).toBe(10);
  const other = account();
  other.holdings.load(book.holdings.save());
  other.orders.load(book.orders.save());
  expect(["p1", "p2", "p3"].map((id) => post(other, id))).toEqual([90_000_000n, 90_000_000n, 85_000_000n]);
});

it("remembers what it booked for a session longer than it asks the venue for: by the venue's clock it may be of a later one", () => {
  const book = account();
  book.orders.begin(1 as Micros);
  book.orders.repeats("f1"); // by our clock, which runs behind, shortly before the mark; by the venue's after it
  for (const at of [10, 20]) {
    book.revalue(at as Micros);
    book.mark(true);
  }
  expect(book.orders.knownSince).toBe(10);
  expect(book.orders.knows("f1")).toBe(true);
  const other = account();
  other.orders.load(book.orders.save());
  expect(other.orders.knows("f1")).toBe(true);
  other.mark(true);
  expect(other.orders.knows("f1")).toBe(false); // nothing grows for ever
});

it("takes a posting and a fill under the same id for two things", () => {
  const book = account();
  expect(book.orders.repeats("x1")).toBe(false); // a fill
  const at = 1 as Micros;
  book.posted({ kind: "cash", at, seenAt: at, postingId: "x1", reason: "interest", currency: USD, amountMicro: 1n });
  expect(book.holdings.ledger.balance(USD)).toBe(100_000_001n);
});
