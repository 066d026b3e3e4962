// A recording of a book as a venue's tape: ticks and lots of the declared instrument, both clocks, halts and auctions that were declared beside
// it. While the book is out of step the tape shows none.
import { TruewindError } from "#base/errors.js";
import type { ClockSkew } from "#data/books/clock-skew.js";
import type { LineFormat } from "#data/books/line-format.js";
import type { FeedMessage, OrderMessage } from "#data/books/message.js";
import type { LevelChanges } from "#data/books/price-book.js";
import { SyncedBook } from "#data/books/synced-book.js";
import { tickScale } from "#data/books/ticks.js";
import type { Instrument } from "#domain/instrument.js";
import * as row from "#simulation/book/tape.js";
import { type Tape, TapeWriter } from "#simulation/book/tape.js";

/** What the venue declared, by the exchange's clock. */
export interface DeclaredEvent {
  readonly at: number;
  /** A kind of row of `src/simulation/book/tape.ts`. */
  readonly kind: number;
  readonly ticks?: number;
  readonly lots?: number;
}

export class TapeMaker {
  private readonly writer = new TapeWriter();
  private readonly synced: SyncedBook;
  private readonly scale: number;
  /** Ticks of the format in one of the instrument. */
  private readonly perTick: number;
  private readonly ids = new Map<string, number>();
  private seenAt = Number.NEGATIVE_INFINITY;
  private nextDeclared = 0;

  /** Throws `bad-config` when the instrument's tick is no multiple of the format's. */
  constructor(
    private readonly format: LineFormat,
    private readonly skew: Pick<ClockSkew, "correct">,
    private readonly instrument: Pick<Instrument, "tickSize" | "lotSize">,
    private readonly declared: readonly DeclaredEvent[] = [],
  ) {
    this.synced = new SyncedBook({ rule: format.rule, heal: false, quoted: format.quoted });
    this.scale = tickScale(format.decimals);
    this.perTick = Math.round(instrument.tickSize * this.scale);
    if (this.perTick < 1 || Math.abs(instrument.tickSize * this.scale - this.perTick) > 1e-6 * this.perTick)
      throw new TruewindError(
        "bad-config",
        `A tick of ${instrument.tickSize} is no whole number of the recording's units of ${1 / this.scale}.`,
      );
  }

  /** Messages in the order in which they were recorded. Throws `bad-config` when a price or a size is no whole number of ticks or lots. */
  take(message: FeedMessage): void {
    const local = this.skew.correct(message.localAt);
    const at = Number.isNaN(message.at) ? local : message.at;
    this.seenAt = Math.max(this.seenAt, local, at);
    this.declare(at);
    switch (message.kind) {
      case "trade":
        return this.write(at, printKind(message.aggressor), message.ticks, message.size);
      case "quote":
        return; // a best quote says nothing that the book does not
      case "order":
        return this.takeOrder(message, at);
      default: {
        const { synced } = this;
        const wasShown = synced.state === "fresh";
        const before = { old: synced.counts.old, snapshots: synced.counts.snapshots };
        const seen = this.format.beside === undefined ? null : synced.book.save();
        synced.take(message);
        if (synced.state !== "fresh") {
          if (wasShown) this.writer.write(at, this.seenAt, row.CLEAR, 0, 0);
        } else if (message.kind === "diff" && wasShown) {
          if (synced.counts.old === before.old) this.writeLevels(at, message.bids, message.asks);
        } else if (synced.counts.snapshots > before.snapshots || !wasShown) {
          // Levels beside single messages are the best ones only: what lies behind them is not gone.
          if (seen !== null && wasShown) this.writeWindow(at, seen.bids, seen.asks, message.bids, message.asks);
          else {
            this.writer.write(at, this.seenAt, row.CLEAR, 0, 0);
            const { bids, asks } = synced.book.save();
            this.writeLevels(at, bids, asks);
          }
        }
      }
    }
  }

