// The tapes that a plan listens to, with their cells for every instrument.
import type { EventBatch } from "#domain/market.js";
import { splitExponent } from "./columns.js";
import type { Tape } from "./tape.js";

interface Reel {
  readonly name: string;
  readonly tape: Tape;
  readonly columns: readonly string[];
  /** One view per instrument into the state. */
  readonly cells: readonly Float64Array[];
  /** What the tape gave at the bar at hand. */
  readonly out: Float64Array;
}

export class TapeDeck {
  readonly state: Float64Array;
  private readonly reels: readonly Reel[];

  constructor(tapes: ReadonlyMap<string, Tape>, instruments: number) {
    const width = [...tapes.values()].reduce((sum, { cells }) => sum + cells.length, 0);
    this.state = new Float64Array(width * instruments);
    let first = 0;
    this.reels = [...tapes].map(([name, tape]) => {
      const count = tape.cells.length;
      const cells = Array.from({ length: instruments }, (_, i) => this.state.subarray(first + i * count, first + (i + 1) * count));
      first += count * instruments;
      const columns = Object.keys(tape.columns);
      return { name, tape, columns, cells, out: new Float64Array(columns.length) };
    });
  }

  get isEmpty(): boolean {
    return this.reels.length === 0;
  }

  /** Where a tape's values of the bar at hand stand, and at which place a column. */
  find(name: string, column: string): { readonly out: Float64Array; readonly place: number } {
    const reel = this.reels.find((candidate) => candidate.name === name) as Reel;
    return { out: reel.out, place: reel.columns.indexOf(column) };
  }

  absorb(batch: EventBatch, start: number, end: number): void {
    for (const { tape, cells } of this.reels) {
      if (!tape.kinds.includes(batch.kind)) continue;
      for (let row = start; row < end; row++) tape.absorb(batch, row, cells[batch.instrument[row] as number] as Float64Array);
    }
  }

  /** Makes the columns of an instrument's bar that ended at `at`. */
  emit(instrument: number, at: number): void {
    for (const { tape, cells, out } of this.reels) tape.emit(cells[instrument] as Float64Array, out, at);
  }

  split(instrument: number, ratio: number): void {
    for (const { tape, cells } of this.reels) {
      const own = cells[instrument] as Float64Array;
      tape.cells.forEach((dimension, c) => {
        const exponent = splitExponent(dimension);
        if (exponent !== 0) own[c] = (own[c] as number) * ratio ** exponent;
      });
    }
  }
}
