// Longer bars from shorter ones, instrument by instrument. A longer bar is complete when a bar ends at its end, when a bar of a later
// one arrives, or when time has passed its end (a bar of any instrument, or the clock): never earlier, so it holds nothing still to come.
import { type BarBatch, createBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { type Timeframe, timeframeLength } from "#features/language/timeframe.js";

/** Per instrument: end of the bar in the making (0: none), its start and fields, and the end of the last one given. */
const END = 0;
const START = 1;
const OPEN = 2;
const HIGH = 3;
const LOW = 4;
const CLOSE = 5;
const VOLUME = 6;
const GIVEN = 7;
const CELLS = 8;

export class Resampler {
  readonly state: Float64Array;
  /** One row: the bar completed last. */
  private readonly out: BarBatch = createBarBatch(1);

  constructor(
    private readonly timeframe: Timeframe,
    private readonly instruments: number,
    private readonly sessions: readonly Session[],
  ) {
    this.state = new Float64Array(instruments * CELLS);
  }

  /** Takes one bar; `give` is told of every longer bar that this completes. A bar of a longer bar before the newest comes too late. */
  add(batch: BarBatch, row: number, give: (bar: BarBatch) => void): void {
    const { state } = this;
    const instrument = batch.instrument[row] as number;
    const cell = instrument * CELLS;
    const at = batch.at[row] as number;
    const end = this.endOf(at);
    const seenAt = batch.seenAt[row] as number;
    // The bar in the making, if any, is newer than the last one given.
    if (end <= (state[cell + GIVEN] as number) || end < (state[cell + END] as number)) return;
    if (state[cell + END] !== 0 && state[cell + END] !== end) this.complete(instrument, seenAt, give);
    if (state[cell + END] === 0) {
      state[cell + END] = end;
      state[cell + START] = batch.openAt[row] as number;
      state.fill(Number.NaN, cell + OPEN, cell + VOLUME + 1);
    }
    this.widen(cell, batch, row);
    if (at === end) this.complete(instrument, seenAt, give);
  }

  /** Completes every longer bar that ended no later than `now`. */
  flush(now: number, give: (bar: BarBatch) => void): void {
    for (let i = 0; i < this.instruments; i++) {
      const end = this.state[i * CELLS + END] as number;
      if (end !== 0 && end <= now) this.complete(i, now, give);
    }
  }

  split(instrument: number, ratio: number): void {
    const cell = instrument * CELLS;
    for (const field of [OPEN, HIGH, LOW, CLOSE]) this.state[cell + field] = (this.state[cell + field] as number) / ratio;
    this.state[cell + VOLUME] = (this.state[cell + VOLUME] as number) * ratio;
  }

  /** Fields that are not known change nothing; a field of which nothing is known stays NaN. */
  private widen(cell: number, batch: BarBatch, row: number): void {
    const { state } = this;
    const [open, high, low] = [batch.open[row] as number, batch.high[row] as number, batch.low[row] as number];
    const [close, volume] = [batch.close[row] as number, batch.volume[row] as number];
    if (Number.isNaN(state[cell + OPEN])) state[cell + OPEN] = open;
    if (!(high <= (state[cell + HIGH] as number)) && !Number.isNaN(high)) state[cell + HIGH] = high;
    if (!(low >= (state[cell + LOW] as number)) && !Number.isNaN(low)) state[cell + LOW] = low;
    if (!Number.isNaN(close)) state[cell + CLOSE] = close;
    if (!Number.isNaN(volume)) state[cell + VOLUME] = (Number.isNaN(state[cell + VOLUME]) ? 0 : (state[cell + VOLUME] as number)) + volume;
  }

  private complete(instrument: number, seenAt: number, give: (bar: BarBatch) => void): void {
    const { state, out } = this;
    const cell = instrument * CELLS;
    out.instrument[0] = instrument;
    out.at[0] = state[cell + END] as number;
    out.seenAt[0] = Math.max(seenAt, out.at[0]);
    out.openAt[0] = state[cell + START] as number;
    out.open[0] = state[cell + OPEN] as number;
    out.high[0] = state[cell + HIGH] as number;
    out.low[0] = state[cell + LOW] as number;
    out.close[0] = state[cell + CLOSE] as number;
    out.volume[0] = state[cell + VOLUME] as number;
    state[cell + GIVEN] = state[cell + END] as number;
    state[cell + END] = 0;
    give(out);
  }

  /** End of the longer bar to which a bar that ended at `at` belongs: the first end that is not before it. */
  private endOf(at: number): number {
    if (this.timeframe === "1d" && this.sessions.length > 0) {
      const session = firstClosingFrom(this.sessions, at);
      if (session !== undefined) return session.closeAt;
    }
    const length = timeframeLength(this.timeframe);
    return Math.ceil(at / length) * length;
  }
}

function firstClosingFrom(sessions: readonly Session[], at: number): Session | undefined {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sessions[middle] as Session).closeAt < at) low = middle + 1;
    else high = middle;
  }
  return sessions[low];
}
