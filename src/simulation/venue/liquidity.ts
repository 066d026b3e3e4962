// How much may be traded within a bar: bounded by a share of the volume seen BEFORE it, and by what it really printed.
import type { BarBatch } from "#domain/market.js";
import type { CostModel } from "./costs.js";

/** Weight of the newest bar in the trailing volume: a mean age of about 20 bars. */
const ALPHA = 1 / 20;

export interface LiquidityState {
  readonly trailing: readonly (number | null)[];
  readonly barAt: readonly number[];
  readonly used: readonly number[];
}

export class Liquidity {
  /** Exponentially weighted units per bar, of complete bars only; NaN before the first. */
  private readonly trailing: Float64Array;
  /** End of the bar that `used` belongs to. */
  private readonly barAt: Float64Array;
  /** Units filled within that bar; of what is displayed, since the last complete bar. */
  private readonly used: Float64Array;

  constructor(
    instruments: number,
    private readonly costs: CostModel,
  ) {
    this.trailing = new Float64Array(instruments).fill(Number.NaN);
    this.barAt = new Float64Array(instruments);
    this.used = new Float64Array(instruments);
  }

  /** Units that may still be filled within the row's bar; infinite when no volume was ever reported. */
  left(batch: BarBatch, row: number): number {
    const i = batch.instrument[row] as number;
    const printed = batch.volume[row] as number;
    const trailing = this.trailing[i] as number;
    const used = this.barAt[i] === batch.at[row] ? (this.used[i] as number) : 0;
    const { participation } = this.costs;
    if (Number.isNaN(printed)) return Number.isNaN(trailing) ? Number.POSITIVE_INFINITY : Math.max(0, participation * trailing - used);
    return Math.max(0, Math.min(participation * (Number.isNaN(trailing) ? printed : trailing), printed) - used);
  }

  take(batch: BarBatch, row: number, units: number): void {
    const i = batch.instrument[row] as number;
    const at = batch.at[row] as number;
    this.used[i] = this.barAt[i] === at ? (this.used[i] as number) + units : units;
    this.barAt[i] = at;
  }

  /** Units that may still be taken of what is displayed, until the next bar of the instrument is complete; infinite before volume was reported. */
  room(i: number): number {
    const trailing = this.trailing[i] as number;
    return Number.isNaN(trailing) ? Number.POSITIVE_INFINITY : Math.max(0, this.costs.participation * trailing - (this.used[i] as number));
  }

  takeDisplayed(i: number, units: number): void {
    this.used[i] = (this.used[i] as number) + units;
  }

  /** Impact of trading so many units, as a fraction of price. */
  impact(batch: BarBatch, row: number, units: number): number {
    const trailing = this.trailing[batch.instrument[row] as number] as number;
    const volume = Number.isNaN(trailing) ? (batch.volume[row] as number) : trailing;
    return volume > 0 ? (this.costs.impactBps / 1e4) * Math.sqrt(units / volume) : 0;
  }

  /** The bar is complete: its volume becomes part of the past. */
  learn(batch: BarBatch, start: number, end: number): void {
    const { trailing } = this;
    for (let row = start; row < end; row++) {
      const volume = batch.volume[row] as number;
      const i = batch.instrument[row] as number;
      this.used[i] = 0;
      if (Number.isNaN(volume)) continue;
      const before = trailing[i] as number;
      trailing[i] = Number.isNaN(before) ? volume : before + ALPHA * (volume - before);
    }
  }

  split(instrument: number, ratio: number): void {
    this.trailing[instrument] = (this.trailing[instrument] as number) * ratio;
    this.used[instrument] = (this.used[instrument] as number) * ratio;
  }

  save(): LiquidityState {
    return { trailing: Array.from(this.trailing, (v) => (Number.isNaN(v) ? null : v)), barAt: [...this.barAt], used: [...this.used] };
  }

  load(state: LiquidityState): void {
    state.trailing.forEach((v, i) => {
      this.trailing[i] = v ?? Number.NaN;
    });
    this.barAt.set(state.barAt);
    this.used.set(state.used);
  }
}
