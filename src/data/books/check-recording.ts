// What a recording is worth, found by replaying it: how often its book was in step, what went wrong and mended, spreads, and where volume
// was traded. Pure figures; the words for people are made elsewhere.
import { BOOK_LEVELS, type BookBatch, type EventBatch } from "#domain/market.js";
import { DAY_US, formatMicros, type Micros, utcDate } from "#domain/time.js";
import type { Recording } from "./recording.js";
import type { BookCounts, BookState } from "./synced-book.js";
import { tickScale } from "./ticks.js";
import { VolumeAtPrice } from "./volume-at-price.js";

/** Prices are in the quote currency; null where there is nothing to tell. */
export interface RecordingReport {
  readonly format: string;
  readonly symbol: string;
  readonly parts: readonly string[];
  /** By the corrected clock. */
  readonly from: string | null;
  readonly to: string | null;
  readonly rows: { readonly book: number; readonly quote: number; readonly trade: number };
  /** Book rows with both sides shown. */
  readonly shownRows: number;
  /** Of a book by price; null for a book by order. */
  readonly book: (BookCounts & { readonly state: BookState }) | null;
  /** Of a book by order; null for a book by price. */
  readonly orders: OrderFigures | null;
  readonly crossedRows: number;
  readonly spread: { readonly median: number; readonly mean: number; readonly p99: number } | null;
  readonly clock: {
    readonly messages: number;
    readonly behindMs: number;
    readonly driftPpm: number | null;
    readonly medianLatencyMs: number | null;
    /** Rows stamped later by the exchange than they were seen even after the correction; they count as seen when stamped. */
    readonly lateStamps: number;
  } | null;
  readonly volume: readonly SessionVolume[];
}

interface OrderFigures {
  readonly events: number;
  readonly snapshots: number;
  readonly resting: number;
  /** Lines about orders that the book does not hold. */
  readonly unknown: number;
  /** Times that lines turned out to be missing: the book is not shown until the next snapshot. */
  readonly losses: number;
}

/** Of one UTC day. */
interface SessionVolume {
  readonly date: string;
  readonly volume: number;
  readonly pointOfControl: number;
  readonly valueLow: number;
  readonly valueHigh: number;
}

/** Share of volume within the value area of a day. */
const VALUE_AREA = 0.7;

/** Reads the whole recording. `onRows` hears how many rows have come. */
export async function checkRecording(recording: Recording, onRows: (rows: number) => void): Promise<RecordingReport> {
  const { format, skew, parts } = recording;
  const { replayer, batches } = recording.replay();
  const figures = new Figures(tickScale(format.decimals));
  let rows = 0;
  for await (const batch of batches()) {
    figures.take(batch);
    rows += batch.length;
    onRows(rows);
  }
  const { synced, events } = replayer;
  const { book } = events;
  return {
    format: format.name,
    symbol: format.symbol,
    parts,
    ...figures.finish(),
    book: format.byOrder ? null : { state: synced.state, ...synced.counts },
    orders: format.byOrder
      ? { events: events.events, snapshots: events.snapshots, resting: book.size, unknown: book.unknown, losses: events.losses }
      : null,
    crossedRows: format.byOrder ? replayer.crossedRows : synced.counts.trouble.crossed,
    clock: format.hasLocalClock
      ? {
          messages: skew.messages,
          behindMs: skew.behindUs / 1000,
          driftPpm: Number.isNaN(skew.driftPpm) ? null : skew.driftPpm,
          medianLatencyMs: Number.isNaN(skew.medianLatencyUs) ? null : skew.medianLatencyUs / 1000,
          lateStamps: replayer.lateStamps,
        }
      : null,
  };
}

class Figures {
  private readonly rows = { book: 0, quote: 0, trade: 0 };
  private shownRows = 0;
  private from = Number.NaN;
  private to = Number.NaN;
  /** Rows by spread in ticks. */
  private readonly spreads = new Map<number, number>();
  private readonly profile = new VolumeAtPrice((at) => Math.floor(at / DAY_US));
  private day = Number.NaN;
  private readonly volume: SessionVolume[] = [];

  constructor(private readonly scale: number) {}

  take(batch: EventBatch): void {
    if (batch.kind === "bar" || batch.length === 0) return;
    this.rows[batch.kind] += batch.length;
    if (Number.isNaN(this.from)) this.from = batch.seenAt[0] as number;
    this.to = batch.seenAt[batch.length - 1] as number;
    for (let row = 0; row < batch.length; row++) {
      if (batch.kind === "book") this.takeBook(batch, row);
      else if (batch.kind === "trade") this.takeTrade(batch.at[row] as number, batch.price[row] as number, batch.size[row] as number);
    }
  }

  finish(): Pick<RecordingReport, "rows" | "shownRows" | "from" | "to" | "spread" | "volume"> {
    this.closeDay();
    const text = (at: number): string | null => (Number.isNaN(at) ? null : formatMicros(at as Micros));
    const { rows, shownRows, volume } = this;
    return { rows, shownRows, from: text(this.from), to: text(this.to), spread: this.spread(), volume };
  }

  private takeBook(batch: BookBatch, row: number): void {
    const ticks = Math.round(((batch.askPrice[row * BOOK_LEVELS] as number) - (batch.bidPrice[row * BOOK_LEVELS] as number)) * this.scale);
    if (Number.isNaN(ticks)) return;
    this.shownRows++;
    this.spreads.set(ticks, (this.spreads.get(ticks) ?? 0) + 1);
  }

  private takeTrade(at: number, price: number, size: number): void {
    const day = Math.floor(at / DAY_US);
    if (day !== this.day) this.closeDay();
    this.day = day;
    this.profile.trade(at, Math.round(price * this.scale), size);
  }

  private closeDay(): void {
    if (Number.isNaN(this.day)) return;
    const { pointOfControl, valueLow, valueHigh, volume } = this.profile.profile(VALUE_AREA);
    const { scale } = this;
    const date = utcDate((this.day * DAY_US) as Micros);
    this.volume.push({ date, volume, pointOfControl: pointOfControl / scale, valueLow: valueLow / scale, valueHigh: valueHigh / scale });
    this.day = Number.NaN;
  }

  private spread(): RecordingReport["spread"] {
    if (this.shownRows === 0) return null;
    const sorted = [...this.spreads].sort((a, b) => a[0] - b[0]);
    const at = (part: number): number => {
      let left = part * this.shownRows;
      return (sorted.find(([, count]) => (left -= count) <= 0)?.[0] ?? Number.NaN) / this.scale;
    };
    const sum = sorted.reduce((total, [ticks, count]) => total + ticks * count, 0);
    return { median: at(0.5), mean: sum / this.shownRows / this.scale, p99: at(0.99) };
  }
}
