// The market of one place as it is seen from here: the same tape, later. What a strategy or a router may know; the exchange is ahead of it.
import type { InstrumentIx } from "#domain/instrument.js";
import { type Level, Levels, levelsOf } from "./levels.js";
import { ASK_LEVEL, BID_LEVEL, BOUGHT, CROSSED, SESSION_END, SOLD, type Tape } from "./tape.js";

/** Prices in ticks, in order, and whether a session ended. */
interface SeenTrading {
  readonly prints: readonly number[];
  readonly isSessionOver: boolean;
}

const QUIET: SeenTrading = { prints: [], isSessionOver: false };

export class SeenBook {
  private readonly levels = new Levels();
  private next = 0;
  /** Row, in the order of seeing, that `trading` comes to next. */
  private heard = 0;
  /** Price of the last print that was seen, in ticks, and when; NaN before. */
  lastTicks = Number.NaN;
  lastSeenAt = Number.NaN;

  constructor(
    /** Name of the place. */
    readonly venue: string,
    readonly instrument: InstrumentIx,
    private readonly tape: Tape,
  ) {}

  /** Takes in what was seen up to and including the moment. */
  advance(to: number): void {
    const { length, seen, seenAt, kind, ticks, lots } = this.tape;
    const { bids, asks } = this.levels;
    let next = this.next;
    for (; next < length; next++) {
      const row = seen === null ? next : (seen[next] as number);
      if ((seenAt[row] as number) > to) break;
      const what = kind[row] as number;
      if (what === BID_LEVEL) this.levels.setLevel(bids, asks, ticks[row] as number, lots[row] as number);
      else if (what === ASK_LEVEL) this.levels.setLevel(asks, bids, -(ticks[row] as number), lots[row] as number);
      else if (what === BOUGHT || what === SOLD || what === CROSSED) {
        this.lastTicks = ticks[row] as number;
        this.lastSeenAt = seenAt[row] as number;
      } else this.levels.apply(this.tape, row);
    }
    this.next = next;
  }

  /** When the next row is seen, behind the last one that was taken in; Infinity behind them all. */
  get nextAt(): number {
    const { length, seen, seenAt } = this.tape;
    return this.next < length ? (seenAt[seen === null ? this.next : (seen[this.next] as number)] as number) : Number.POSITIVE_INFINITY;
  }

  /** What was seen to be traded later than `after`, up to and including `to`: asked for once. Moments never fall. */
  trading(after: number, to: number): SeenTrading {
    const { length, seen, seenAt, kind, ticks } = this.tape;
    let told: { prints: number[]; isSessionOver: boolean } | null = null;
    for (; this.heard < length; this.heard++) {
      const row = seen === null ? this.heard : (seen[this.heard] as number);
      const at = seenAt[row] as number;
      if (at > to) break;
      const what = kind[row] as number;
      const isPrint = what === BOUGHT || what === SOLD || what === CROSSED;
      if (at <= after || (!isPrint && what !== SESSION_END)) continue;
      told ??= { prints: [], isSessionOver: false };
      if (isPrint) told.prints.push(ticks[row] as number);
      else told.isSessionOver = true;
    }
    return told ?? QUIET;
  }

  /** Ticks; NaN when there is none. */
  get bid(): number {
    return this.levels.bids.bestTicks;
  }

  get ask(): number {
    return this.levels.asks.bestTicks;
  }

  /** The best levels, best first. */
  depth(side: "bid" | "ask", most: number): readonly Level[] {
    return levelsOf(side === "bid" ? this.levels.bids : this.levels.asks, most);
  }
}
