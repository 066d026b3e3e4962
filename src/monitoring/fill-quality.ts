// What market orders cost in a session beside what the model of costs says of the very same trades. It waits with each fill for the bar in
// which it happened, and takes that bar's open for the price that the order found (for one that arrived within the bar, the worse of open and
// close). Assumes bars; fills of other orders are not judged.
import { type Instrument, fromTicks, priceIncrement } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import type { Order, OrderId } from "#domain/order.js";
import type { Fill } from "#domain/venue-event.js";
import type { Split } from "#domain/corporate-action.js";

/** As the experiment states it; units as in the simulated venue's model of costs. */
export interface ModelledCosts {
  readonly feeBps: number;
  readonly halfSpreadBps: number;
  /** Basis points for one whole trailing volume; a fraction q pays impactBps x sqrt(q). */
  readonly impactBps: number;
  readonly latencyUs: number;
}

export interface JudgedFill {
  readonly instrument: number;
  /** Currency of the instrument, fees included; positive is a cost. */
  readonly realised: number;
  readonly modelled: number;
  /** |price - modelled price| / price found, and what that may be. */
  readonly distance: number;
  readonly allowed: number;
}

export interface FillQualityState {
  readonly trailing: readonly (number | null)[];
  readonly pending: readonly { readonly fill: Fill; readonly createdAt: number }[];
  readonly made: readonly (readonly [OrderId, number])[];
}

/** Weight of the newest bar in the trailing volume: as the simulated venue has it. */
const ALPHA = 1 / 20;

export class FillQuality {
  private readonly trailing: Float64Array;
  private pending: { readonly fill: Fill; readonly createdAt: number }[] = [];
  /** Market orders and when they were made, until they are old. */
  private readonly made = new Map<OrderId, number>();

  constructor(
    private readonly instruments: readonly Instrument[],
    private readonly costs: ModelledCosts,
    private readonly room: number,
  ) {
    this.trailing = new Float64Array(instruments.length).fill(Number.NaN);
  }

  ordered(order: Order): void {
    if (order.type === "market") this.made.set(order.id, order.createdAt);
  }

  filled(fill: Fill): void {
    const createdAt = this.made.get(fill.order);
    if (createdAt !== undefined) this.pending.push({ fill, createdAt });
  }

  /** Judges the fills that happened within these bars. */
  bars(batch: BarBatch, start: number, end: number): readonly JudgedFill[] {
    const judged: JudgedFill[] = [];
    for (let row = start; row < end; row++) {
      const i = batch.instrument[row] as number;
      if (this.pending.length > 0) {
        const within = ({ fill }: { readonly fill: Fill }): boolean =>
          fill.instrument === i && fill.at >= (batch.openAt[row] as number) && fill.at < (batch.at[row] as number);
        for (const one of this.pending) if (within(one)) judged.push(this.judge(one.fill, one.createdAt, batch, row));
        this.pending = this.pending.filter((one) => !within(one));
      }
      const volume = batch.volume[row] as number;
      if (Number.isNaN(volume)) continue;
      const before = this.trailing[i] as number;
      this.trailing[i] = Number.isNaN(before) ? volume : before + ALPHA * (volume - before);
    }
    return judged;
  }

  split({ instrument, ratio }: Split): void {
    this.trailing[instrument] = (this.trailing[instrument] as number) * ratio;
  }

  /** Forgets orders made before, and gives back the fills before that moment for which no bar ever came. */
  forget(before: number): readonly Fill[] {
    for (const [id, at] of this.made) if (at < before) this.made.delete(id);
    const old = this.pending.filter(({ fill }) => fill.at < before);
    this.pending = this.pending.filter(({ fill }) => fill.at >= before);
    return old.map(({ fill }) => fill);
  }

  save(): FillQualityState {
    return { trailing: Array.from(this.trailing, (v) => (Number.isNaN(v) ? null : v)), pending: this.pending, made: [...this.made] };
  }

  load({ trailing, pending, made }: FillQualityState): void {
    trailing.forEach((v, i) => {
      this.trailing[i] = v ?? Number.NaN;
    });
    this.pending = [...pending];
    this.made.clear();
    for (const [id, at] of made) this.made.set(id, at);
  }

  private judge(fill: Fill, createdAt: number, batch: BarBatch, row: number): JudgedFill {
    const instrument = this.instruments[fill.instrument] as Instrument;
    const { tickSize, lotSize } = instrument;
    const { feeBps, halfSpreadBps, impactBps, latencyUs } = this.costs;
    const side = Math.sign(fill.lots);
    const units = Math.abs(fill.lots) * lotSize;
    const open = batch.open[row] as number;
    const late = createdAt + latencyUs > (batch.openAt[row] as number);
    const found = late ? side * Math.max(side * open, side * (batch.close[row] as number)) : open;
    const trailing = this.trailing[fill.instrument] as number;
    const volume = Number.isNaN(trailing) ? (batch.volume[row] as number) : trailing;
    const impact = volume > 0 ? (impactBps / 1e4) * Math.sqrt(units / volume) : 0;
    const step = Math.max((found * halfSpreadBps) / 1e4, priceIncrement(found, instrument) / 2) + found * impact;
    // On the grid, rounded against the trader, as venues print.
    const exact = (found + side * step) / tickSize;
    const ticks = side > 0 ? Math.ceil(exact - 1e-9 * Math.max(1, exact)) : Math.floor(exact + 1e-9 * Math.max(1, exact));
    const modelledPrice = ticks * tickSize;
    const price = fromTicks(fill.price, instrument);
    // Within the bar nobody knows the print that it met.
    const range = late ? (batch.high[row] as number) - (batch.low[row] as number) : 0;
    return {
      instrument: fill.instrument,
      realised: side * (price - found) * units + Number(fill.feeMicro) / 1e6,
      modelled: side * (modelledPrice - found) * units + (modelledPrice * units * feeBps) / 1e4,
      distance: Math.abs(price - modelledPrice) / found,
      allowed: this.room + (2 * Math.abs(modelledPrice - found) + range) / found,
    };
  }
}
