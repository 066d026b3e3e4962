// LOBSTER's given levels as an independent check of our book by order. What happens beyond the given levels is not in the messages, so a
// side is compared down to the worst price that was among the given levels all along; when too little is left, the book is seeded anew.
import { LineFault } from "./line-format.js";
import { type LobsterLevels, type LobsterMessage, orderBookFile, parseLobsterLevels, parseLobsterMessage } from "./lobster.js";
import type { OrderKey, OrderMessage } from "./message.js";
import { OrderBook } from "./order-book.js";
import { type Recording, singleLines } from "./recording.js";

export interface LobsterAgreement {
  /** Messages after which the levels were compared. */
  readonly messages: number;
  /** Levels of both sides that were compared, and those of them that differed in price or size. */
  readonly levels: number;
  readonly differed: number;
  /** Times that the book was made anew from the given levels, the first included. */
  readonly seeded: number;
}

/** With fewer levels of a side to compare, the book is seeded anew. */
const LEAST_LEVELS = 3;

/** Null when the recording is no LOBSTER file. */
export async function checkLobster({ format, parts }: Recording): Promise<LobsterAgreement | null> {
  if (format.name !== "LOBSTER messages") return null;
  const found = { messages: 0, levels: 0, differed: 0, seeded: 0 };
  for (const path of parts) {
    const given = singleLines(orderBookFile(path));
    let book: SeededBook | null = null;
    for await (const line of singleLines(path)) {
      const next = await given.next();
      if (next.done === true) throw new LineFault("the file of levels is shorter than that of the messages");
      const told = parseLobsterLevels(next.value);
      if (book === null || book.isSpent) {
        // The given levels hold this message already.
        book = new SeededBook(told);
        found.seeded++;
        continue;
      }
      book.take(parseLobsterMessage(line));
      const { levels, differed } = book.compare(told);
      found.messages++;
      found.levels += levels;
      found.differed += differed;
    }
  }
  return found;
}

/** All orders of a level that were there before the first message stand as one, first in its queue. */
const seedOf = (side: 1 | -1, ticks: number): OrderKey => `before ${side * ticks}`;

class SeededBook {
  private readonly book = new OrderBook();
  private readonly known = new Set<OrderKey>();
  private bidLimit = Number.NEGATIVE_INFINITY;
  private askLimit = Number.POSITIVE_INFINITY;
  isSpent = false;

  constructor({ bids, asks }: LobsterLevels) {
    for (let k = 0; k < bids.length; k += 2) this.apply("add", 1, bids[k] as number, bids[k + 1] as number, seedOf(1, bids[k] as number));
    for (let k = 0; k < asks.length; k += 2) this.apply("add", -1, asks[k] as number, asks[k + 1] as number, seedOf(-1, asks[k] as number));
    this.narrow(bids, asks);
  }

  take({ type, id, side, ticks, size }: LobsterMessage): void {
    if (type === 1) {
      this.known.add(id);
      this.apply("add", side, ticks, size, id);
    } else if (type <= 4) this.apply("cancel", side, ticks, size, this.known.has(id) ? id : seedOf(side, ticks));
    if (type === 3) this.known.delete(id);
  }

  compare({ bids, asks }: LobsterLevels): { readonly levels: number; readonly differed: number } {
    this.narrow(bids, asks);
    const counts = { levels: 0, differed: 0 };
    for (const [side, told, limit] of [
      [this.book.bids, bids, this.bidLimit],
      [this.book.asks, asks, this.askLimit],
    ] as const) {
      let rank = 0;
      for (; 2 * rank < told.length && ((told[2 * rank] as number) - limit) * side.sign >= 0; rank++) {
        counts.levels++;
        if (side.ticksOf(rank) !== told[2 * rank] || side.sizeOf(rank) !== told[2 * rank + 1]) counts.differed++;
      }
      // What we hold beyond theirs and within the limit should not be there.
      if (2 * rank < told.length && (side.ticksOf(rank) - limit) * side.sign >= 0) counts.differed++;
      if (rank < LEAST_LEVELS) this.isSpent = true;
    }
    return counts;
  }

  private narrow(bids: readonly number[], asks: readonly number[]): void {
    this.bidLimit = Math.max(this.bidLimit, bids.at(-2) ?? Number.NEGATIVE_INFINITY);
    this.askLimit = Math.min(this.askLimit, asks.at(-2) ?? Number.POSITIVE_INFINITY);
  }

  private apply(action: OrderMessage["action"], side: 1 | -1, ticks: number, size: number, id: OrderKey): void {
    this.book.apply({ kind: "order", at: 0, localAt: 0, action, side, ticks, size, id, ends: true, snapshot: false });
  }
}
