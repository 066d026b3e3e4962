// Rows of books, quotes and trades as they come, cut into batches of one kind each, in order. Rows are written into wide columns and given
// out as views of them, so that a batch of one row costs little.
import {
  BOOK_LEVELS,
  type BookBatch,
  createBookBatch,
  createQuoteBatch,
  createTradeBatch,
  type EventBatch,
  type QuoteBatch,
  type TradeBatch,
} from "#domain/market.js";

/** A batch ends behind so many rows, at the first change of `seenAt`. */
const FULL = 1024;
/** Rows of one moment beyond FULL that still fit; a venue's message is one row, so thousands at one microsecond do not happen. */
const ROOM = 4096;

type Written = TradeBatch | QuoteBatch | BookBatch;

const create = { trade: createTradeBatch, quote: createQuoteBatch, book: createBookBatch } as const;

export class BatchWriter {
  private readonly columns: { trade: TradeBatch; quote: QuoteBatch; book: BookBatch } = {
    trade: createTradeBatch(ROOM),
    quote: createQuoteBatch(ROOM),
    book: createBookBatch(ROOM),
  };
  private readonly used = { trade: 0, quote: 0, book: 0 };
  private kind: Written["kind"] | null = null;
  private first = 0;
  private done: EventBatch[] = [];

  /** Columns to write the next row of a kind into, and its row. */
  trade(at: number, seenAt: number): { readonly batch: TradeBatch; readonly row: number } {
    const row = this.next("trade", at, seenAt);
    return { batch: this.columns.trade, row };
  }

  quote(at: number, seenAt: number): { readonly batch: QuoteBatch; readonly row: number } {
    const row = this.next("quote", at, seenAt);
    return { batch: this.columns.quote, row };
  }

  book(at: number, seenAt: number): { readonly batch: BookBatch; readonly row: number } {
    const row = this.next("book", at, seenAt);
    return { batch: this.columns.book, row };
  }

  /** Batches that are complete. With `all`, the one at hand as well. */
  take(all: boolean): EventBatch[] {
    if (all) this.cut();
    const { done } = this;
    this.done = [];
    return done;
  }

  private next(kind: Written["kind"], at: number, seenAt: number): number {
    if (kind !== this.kind) this.cut();
    let columns: Written = this.columns[kind];
    const rows = this.used[kind] - this.first;
    if (this.kind !== null && rows >= FULL && columns.seenAt[this.used[kind] - 1] !== seenAt) this.cut();
    if (this.kind === null) {
      if (this.used[kind] > ROOM - FULL) this.renew(kind);
      this.kind = kind;
      this.first = this.used[kind];
    } else if (this.used[kind] === ROOM) {
      this.cut();
      this.renew(kind);
      this.kind = kind;
      this.first = 0;
    }
    columns = this.columns[kind];
    const row = this.used[kind]++;
    columns.at[row] = at;
    columns.seenAt[row] = seenAt;
    return row;
  }

  private renew(kind: Written["kind"]): void {
    (this.columns as Record<string, Written>)[kind] = create[kind](ROOM);
    this.used[kind] = 0;
  }

  private cut(): void {
    if (this.kind === null) return;
    const end = this.used[this.kind];
    if (end > this.first) this.done.push(sliceBatch(this.columns[this.kind], this.first, end));
    this.kind = null;
  }
}

/** Rows `start` to `end` (exclusive) as a batch that shares the columns. */
export function sliceBatch<B extends EventBatch>(batch: B, start: number, end: number): B {
  const wide = batch.kind === "book" ? new Set<unknown>([batch.bidPrice, batch.bidSize, batch.askPrice, batch.askSize]) : null;
  const out: Record<string, unknown> = { kind: batch.kind, length: end - start };
  for (const [name, column] of Object.entries(batch)) {
    if (!ArrayBuffer.isView(column)) continue;
    const width = wide?.has(column) === true ? BOOK_LEVELS : 1;
    out[name] = (column as Float64Array).subarray(start * width, end * width);
  }
  return out as unknown as B;
}
