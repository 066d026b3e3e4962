// The neighbor checks of trades and quotes: their day must be one, and a file should be in order. Repetitions are real here.
import type { DayIndex } from "./day-index.js";
import type { FindingSink } from "./bar-sequence.js";

export interface TickTally {
  rows: number;
  first: number;
  last: number;
}

export class TickSequence {
  private readonly tallies: (TickTally & { seq: number; file: number })[];

  constructor(
    symbols: readonly string[],
    private readonly days: DayIndex,
    private readonly sink: FindingSink,
  ) {
    this.tallies = symbols.map(() => ({ rows: 0, first: Number.NaN, last: Number.NaN, seq: -1, file: -1 }));
  }

  add(seq: number, file: number, ix: number, at: number): void {
    if (this.days.sessionNumber(at) < 0) {
      this.sink.quarantine(seq, "not-a-session", "the venue was closed that day");
      return;
    }
    const tally = this.tallies[ix] as TickTally & { seq: number; file: number };
    if (file === tally.file && seq < tally.seq) this.sink.flag(seq, "out-of-order", "an earlier time stands behind it in the file");
    if (tally.rows === 0) tally.first = at;
    tally.last = at;
    tally.rows++;
    tally.seq = seq;
    tally.file = file;
  }

  finish(): readonly TickTally[] {
    return this.tallies;
  }
}
