// The usual range of a bar, per instrument: Wilder's average true range as a fold over bars. Wilder (1978), New Concepts in Technical Trading
// Systems; equal to ATR of TA-Lib. A bar without a close is passed over.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import type { EventBatch } from "./market.js";

export class AverageTrueRange {
  /** Last close, mean range (both in the currency of the instrument, on the basis of today's shares), and ranges seen. */
  private readonly close: Float64Array;
  private readonly range: Float64Array;
  private readonly seen: Float64Array;

  /** `bars`: how many it averages over, at least 1. */
  constructor(
    instruments: number,
    private readonly bars: number,
  ) {
    this.close = new Float64Array(instruments).fill(Number.NaN);
    this.range = new Float64Array(instruments);
    this.seen = new Float64Array(instruments);
  }

  market(batch: EventBatch, start: number, end: number): void {
    if (batch.kind !== "bar") return;
    for (let row = start; row < end; row++) {
      const i = batch.instrument[row] as number;
      const close = batch.close[row] as number;
      if (!(close > 0)) continue;
      const before = this.close[i] as number;
      this.close[i] = close;
      if (Number.isNaN(before)) continue;
      const range = Math.max(batch.high[row] as number, before) - Math.min(batch.low[row] as number, before);
      const seen = (this.seen[i] as number) + 1;
      const mean = this.range[i] as number;
      // The plain mean of the first `bars` ranges, then a smooth one.
      this.range[i] = mean + (range - mean) / Math.min(seen, this.bars);
      this.seen[i] = seen;
    }
  }

  split(instrument: number, ratio: number): void {
    this.close[instrument] = (this.close[instrument] as number) / ratio;
    this.range[instrument] = (this.range[instrument] as number) / ratio;
  }

  /** NaN until `bars` ranges have been seen, which takes one bar more. */
  at(instrument: number): number {
    return (this.seen[instrument] as number) >= this.bars ? (this.range[instrument] as number) : Number.NaN;
  }

  save(writer: ByteWriter): void {
    for (const state of this.state()) writer.f64s(state);
  }

  /** Throws RangeError on the state of other instruments. */
  load(reader: ByteReader): void {
    for (const state of this.state()) {
      const saved = reader.f64s();
      if (saved.length !== state.length) throw new RangeError(`a state of ${saved.length} instruments, not ${state.length}`);
      state.set(saved);
    }
  }

  private state(): readonly Float64Array[] {
    return [this.close, this.range, this.seen];
  }
}