  finish(): Tape {
    this.declare(Number.POSITIVE_INFINITY);
    return this.writer.finish();
  }

  private takeOrder({ action, side, ticks, size, id, ends, snapshot }: OrderMessage, at: number): void {
    if (action === "clear") this.writer.write(at, this.seenAt, row.CLEAR, 0, 0);
    else if (action === "cancel") this.write(at, row.ORDER_CUT, ticks, size, this.numberOf(id));
    else if (action !== "none") this.write(at, side === 1 ? row.BID_ORDER : row.ASK_ORDER, ticks, size, this.numberOf(id));
    if (ends && !snapshot) this.writer.write(at, this.seenAt, row.EVENT_END, 0, 0);
  }

  /** Numbers as text are too long to be exact: they get short ones. */
  private numberOf(id: number | string): number {
    if (typeof id === "number") return id;
    let short = this.ids.get(id);
    if (short === undefined) this.ids.set(id, (short = -1 - this.ids.size));
    return short;
  }

  private writeLevels(at: number, bids: LevelChanges, asks: LevelChanges): void {
    for (let k = 0; k < bids.length; k += 2) this.write(at, row.BID_LEVEL, bids[k] as number, bids[k + 1] as number);
    for (let k = 0; k < asks.length; k += 2) this.write(at, row.ASK_LEVEL, asks[k] as number, asks[k + 1] as number);
  }

  private writeWindow(at: number, oldBids: LevelChanges, oldAsks: LevelChanges, bids: LevelChanges, asks: LevelChanges): void {
    this.writeLevels(at, changesWithin(oldBids, bids, 1), changesWithin(oldAsks, asks, -1));
  }

  private write(at: number, kind: number, ticks: number, size: number, order = 0): void {
    const whole = ticks / this.perTick;
    const lots = Math.round(size / this.instrument.lotSize);
    if (!Number.isInteger(whole)) throw this.offGrid("price", ticks / this.scale, "tick", this.instrument.tickSize);
    if (Math.abs(size / this.instrument.lotSize - lots) > 1e-6) throw this.offGrid("size", size, "lot", this.instrument.lotSize);
    this.writer.write(at, this.seenAt, kind, whole, lots, order);
  }

  private declare(until: number): void {
    for (let next = this.declared[this.nextDeclared]; next !== undefined && next.at <= until; next = this.declared[++this.nextDeclared]) {
      this.seenAt = Math.max(this.seenAt, next.at);
      this.writer.write(next.at, this.seenAt, next.kind, next.ticks ?? 0, next.lots ?? 0);
    }
  }

  private offGrid(what: string, value: number, unit: string, size: number): TruewindError {
    return new TruewindError(
      "bad-config",
      `The recording of ${this.format.symbol} has a ${what} of ${value}, which is no whole number of the declared ${unit} of ${size}: declare a smaller one.`,
    );
  }
}

function printKind(aggressor: -1 | 0 | 1): number {
  return aggressor === 1 ? row.BOUGHT : aggressor === -1 ? row.SOLD : row.CROSSED;
}

/** Changed and vanished levels among those that both show; `sign` +1 for bids. */
function changesWithin(before: LevelChanges, after: LevelChanges, sign: 1 | -1): LevelChanges {
  const now = new Map<number, number>();
  for (let k = 0; k < after.length; k += 2) now.set(after[k] as number, after[k + 1] as number);
  const worst = after.length === 0 ? Number.NEGATIVE_INFINITY : (after[after.length - 2] as number) * sign;
  const changes: number[] = [];
  for (let k = 0; k < before.length; k += 2) {
    const ticks = before[k] as number;
    if (ticks * sign >= worst && !now.has(ticks)) changes.push(ticks, 0);
    else if (now.get(ticks) === before[k + 1]) now.delete(ticks);
  }
  for (const [ticks, size] of now) changes.push(ticks, size);
  return changes;
}
