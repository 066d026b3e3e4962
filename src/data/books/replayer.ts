// One recording as a fold over its messages: keeps the book, and writes a row for every message that was applied whole. Times of the
// recorder are put on the exchange's clock first; `seenAt` never lies before `at` and never runs back.
import type { ClockSkew } from "./clock-skew.js";
import { BatchWriter } from "./batch-writer.js";
import type { LineFormat } from "./line-format.js";
import type { FeedMessage, QuoteMessage, TradeMessage } from "./message.js";
import { OrderEvents } from "./order-events.js";
import { writeLevels } from "./price-book.js";
import { SyncedBook } from "./synced-book.js";
import { tickScale } from "./ticks.js";

export class Replayer {
  readonly writer = new BatchWriter();
  readonly synced: SyncedBook;
  readonly events = new OrderEvents();
  /** Rows whose exchange time lay behind the corrected local time: what the correction could not reach. */
  lateStamps = 0;
  /** Rows at which an order book had its best bid above its best ask: an auction; its levels are not shown. */
  crossedRows = 0;
  private seenAt = Number.NEGATIVE_INFINITY;
  private readonly scale: number;

  constructor(
    format: LineFormat,
    private readonly skew: ClockSkew,
    heal: boolean,
  ) {
    this.synced = new SyncedBook({ rule: format.rule, heal, quoted: format.quoted });
    this.scale = tickScale(format.decimals);
  }

  take(message: FeedMessage): void {
    const local = this.skew.correct(message.localAt);
    // Without a stamp of the exchange the moment of hearing is the earliest that is known.
    const at = Number.isNaN(message.at) ? local : message.at;
    if (at > local) this.lateStamps++;
    const seenAt = Math.max(this.seenAt, local, at);
    this.seenAt = seenAt;
    switch (message.kind) {
      case "trade":
        return this.writeTrade(message, at, seenAt);
      case "quote":
        return this.takeQuote(message, at, seenAt);
      case "order":
        if (this.events.take(message)) this.writeOrders(at, seenAt);
        return;
      default:
        this.synced.take(message);
        return this.writeBook(at, seenAt);
    }
  }

  private writeTrade({ ticks, size, aggressor }: TradeMessage, at: number, seenAt: number): void {
    const { batch, row } = this.writer.trade(at, seenAt);
    batch.price[row] = ticks / this.scale;
    batch.size[row] = size;
    batch.aggressor[row] = aggressor;
  }

  private takeQuote(message: QuoteMessage, at: number, seenAt: number): void {
    const { batch, row } = this.writer.quote(at, seenAt);
    const { bidTicks, askTicks, bidSize, askSize } = message;
    batch.bid[row] = bidSize > 0 ? bidTicks / this.scale : Number.NaN;
    batch.ask[row] = askSize > 0 ? askTicks / this.scale : Number.NaN;
    batch.bidSize[row] = bidSize;
    batch.askSize[row] = askSize;
    const before = this.synced.state;
    this.synced.takeQuote(message);
    // The book was found wrong: what was shown of it is taken back at once.
    if (before !== this.synced.state) this.writeBook(at, seenAt);
  }

  private writeBook(at: number, seenAt: number): void {
    const { batch, row } = this.writer.book(at, seenAt);
    writeLevels(this.synced.book, this.scale, this.synced.known(at), batch, row);
  }

  private writeOrders(at: number, seenAt: number): void {
    const { book } = this.events;
    const { batch, row } = this.writer.book(at, seenAt);
    if (book.isCrossed) this.crossedRows++;
    writeLevels(book, this.scale, book.isCrossed || !this.events.isWhole ? HIDDEN : SHOWN, batch, row);
  }
}

const HIDDEN = [0, 0] as const;
const SHOWN = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
