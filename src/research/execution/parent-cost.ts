// What a simulated parent order would have cost under a model of impact, taken apart. All figures are basis points of its notional at the decision's price;
// positive costs.
import { type Instrument, priceIncrement } from "#domain/instrument.js";
import type { ImpactModel, MarketState } from "#execution/impact/impact-model.js";
import type { SimulatedParent } from "./simulate-parent.js";

export interface ParentCost {
  /** The record's price moved between decision and slices; a limit that was met is in it. */
  readonly timing: number;
  /** Half the spread, of what took. */
  readonly spread: number;
  readonly temporary: number;
  readonly lasting: number;
  /** What was not filled, from decision to the session's end. */
  readonly opportunity: number;
  /** The sum. */
  readonly total: number;
}

export interface CostSettings {
  readonly impact: ImpactModel;
  /** 1 is the literature's prior. */
  readonly scale: number;
  readonly market: MarketState;
  readonly instrument: Instrument;
  /** Basis points of price; never less than half the market's increment. */
  readonly halfSpreadBps: number;
}

export function parentCost(parent: SimulatedParent, { impact, scale, market, instrument, halfSpreadBps }: CostSettings): ParentCost {
  const { lots, decision, end, slices } = parent;
  const side = Math.sign(lots);
  const whole = Math.abs(lots);
  const half = Math.max((decision * halfSpreadBps) / 1e4, priceIncrement(decision, instrument) / 2);
  const cost = { timing: 0, spread: 0, temporary: 0, lasting: 0 };
  let done = 0;
  for (const { lots: slice, price, taker, volume } of slices) {
    const size = Math.abs(slice);
    const units = [done, done + size].map((n) => n * instrument.lotSize) as [number, number];
    const { temporary, lasting } = impact.cost({ from: units[0], to: units[1], stepVolume: volume }, market, scale);
    cost.timing += (side * size * (price - decision)) / decision;
    cost.lasting += size * lasting;
    if (taker) {
      cost.spread += (size * half) / decision;
      cost.temporary += size * temporary;
    }
    done += size;
  }
  const bps = 1e4 / whole;
  const opportunity = ((whole - done) * side * (end - decision)) / decision;
  const total = cost.timing + cost.spread + cost.temporary + cost.lasting + opportunity;
  return {
    timing: bps * cost.timing,
    spread: bps * cost.spread,
    temporary: bps * cost.temporary,
    lasting: bps * cost.lasting,
    opportunity: bps * opportunity,
    total: bps * total,
  };
}

/** What was filled, as a part of the order. */
export function filledShare({ lots, slices }: SimulatedParent): number {
  return slices.reduce((sum, slice) => sum + slice.lots, 0) / lots;
}

/** Mean price of the fills against the market's volume-weighted mean, basis points, positive where worse; no spread or impact in it. NaN without fills. */
export function againstVwap({ lots, slices, vwap }: SimulatedParent): number {
  const filled = slices.reduce((sum, slice) => sum + slice.lots, 0);
  const mean = slices.reduce((sum, slice) => sum + slice.lots * slice.price, 0) / filled;
  return 1e4 * Math.sign(lots) * (mean / vwap - 1);
}
