// The book of one place as it is seen from here: the same tape, later. What a strategy or a router may know; the exchange is ahead of it.
import type { InstrumentIx } from "#domain/instrument.js";
import { type Level, Levels, levelsOf } from "./levels.js";
import { ASK_LEVEL, BID_LEVEL, BOUGHT, CROSSED, SOLD, type Tape } from "./tape.js";

export class SeenBook {
  private readonly levels = new Levels();
  private next = 0;
  /** Price of the last print that was seen, in ticks; NaN before. */
  lastTicks = Number.NaN;

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
      else if (what === BOUGHT || what === SOLD || what === CROSSED) this.lastTicks = ticks[row] as number;
      else this.levels.apply(this.tape, row);
    }
    this.next = next;
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
