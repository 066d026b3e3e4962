// Features of several timeframes from one stream: one columnar plan for the bars of the run and one for each longer bar, whose
// columns stand side by side in one frame. A longer bar counts from the moment at which it is complete. Those of all instruments that
// ended before a bar's moment are completed first, so that they are of one moment and looking at frames changes nothing; and a fact waits
// for the next moment, so that it counts towards the longer bar in which it became known, whoever else trades.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { Fact } from "#domain/fact.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { BarBatch, EventBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { FeaturePlan } from "#ports/stages.js";
import type { ColumnarPlan } from "./plan.js";
import type { Resampler } from "./resampler.js";

export interface Track {
  readonly resampler: Resampler;
  readonly plan: ColumnarPlan;
  /** Columns of the whole frame, in the order of the track's own. */
  readonly columns: readonly number[];
}

const EVER = Number.NEGATIVE_INFINITY as Micros;

export class TimeframePlan implements FeaturePlan {
  private values = new Float64Array(0);
  /** End of the bars that came last. */
  private moment = Number.NaN;
  /** Facts that the longer bars have not been told yet, in their order. */
  private waiting: Fact[] = [];

  constructor(
    readonly features: readonly string[],
    private readonly base: ColumnarPlan,
    private readonly baseColumns: readonly number[],
    private readonly tracks: readonly Track[],
  ) {}

  advance(batch: EventBatch, start: number, end: number): void {
    this.base.advance(batch, start, end);
    if (batch.kind === "bar") this.advanceBars(batch, start, end);
    else for (const { plan } of this.tracks) plan.advance(batch, start, end);
  }

  private advanceBars(batch: BarBatch, start: number, end: number): void {
    for (let from = start, to = start; from < end; from = to) {
      const moment = batch.at[from] as number;
      while (to < end && batch.at[to] === moment) to++;
      if (moment !== this.moment) {
        this.tell(moment);
        this.close(moment - 1);
      }
      for (const { resampler, plan } of this.tracks) {
        for (let row = from; row < to; row++) resampler.add(batch, row, (bar) => plan.advance(bar, 0, 1));
      }
      this.moment = moment;
    }
  }

  reference(event: Split | Dividend | Fact): void {
    this.base.reference(event);
    if (event.kind === "fact") this.waiting.push(event);
    if (event.kind !== "split") return;
    // Bars and facts before the split are of the old basis; they have all come.
    this.tell(Number.POSITIVE_INFINITY);
    this.close(event.at);
    for (const { resampler, plan } of this.tracks) {
      resampler.split(event.instrument, event.ratio);
      plan.reference(event);
    }
  }

  /** Tells the facts known by `now`, each after the longer bars that ended before it became known. */
  private tell(now: number): void {
    let told = 0;
    for (let fact = this.waiting[0]; fact !== undefined && fact.seenAt <= now; fact = this.waiting[++told]) {
      this.close(fact.seenAt - 1);
      for (const { plan } of this.tracks) plan.reference(fact);
    }
    if (told > 0) this.waiting = this.waiting.slice(told);
  }

  frame(asOf: Micros, since: Micros): FeatureFrame {
    const frame = this.base.frame(asOf, since);
    const width = this.features.length;
    if (this.values.length !== frame.instruments * width) this.values = new Float64Array(frame.instruments * width);
    this.put(frame, this.baseColumns);
    this.tell(asOf);
    this.close(asOf);
    for (const { plan, columns } of this.tracks) this.put(plan.frame(asOf, EVER), columns);
    return { ...frame, features: this.features, values: this.values };
  }

  /** What ended by now is complete, whether or not a later bar has said so. */
  private close(now: number): void {
    for (const { resampler, plan } of this.tracks) resampler.flush(now, (bar: BarBatch) => plan.advance(bar, 0, 1));
  }

  private put({ values, instruments }: FeatureFrame, columns: readonly number[]): void {
    const width = this.features.length;
    for (let i = 0; i < instruments; i++) {
      for (let c = 0; c < columns.length; c++) {
        this.values[i * width + (columns[c] as number)] = values[i * columns.length + c] as number;
      }
    }
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter().bytes(this.base.snapshot()).f64(this.moment).json(this.waiting);
    for (const { resampler, plan } of this.tracks) {
      const { state } = resampler;
      writer.bytes(new Uint8Array(state.buffer, state.byteOffset, state.byteLength)).bytes(plan.snapshot());
    }
    return writer.finish();
  }

  /** Throws `corrupt-artifact` when the snapshot was made by a plan with other features or options. */
  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    this.base.restore(reader.bytes());
    this.moment = reader.f64();
    this.waiting = JSON.parse(reader.text()) as Fact[];
    for (const { resampler, plan } of this.tracks) {
      const { state } = resampler;
      new Uint8Array(state.buffer, state.byteOffset, state.byteLength).set(reader.bytes());
      plan.restore(reader.bytes());
    }
  }
}
