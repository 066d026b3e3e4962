// Reaches a standing target step by step: each change of the target is a parent order, and at each timer so much of it may be out as its style says.
// A fold over the engine's events, all of whose state is saved with the engine. It looks at the past alone, and never passes the target or turns back.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import { type Instrument, priceIncrement } from "#domain/instrument.js";
import type { EventBatch } from "#domain/market.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import { firstSessionFrom, type Session, sessionEndingAt } from "#domain/session.js";
import { splitLots } from "#domain/split-law.js";
import type { ExecutionPolicy, Pace } from "#ports/stages.js";
import { boundedSlices } from "./schedule/constrained.js";
import type { NextReturn } from "./schedule/next-return.js";
import { ReturnForecast } from "./schedule/return-forecast.js";
import { shortfallShare, twapShare, vwapShare } from "./schedule/shares.js";
import { VolumeCurve } from "./schedule/volume-curve.js";
import { WeightedMid } from "./schedule/weighted-mid.js";
import { lotsDone } from "./schedule/whole-lots.js";
import type { ExecutionStyle } from "./style.js";

export class PacedExecution implements ExecutionPolicy {
  /** Null where the style does not ask for it. */
  private readonly curve: VolumeCurve | null;
  private readonly forecast: NextReturn | null;
  /** Of the parent orders, per instrument: lots when it began, the target, lots of it let out (signed), step when it began, units traded since. */
  private readonly base: Float64Array;
  private readonly goal: Float64Array;
  private readonly released: Float64Array;
  private readonly start: Float64Array;
  private readonly seen: Float64Array;
  private readonly out: { readonly lots: Float64Array; readonly limits: Float64Array; readonly recall: Uint8Array };
  /** Step of the newest bar: bars come in order, so the next one is near. */
  private newest = 0;

  /** `steps`: the dataset's bars within its sessions, or whole sessions for daily bars; ascending, without overlap. */
  constructor(
    private readonly style: ExecutionStyle,
    private readonly instruments: readonly Instrument[],
    private readonly steps: readonly Session[],
  ) {
    const n = instruments.length;
    const bounded = style.kind !== "pov" && style.participation !== null;
    this.curve = bounded || style.kind === "vwap" ? new VolumeCurve(steps, n) : null;
    const foretold = style.kind === "opportunistic" ? (style.forecast ?? "last-return") : null;
    this.forecast = foretold === null ? null : foretold === "last-return" ? new ReturnForecast(n) : new WeightedMid(n);
    [this.base, this.goal, this.released, this.seen] = [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    this.start = new Float64Array(n).fill(-1);
    this.out = { lots: new Float64Array(n), limits: new Float64Array(n), recall: new Uint8Array(n) };
  }

  market(batch: EventBatch, start: number, end: number): void {
    this.forecast?.market(batch, start, end);
    if (batch.kind !== "bar") return;
    for (let row = start; row < end; row++) {
      const i = batch.instrument[row] as number;
      const step = sessionEndingAt(this.steps, batch.at[row] as number, this.newest);
      if (step < 0) continue;
      this.newest = step;
      const volume = batch.volume[row] as number;
      this.curve?.add(i, step, volume);
      if (volume > 0) this.seen[i] = (this.seen[i] as number) + volume;
    }
  }

  reference(event: Split | Dividend): void {
    if (event.kind === "dividend") return;
    const i = event.instrument;
    for (const lots of [this.base, this.goal, this.released]) lots[i] = splitLots(lots[i] as number, event.ratio).lots;
    this.seen[i] = (this.seen[i] as number) * event.ratio;
    this.curve?.split(i, event.ratio);
    this.forecast?.split(i, event.ratio);
  }

  /** A target that has not changed goes on as it was. */
  target(desired: Float64Array, view: PortfolioView): void {
    const now = this.stepAt(view.asOf);
    for (let i = 0; i < desired.length; i++) {
      if (this.start[i] !== -1 && this.goal[i] === desired[i]) continue;
      this.base[i] = standing(view, i);
      this.goal[i] = desired[i] as number;
      this.released[i] = 0;
      this.start[i] = now;
      this.seen[i] = 0;
    }
  }

  pace(desired: Float64Array, view: PortfolioView, atOnce: boolean): Pace {
    const { lots, limits, recall } = this.out;
    limits.fill(Number.NaN);
    recall.fill(0);
    const now = this.stepAt(view.asOf);
    for (let i = 0; i < desired.length; i++) {
      const [at, wanted] = [standing(view, i), desired[i] as number];
      // A desire that no decision has told of (a delisting, a command) is none of ours to stretch.
      if (atOnce || this.start[i] === -1 || this.goal[i] !== wanted) lots[i] = wanted;
      else {
        const way = this.release(i, now);
        lots[i] = clamp((this.base[i] as number) + way, at, wanted);
      }
    }
    this.place(view, now, atOnce);
    return this.out;
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter(4096).json({ style: this.style, newest: this.newest });
    for (const state of this.state()) writer.f64s(state);
    this.curve?.save(writer);
    this.forecast?.save(writer);
    return writer.finish();
  }

  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    const { style, newest } = reader.json() as { style: ExecutionStyle; newest: number };
    if (JSON.stringify(style) !== JSON.stringify(this.style))
      throw new TruewindError("corrupt-artifact", `The snapshot was made under execution.kind ${style.kind} or other settings of it.`);
    this.newest = newest;
    for (const state of this.state()) state.set(reader.f64s());
    this.curve?.load(reader);
    this.forecast?.load(reader);
  }

  private state(): readonly Float64Array[] {
    return [this.base, this.goal, this.released, this.start, this.seen];
  }

