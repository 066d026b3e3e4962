// An order book by price (L2). A message is checked whole before any of it is applied, so a reader sees the book before it or after it.
// Knows nothing of sequence numbers: see synced-book.ts.
import { invariant } from "#base/errors.js";
import { BOOK_LEVELS, type BookBatch } from "#domain/market.js";
import { BookSide } from "./book-side.js";

/** Ticks and new total size in turn; size 0 takes the level away. */
export type LevelChanges = readonly number[];

/** What `save` gives: levels best first, as in LevelChanges. */
export interface SavedLevels {
  readonly bids: LevelChanges;
  readonly asks: LevelChanges;
}

export class PriceBook {
  readonly bids = new BookSide(1);
  readonly asks = new BookSide(-1);

  /** Applies one message: all of it, or nothing and an `Invariant:` error when a tick or a size is no number. */
  apply(bids: LevelChanges, asks: LevelChanges): void {
    checkChanges(bids);
    checkChanges(asks);
    for (let k = 0; k < bids.length; k += 2) this.bids.set(bids[k] as number, bids[k + 1] as number);
    for (let k = 0; k < asks.length; k += 2) this.asks.set(asks[k] as number, asks[k + 1] as number);
  }

  /** Replaces everything. */
  load(bids: LevelChanges, asks: LevelChanges): void {
    checkChanges(bids);
    checkChanges(asks);
    this.bids.clear();
    this.asks.clear();
    this.apply(bids, asks);
  }

  /** True when the best bid is at or above the best ask: no book that a continuous market shows. */
  get isCrossed(): boolean {
    return this.bids.ticksOf(0) >= this.asks.ticksOf(0);
  }

  save(): SavedLevels {
    return { bids: this.bids.levels(), asks: this.asks.levels() };
  }
}

/** Writes the best levels of a side into a row; `known`: how many of them may be shown, the rest is NaN with size 0. */
export function writeSide(side: BookSide, scale: number, known: number, price: Float64Array, size: Float64Array, row: number): void {
  const first = row * BOOK_LEVELS;
  for (let rank = 0; rank < BOOK_LEVELS; rank++) {
    const shown = rank < known && rank < side.count;
    price[first + rank] = shown ? side.ticksOf(rank) / scale : Number.NaN;
    size[first + rank] = shown ? side.sizeOf(rank) : 0;
  }
}

/** Writes both sides into a row of a book batch; `known` as in writeSide, 0 when the book is not to be shown. */
export function writeLevels(
  book: { readonly bids: BookSide; readonly asks: BookSide },
  scale: number,
  known: readonly [number, number],
  batch: BookBatch,
  row: number,
): void {
  writeSide(book.bids, scale, known[0], batch.bidPrice, batch.bidSize, row);
  writeSide(book.asks, scale, known[1], batch.askPrice, batch.askSize, row);
}

function checkChanges(changes: LevelChanges): void {
  for (let k = 0; k < changes.length; k += 2) {
    const size = changes[k + 1] as number;
    const good = Number.isSafeInteger(changes[k]) && size >= 0 && size < Number.POSITIVE_INFINITY;
    if (!good) invariant(false, `a book level is ${String(changes[k])} ticks of size ${String(size)}`);
  }
}
