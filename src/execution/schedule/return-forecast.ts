// The return of the next bar from that of the last one: a first-order autoregression through zero, estimated as bars come. Short-lived by design.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import type { EventBatch } from "#domain/market.js";
import type { NextReturn } from "./next-return.js";

/** Weight of the newest bar: a mean age of about 200. */
const ALPHA = 1 / 200;
/** Bars before it says anything. */
const WARM_UP = 50;

export class ReturnForecast implements NextReturn {
  private readonly close: Float64Array;
  private readonly last: Float64Array;
  private readonly square: Float64Array;
  private readonly product: Float64Array;
  private readonly bars: Float64Array;

  constructor(instruments: number) {
    this.close = new Float64Array(instruments).fill(Number.NaN);
    this.last = new Float64Array(instruments).fill(Number.NaN);
    this.square = new Float64Array(instruments);
    this.product = new Float64Array(instruments);
    this.bars = new Float64Array(instruments);
  }

  market(batch: EventBatch, start: number, end: number): void {
    if (batch.kind !== "bar") return;
    for (let row = start; row < end; row++) this.add(batch.instrument[row] as number, batch.close[row] as number);
  }

  /** Return of the next bar, fraction; 0 while too little is known. */
  next(i: number): number {
    if ((this.bars[i] as number) < WARM_UP || !((this.square[i] as number) > 0)) return 0;
    return ((this.product[i] as number) / (this.square[i] as number)) * (this.last[i] as number);
  }

  split(i: number, ratio: number): void {
    this.close[i] = (this.close[i] as number) / ratio;
  }

  save(writer: ByteWriter): void {
    writer.f64s(this.close).f64s(this.last).f64s(this.square).f64s(this.product).f64s(this.bars);
  }

  load(reader: ByteReader): void {
    for (const own of [this.close, this.last, this.square, this.product, this.bars]) own.set(reader.f64s());
  }

  private add(i: number, close: number): void {
    if (!(close > 0)) return;
    const now = Math.log(close / (this.close[i] as number));
    const before = this.last[i] as number;
    this.close[i] = close;
    this.last[i] = now;
    if (!Number.isFinite(now) || !Number.isFinite(before)) return;
    this.square[i] = (this.square[i] as number) + ALPHA * (before * before - (this.square[i] as number));
    this.product[i] = (this.product[i] as number) + ALPHA * (before * now - (this.product[i] as number));
    this.bars[i] = (this.bars[i] as number) + 1;
  }
}
