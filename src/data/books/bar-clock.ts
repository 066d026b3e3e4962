// Bars from an order book: the mid-price between two moments of seeing. A bar ends at its moment and holds what was seen before it, so a
// feature at the bar knows nothing of later; volume is that of the trades seen. One instrument, number 0.
import { type BarBatch, BOOK_LEVELS, type BookBatch, createBarBatch, type EventBatch } from "#domain/market.js";
import { sliceBatch } from "./batch-writer.js";

/** Microseconds between bars, or a bar after every row of a book. */
export type BarEvery = number | "message";

/**
 * The batches as they came, with the bars between their rows. Before the first shown book there are no bars; while the book is not shown
 * prices are NaN; where nothing happened, prices stay. Volume is NaN until a first trade shows that trades are recorded at all.
 */
export async function* barsFrom(batches: AsyncIterable<EventBatch>, every: BarEvery): AsyncGenerator<EventBatch> {
  const bar = new OpenBar();
  let endsAt = Number.NaN;
  for await (const batch of batches) {
    let start = 0;
    for (let row = 0; row < batch.length; row++) {
      const seenAt = batch.seenAt[row] as number;
      if (every !== "message" && seenAt >= endsAt) {
        if (row > start) yield sliceBatch(batch, start, row);
        start = row;
        for (; seenAt >= endsAt; endsAt += every) yield bar.close(endsAt);
      }
      if (batch.kind === "trade") bar.trade(batch.size[row] as number);
      if (batch.kind !== "book") continue;
      bar.book(batch, row);
      if (bar.isOpen && Number.isNaN(endsAt)) {
        bar.openAt = every === "message" ? seenAt : Math.floor(seenAt / every) * every;
        endsAt = every === "message" ? 0 : bar.openAt + every;
      }
      if (every === "message" && bar.isOpen) {
        yield sliceBatch(batch, start, row + 1);
        start = row + 1;
        yield bar.close(seenAt);
      }
    }
    if (start < batch.length) yield start === 0 ? batch : sliceBatch(batch, start, batch.length);
  }
}

class OpenBar {
  openAt = Number.NaN;
  isOpen = false;
  private open = Number.NaN;
  private high = Number.NaN;
  private low = Number.NaN;
  private last = Number.NaN;
  private volume = Number.NaN;

  book(batch: BookBatch, row: number): void {
    const mid = midOf(batch, row);
    this.last = mid;
    if (Number.isNaN(mid)) return;
    if (Number.isNaN(this.open)) this.open = mid;
    this.high = this.high >= mid ? this.high : mid;
    this.low = this.low <= mid ? this.low : mid;
    this.isOpen = true;
  }

  trade(size: number): void {
    this.volume = (Number.isNaN(this.volume) ? 0 : this.volume) + size;
  }

  close(at: number): BarBatch {
    const bar = createBarBatch(1);
    // A book that is not shown at the end has no price at the end, whatever it had before.
    const known = !Number.isNaN(this.last);
    bar.at[0] = at;
    bar.seenAt[0] = at;
    bar.openAt[0] = this.openAt;
    bar.open[0] = known ? this.open : Number.NaN;
    bar.high[0] = known ? this.high : Number.NaN;
    bar.low[0] = known ? this.low : Number.NaN;
    bar.close[0] = this.last;
    bar.volume[0] = this.volume;
    this.openAt = at;
    this.open = this.high = this.low = this.last;
    if (this.volume > 0) this.volume = 0;
    return bar;
  }
}

/** Half of best bid plus best ask; NaN where a side is missing. */
export function midOf(batch: BookBatch, row: number): number {
  return ((batch.bidPrice[row * BOOK_LEVELS] as number) + (batch.askPrice[row * BOOK_LEVELS] as number)) / 2;
}
