// The total returns of the last sessions, as they are known at a moment: a fold over the events that the engine has seen, with all its state in
// one place. It knows nothing of the future because nobody tells it; a window that has a hole stays one.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { EventBatch } from "#domain/market.js";
import { firstSessionFrom, type Session, sessionEndingAt } from "#domain/session.js";
import type { Micros } from "#domain/time.js";
import type { MarketMemory } from "#ports/stages.js";

export class ReturnMemory implements MarketMemory {
  /** Sessions held: the window, the close before it, and one that has begun and not ended. */
  private readonly slots: number;
  /** Rings `[session modulo slots][instrument]`: last price of the session on the basis of today's shares, NaN where there was none; cash paid. */
  private readonly closes: Float64Array;
  private readonly cash: Float64Array;
  /** The latest session that has a slot; -1 before the first. */
  private newest = -1;
  /** The latest session with a bar: a dividend is told before the prices that fall by it. -1 before the first. */
  private heard = -1;

  /** `steps`: sessions for daily bars, single bars for shorter ones; ascending, without overlap. `window`: returns that can be asked for. */
  constructor(
    private readonly steps: readonly Session[],
    private readonly instruments: number,
    private readonly window: number,
  ) {
    this.slots = window + 2;
    this.closes = new Float64Array(this.slots * instruments).fill(Number.NaN);
    this.cash = new Float64Array(this.slots * instruments);
  }

  market(batch: EventBatch, start: number, end: number): void {
    if (batch.kind !== "bar") return;
    for (let row = start; row < end; row++) {
      const session = sessionEndingAt(this.steps, batch.at[row] as number, Math.max(0, this.newest));
      const close = batch.close[row] as number;
      if (session < 0 || !(close > 0)) continue;
      const slot = this.slotOf(session);
      this.heard = Math.max(this.heard, session);
      if (slot >= 0) this.closes[slot + (batch.instrument[row] as number)] = close;
    }
  }

  /** In force from the first session that opens at or after it: prices before it are put on the basis of the new shares. */
  reference(event: Split | Dividend): void {
    const session = firstSessionFrom(this.steps, event.at);
    if (session === this.steps.length) return;
    if (event.kind === "dividend") {
      const slot = this.slotOf(session);
      if (slot >= 0) this.cash[slot + event.instrument] = (this.cash[slot + event.instrument] as number) + event.amount;
      return;
    }
    for (let s = Math.max(0, this.newest - this.slots + 1); s < Math.min(session, this.newest + 1); s++) {
      const at = (s % this.slots) * this.instruments + event.instrument;
      this.closes[at] = (this.closes[at] as number) / event.ratio;
      this.cash[at] = (this.cash[at] as number) / event.ratio;
    }
  }

  /**
   * Returns of the last `window` sessions that had ended at `asOf`, oldest first, as fractions in the instrument's currency. A session without a
   * price returns 0 (what was paid, a part of the last price), and the next one what both did; before the first price, too, it is 0. Null where
   * more than `missing` of them have no return of their own, and where nobody has said anything of the last of them.
   */
  returnsOf(instrument: number, asOf: Micros, missing = 0): Float64Array | null {
    const last = this.lastEnded(asOf);
    if (!this.holds(last)) return null;
    const out = new Float64Array(this.window);
    let before = this.closes[((last - this.window) % this.slots) * this.instruments + instrument] as number;
    let known = before > 0;
    let holes = 0;
    for (let k = 0; k < this.window; k++) {
      const at = ((last - this.window + k + 1) % this.slots) * this.instruments + instrument;
      const close = this.closes[at] as number;
      if (!(known && close > 0) && ++holes > missing) return null;
      known = close > 0;
      const now = known ? close : before;
      if (before > 0) out[k] = (now + (this.cash[at] as number)) / before - 1;
      before = now;
    }
    return out;
  }

  /**
   * As `returnsOf`, into `out` from `at` on with a step of `stride`, and over holes: a session without a price returns nothing and the next one what
   * both did. False, with nothing written, where the price before the window is not known.
   */
  carriedReturns(instrument: number, asOf: Micros, out: Float64Array, at: number, stride: number): boolean {
    const last = this.lastEnded(asOf);
    if (!this.holds(last)) return false;
    let before = this.closes[((last - this.window) % this.slots) * this.instruments + instrument] as number;
    if (!(before > 0)) return false;
    for (let k = 0; k < this.window; k++) {
      const slot = ((last - this.window + k + 1) % this.slots) * this.instruments + instrument;
      const close = this.closes[slot] as number;
      const paid = this.cash[slot] as number;
      out[at + k * stride] = ((close > 0 ? close : before) + paid) / before - 1;
      if (close > 0) before = close;
    }
    return true;
  }

  /** As `carriedReturns`, of all sessions held that had ended at `asOf`, oldest first, the first of them left out; NaN before the first price. */
  allReturns(instrument: number, asOf: Micros): Float64Array {
    const last = Math.min(this.lastEnded(asOf), this.heard);
    const first = Math.max(0, this.newest - this.slots + 1);
    const out = new Float64Array(Math.max(0, last - first)).fill(Number.NaN);
    let before = Number.NaN;
    for (let session = first; session <= last; session++) {
      const slot = (session % this.slots) * this.instruments + instrument;
      const close = this.closes[slot] as number;
      if (session > first) out[session - first - 1] = ((close > 0 ? close : before) + (this.cash[slot] as number)) / before - 1;
      if (close > 0) before = close;
    }
    return out;
  }

  /** Whether the window that ends with a session is here: by a clock that was set back, bars come so early that its begin has made room for them. */
  private holds(last: number): boolean {
    return last >= this.window && last <= this.heard && last - this.window > this.newest - this.slots;
  }

  /** The latest session that had ended at `asOf`; -1 for none. */
  lastEnded(asOf: Micros): number {
    const last = firstSessionFrom(this.steps, asOf) - 1;
    return last >= 0 && (this.steps[last] as Session).closeAt > asOf ? last - 1 : last;
  }

  /** Where the session's instruments begin in the rings; -1 when it is older than what is held. */
  private slotOf(session: number): number {
    for (let s = Math.max(this.newest + 1, session - this.slots + 1); s <= session; s++) {
      const from = (s % this.slots) * this.instruments;
      this.closes.fill(Number.NaN, from, from + this.instruments);
      this.cash.fill(0, from, from + this.instruments);
    }
    this.newest = Math.max(this.newest, session);
    return session <= this.newest - this.slots ? -1 : (session % this.slots) * this.instruments;
  }

  snapshot(): Uint8Array {
    return new ByteWriter(16 * this.closes.length + 64)
      .json({ newest: this.newest, heard: this.heard })
      .f64s(this.closes)
      .f64s(this.cash)
      .finish();
  }

  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    const { newest, heard } = reader.json() as { newest: number; heard: number };
    const [closes, cash] = [reader.f64s(), reader.f64s()];
    if (closes.length !== this.closes.length || cash.length !== this.cash.length)
      throw new TruewindError("corrupt-artifact", "The snapshot holds the returns of other instruments or of another window.");
    this.newest = newest;
    this.heard = heard;
    this.closes.set(closes);
    this.cash.set(cash);
  }
}
