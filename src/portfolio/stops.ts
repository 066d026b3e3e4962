// Ends positions that have gone wrong or stayed too long, whatever the portfolio wants: a stop is a target of 0 at a decision, not an order that
// rests at a venue, so between two decisions a price may run through it.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { EventBatch } from "#domain/market.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { MarketMemory, PortfolioBuilder } from "#ports/stages.js";
import { AverageTrueRange } from "#domain/true-range.js";
import { joinMemories } from "./builder-memory.js";

export interface StopOptions {
  /** Loss since the purchase, fraction of its price; null: none. */
  readonly fixed: number | null;
  /** Loss since the best close, fraction of that. */
  readonly trailing: number | null;
  /** Loss since the purchase, in average true ranges; none while that is not known. */
  readonly atr: number | null;
  readonly atrBars: number;
  /** Bars. */
  readonly time: number | null;
  /** Decisions after a stop at which the name is not held. */
  readonly pause: number;
  /** Most of equity that a name may lose down to its nearest stop; caps its weight. */
  readonly lossPerName: number | null;
}

/** Prices are closes, in the instrument's currency on the basis of today's shares; the purchase counts from the decision that wanted it. */
export function withStops(builder: PortfolioBuilder, options: StopOptions, instruments: number): PortfolioBuilder {
  const positions = new PositionMemory(instruments, options.atrBars);
  return {
    memory: joinMemories(builder.memory === undefined ? [positions] : [builder.memory, positions]),
    ...(builder.answers === undefined ? {} : { answers: builder.answers }),
    build(signals, frame, view, within) {
      const target = builder.build(signals, frame, view, within);
      const weights = Float64Array.from(target.weights);
      for (let i = 0; i < frame.instruments; i++) {
        positions.look(i, view, within === undefined);
        if (frame.fresh[i] === 0) continue; // no price to act on
        if (positions.paused(i)) weights[i] = 0;
        else if (positions.isStopped(i, options)) {
          weights[i] = 0;
          positions.pause(i, options.pause);
        } else weights[i] = capped(weights[i] as number, positions.distance(i, view, options), options.lossPerName);
        positions.want(i, weights[i] as number, view);
      }
      return { ...target, weights };
    },
  };
}

/** So that `distance`, the fall to the stop, costs at most `loss` of equity. */
function capped(weight: number, distance: number, loss: number | null): number {
  if (loss === null || Number.isNaN(weight) || !(distance > 0)) return weight;
  return Math.sign(weight) * Math.min(Math.abs(weight), loss / distance);
}

/** Columns of one row per instrument; NaN where there is no position. */
const [SIDE, ENTRY, BEST, AGE, PAUSE, CLOSE] = [0, 1, 2, 3, 4, 5] as const;
const COLUMNS = 6;

/** When and at what price positions began, how far they have gone, and the usual range of a bar. */
class PositionMemory implements MarketMemory {
  private readonly values: Float64Array;
  private readonly ranges: AverageTrueRange;

  constructor(instruments: number, atrBars: number) {
    this.ranges = new AverageTrueRange(instruments, atrBars);
    this.values = new Float64Array(instruments * COLUMNS);
    for (let i = 0; i < instruments; i++) this.set(i, CLOSE, Number.NaN);
  }

  market(batch: EventBatch, start: number, end: number): void {
    this.ranges.market(batch, start, end);
    if (batch.kind !== "bar") return;
    for (let row = start; row < end; row++) {
      const i = batch.instrument[row] as number;
      const close = batch.close[row] as number;
      if (!(close > 0)) continue;
      this.set(i, CLOSE, close);
      const side = this.get(i, SIDE);
      if (side === 0) continue;
      this.set(i, AGE, this.get(i, AGE) + 1);
      if (side * (close - this.get(i, BEST)) > 0) this.set(i, BEST, close);
    }
  }

  reference(event: Split | Dividend): void {
    if (event.kind === "dividend") return;
    this.ranges.split(event.instrument, event.ratio);
    for (const column of [ENTRY, BEST, CLOSE]) this.set(event.instrument, column, this.get(event.instrument, column) / event.ratio);
  }

  /** Before a decision, or between two: whether what was wanted has come, and whether what was held is still there. */
  look(i: number, view: PortfolioView, decides: boolean): void {
    const side = Math.sign(view.lots[i] as number);
    if (side !== this.get(i, SIDE)) this.begin(i, side, view.price[i] as number);
    if (decides && this.get(i, PAUSE) > 0) this.set(i, PAUSE, this.get(i, PAUSE) - 1);
  }

  /** After a decision: a position that it opens counts from here. */
  want(i: number, weight: number, view: PortfolioView): void {
    const side = Math.sign(weight);
    if (view.lots[i] === 0 && (side === 1 || side === -1)) this.begin(i, side, view.price[i] as number);
  }

  private begin(i: number, side: number, price: number): void {
    this.set(i, SIDE, side);
    this.set(i, ENTRY, price);
    this.set(i, BEST, price);
    this.set(i, AGE, 0);
  }

  paused(i: number): boolean {
    return this.get(i, PAUSE) > 0;
  }

  pause(i: number, decisions: number): void {
    this.set(i, PAUSE, decisions + 1);
  }

  isStopped(i: number, { fixed, trailing, atr, time }: StopOptions): boolean {
    const side = this.get(i, SIDE);
    if (side === 0) return false;
    const [entry, best, close] = [this.get(i, ENTRY), this.get(i, BEST), this.get(i, CLOSE)];
    return (
      (fixed !== null && side * (entry - close) >= fixed * entry) ||
      (trailing !== null && side * (best - close) >= trailing * best) ||
      (atr !== null && side * (entry - close) >= atr * this.ranges.at(i)) ||
      (time !== null && this.get(i, AGE) >= time)
    );
  }

  /** Fall from the price now to the nearest stop of a position that begins now, fraction; Infinity without such a stop. */
  distance(i: number, view: PortfolioView, { fixed, trailing, atr }: StopOptions): number {
    const range = atr === null ? Number.NaN : (atr * this.ranges.at(i)) / (view.price[i] as number);
    return [fixed ?? Number.NaN, trailing ?? Number.NaN, range].reduce(
      (least, one) => (one > 0 ? Math.min(least, one) : least),
      Number.POSITIVE_INFINITY,
    );
  }

  private get(i: number, column: number): number {
    return this.values[i * COLUMNS + column] as number;
  }

  private set(i: number, column: number, value: number): void {
    this.values[i * COLUMNS + column] = value;
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter(16 * this.values.length + 64).f64s(this.values);
    this.ranges.save(writer);
    return writer.finish();
  }

  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    const values = reader.f64s();
    if (values.length !== this.values.length)
      throw new TruewindError("corrupt-artifact", "The snapshot holds the positions of other instruments.");
    this.values.set(values);
    this.ranges.load(reader);
  }
}
