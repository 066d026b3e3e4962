// After a gap without a new snapshot: which levels of the book may be believed again. Sizes are totals, so a level is true once it has been
// told again after the gap; until then it is doubted. A side is shown from the best down to the first doubted level. What no message can
// tell is a level that was born in the gap and not touched since: that is why the gap must be short and why time must pass.
import { BOOK_LEVELS } from "#domain/market.js";
import { SECOND_US } from "#domain/time.js";
import type { BookSide } from "./book-side.js";
import type { QuoteMessage } from "./message.js";
import type { LevelChanges, PriceBook } from "./price-book.js";

/** Longer gaps wait for a snapshot. */
export const LONGEST_HEALED_GAP_US = 1 * SECOND_US;
/** Nothing is shown earlier after a gap. */
export const HEALING_US = 5 * SECOND_US;

/** As plain data, for a saved book. */
export interface SavedHealing {
  readonly since: number;
  readonly doubted: readonly [readonly number[], readonly number[]];
  readonly bestAgrees: boolean;
}

export class Healing {
  private readonly bids: Set<number>;
  private readonly asks: Set<number>;
  /** Both best prices were confirmed by a best quote told after the gap, or by messages where there are no quotes. */
  private bestAgrees: boolean;

  /** `since`: exchange time of the first message after the gap. */
  private constructor(
    readonly since: number,
    doubted: readonly [Iterable<number>, Iterable<number>],
    bestAgrees: boolean,
  ) {
    this.bids = new Set(doubted[0]);
    this.asks = new Set(doubted[1]);
    this.bestAgrees = bestAgrees;
  }

  static begin(since: number, book: PriceBook): Healing {
    return new Healing(since, [ticksOf(book.bids), ticksOf(book.asks)], false);
  }

  static restore({ since, doubted, bestAgrees }: SavedHealing): Healing {
    return new Healing(since, doubted, bestAgrees);
  }

  save(): SavedHealing {
    return { since: this.since, doubted: [[...this.bids], [...this.asks]], bestAgrees: this.bestAgrees };
  }

  /** After a diff was applied: its levels are true, and doubted levels that cross true ones are gone. */
  told(book: PriceBook, bids: LevelChanges, asks: LevelChanges): void {
    for (let k = 0; k < bids.length; k += 2) this.bids.delete(bids[k] as number);
    for (let k = 0; k < asks.length; k += 2) this.asks.delete(asks[k] as number);
    while (book.isCrossed) {
      if (this.bids.delete(book.bids.ticksOf(0))) book.bids.dropBest();
      else if (this.asks.delete(book.asks.ticksOf(0))) book.asks.dropBest();
      else return;
    }
  }

  /** A best quote as of the same update as the book. Returns false when it contradicts a level that is not doubted. */
  quoted(book: PriceBook, quote: QuoteMessage): boolean {
    const bids = dropBetter(book.bids, quote.bidTicks, this.bids);
    const asks = dropBetter(book.asks, quote.askTicks, this.asks);
    if (!bids || !asks) return false;
    book.bids.set(quote.bidTicks, quote.bidSize);
    book.asks.set(quote.askTicks, quote.askSize);
    this.bids.delete(quote.bidTicks);
    this.asks.delete(quote.askTicks);
    this.bestAgrees = true;
    return true;
  }

  /** Where the recording has no quotes, the messages alone must do. */
  withoutQuotes(): void {
    this.bestAgrees = true;
  }

  /** Best levels per side that may be shown at a moment, at most BOOK_LEVELS. */
  known(book: PriceBook, now: number): readonly [number, number] {
    if (!this.bestAgrees || now - this.since < HEALING_US) return [0, 0];
    const known: [number, number] = [trusted(book.bids, this.bids), trusted(book.asks, this.asks)];
    // One side alone is no market.
    return known[0] === 0 || known[1] === 0 ? [0, 0] : known;
  }

  /** True when nothing is doubted any more. */
  get isOver(): boolean {
    return this.bids.size === 0 && this.asks.size === 0;
  }
}

function ticksOf(side: BookSide): number[] {
  return Array.from({ length: side.count }, (_, rank) => side.ticksOf(rank));
}

function dropBetter(side: BookSide, ticks: number, doubted: Set<number>): boolean {
  while (side.count > 0 && (side.ticksOf(0) - ticks) * side.sign > 0) {
    if (!doubted.delete(side.ticksOf(0))) return false;
    side.dropBest();
  }
  return true;
}

function trusted(side: BookSide, doubted: ReadonlySet<number>): number {
  let rank = 0;
  while (rank < BOOK_LEVELS && rank < side.count && !doubted.has(side.ticksOf(rank))) rank++;
  return rank;
}