  /** The last step that had ended at the moment; -1 before the first. */
  private stepAt(asOf: number): number {
    const last = firstSessionFrom(this.steps, asOf) - 1;
    return last >= 0 && (this.steps[last] as Session).closeAt > asOf ? last - 1 : last;
  }

  /** Volume of steps `from` to `to` (exclusive), units; NaN where nothing is known. */
  private foretold(i: number, from: number, to: number): number {
    return this.curve?.between(i, from, to) ?? Number.NaN;
  }

  /** Lots of the parent order (signed) that may be out until the next step ends; it never falls. */
  private release(i: number, now: number): number {
    const whole = (this.goal[i] as number) - (this.base[i] as number);
    const before = this.released[i] as number;
    if (whole === 0 || before === whole) return before;
    let free = this.due(i, now, whole);
    const { participation } = this.style;
    if (participation !== null && this.style.kind !== "pov") {
      const expected = this.foretold(i, now + 1, now + 2) / (this.instruments[i] as Instrument).lotSize;
      // Unknown volume binds nothing, as at the venue.
      if (!Number.isNaN(expected)) free = before + clamp(free - before, 0, Math.sign(whole) * Math.floor(participation * expected));
    }
    const next = Math.abs(free) > Math.abs(before) ? free : before;
    this.released[i] = next;
    return next;
  }

  /** Lots of the parent order that its style wants done by the end of the coming step. */
  private due(i: number, now: number, whole: number): number {
    const { style, instruments } = this;
    const first = this.start[i] as number;
    const step = now - first;
    const { lotSize } = instruments[i] as Instrument;
    switch (style.kind) {
      case "twap":
      case "opportunistic":
        return lotsDone(whole, twapShare(step, style.bars));
      case "vwap": {
        if (step + 1 >= style.bars) return whole;
        const [from, end] = [first + 1, first + 1 + style.bars];
        const share = vwapShare({
          seen: this.seen[i] as number,
          expected: this.foretold(i, from, now + 1),
          next: this.foretold(i, now + 1, now + 2),
          later: this.foretold(i, now + 2, end),
        });
        return lotsDone(whole, Number.isNaN(share) ? twapShare(step, style.bars) : share);
      }
      case "pov":
        return lotsDone(whole, Math.floor((style.participation * (this.seen[i] as number)) / lotSize + 1e-9) / Math.abs(whole));
      case "shortfall":
        return style.participation === null
          ? lotsDone(whole, shortfallShare(step, style.bars, style.urgency))
          : this.boundedDue(i, now, whole, style, style.participation);
      default:
        return style satisfies never;
    }
  }

  /** The first slice of what is left, under the caps that the volume curve foretells: solved anew at each step, as the curve may have moved. */
  private boundedDue(i: number, now: number, whole: number, style: { bars: number; urgency: number }, participation: number): number {
    const before = this.released[i] as number;
    const left = style.bars - (now - (this.start[i] as number));
    if (left <= 1) return whole;
    const { lotSize } = this.instruments[i] as Instrument;
    const caps = Array.from({ length: left }, (_, k) => {
      const volume = this.foretold(i, now + 1 + k, now + 2 + k) / lotSize;
      return Number.isNaN(volume) ? Number.POSITIVE_INFINITY : Math.floor(participation * volume);
    });
    const perStep = style.urgency / style.bars;
    const [slice = 0] = boundedSlices({
      units: Math.abs(whole - before),
      caps,
      temporary: caps.map(() => 1),
      risk: 4 * Math.sinh(perStep / 2) ** 2, // 2 (cosh(kappa tau) - 1): eq. 16 with a temporary cost of 1
    });
    return before + Math.sign(whole) * Math.round(slice);
  }

  /** Which orders may rest, and which have rested long enough. */
  private place(view: PortfolioView, now: number, atOnce: boolean): void {
    const { style, forecast } = this;
    if (style.kind !== "opportunistic" || forecast === null) return;
    const { limits, recall } = this.out;
    const resting = new Set(view.working.filter(({ order }) => order.type === "limit").map(({ order }) => order.instrument as number));
    for (let i = 0; i < limits.length; i++) {
      const whole = (this.goal[i] as number) - (this.base[i] as number);
      const step = now - (this.start[i] as number);
      const late = step + 1 >= style.bars ? whole : lotsDone(whole, twapShare(step - 1 - style.patience, style.bars));
      const done = (view.lots[i] as number) - (this.base[i] as number);
      const behind = atOnce || (late - done) * Math.sign(whole) > 0;
      if (behind) recall[i] = resting.has(i) ? 1 : 0;
      else if (forecast.next(i) * Math.sign(whole) < 0) limits[i] = this.limitOf(i, view.price[i] as number, whole > 0);
    }
  }

  /** The last price, on the grid and never beyond it, in ticks. */
  private limitOf(i: number, price: number, buys: boolean): number {
    const instrument = this.instruments[i] as Instrument;
    const grid = priceIncrement(price, instrument) / instrument.tickSize;
    const exact = price / instrument.tickSize / grid;
    const ticks = Math.round((buys ? Math.floor(exact + 1e-6) : Math.ceil(exact - 1e-6)) * grid);
    return ticks >= 1 ? ticks : Number.NaN;
  }
}

/** Lots held and on their way. */
function standing(view: PortfolioView, i: number): number {
  return (view.lots[i] as number) + (view.workingBuys[i] as number) + (view.workingSells[i] as number);
}

/** Between the two ends, whichever is the greater. */
function clamp(value: number, one: number, other: number): number {
  return Math.min(Math.max(value, Math.min(one, other)), Math.max(one, other));
}
