// Bars and corporate actions from moves: the way back from `readMarketMoves`. Every name begins with its real first bar; splits keep their
// ratios, dividends their yields, volume its usual traded value. A delisting pays the last price: what it really paid, a name's own past
// may have told.
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Instrument } from "#domain/instrument.js";
import { type BarBatch, createBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import type { MarketMoves, Moves } from "./market-moves.js";

export interface RebuiltMarket {
  /** All rows, ordered by (seenAt, instrument). */
  readonly bars: BarBatch;
  readonly references: readonly ReferenceEvent[];
}

/**
 * Adds to what names do: called before each session but the first, it returns simple returns by name, to accrue between open and close, or
 * null for none. `index` is the total-return index so far, by name and session: 1 at the first close, NaN where there is no bar.
 */
export type AddedReturns = (session: number, index: readonly Float64Array[]) => Float64Array | null;

export function rebuildMarket(
  market: MarketMoves,
  drawn: Moves,
  instruments: readonly Instrument[],
  add: AddedReturns = () => null,
): RebuiltMarket {
  const { names, sessions, present, first, firstBar, level, actions } = market;
  const bars = createBarBatch(present.reduce((sum, one) => sum + one, 0));
  const close = new Float64Array(names).fill(Number.NaN);
  const index = Array.from({ length: names }, () => new Float64Array(sessions.length).fill(Number.NaN));
  const lastIndex = new Float64Array(names).fill(1);
  /** Close before each action, by its cell: what dividends are paid on. */
  const paidOn = new Map<number, number>();
  let row = 0;
  for (let t = 0; t < sessions.length; t++) {
    const added = t === 0 ? null : add(t, index);
    for (let i = 0; i < names; i++) {
      const cell = t * names + i;
      if (present[cell] !== 1) continue;
      bars.instrument[row] = i;
      bars.openAt[row] = (sessions[t] as Session).openAt;
      bars.at[row] = (sessions[t] as Session).closeAt;
      bars.seenAt[row] = market.seenAt[t] as number;
      if (first[i] === t) {
        writePrices(bars, row, firstBar.subarray(5 * i, 5 * i + 4));
        bars.volume[row] = firstBar[5 * i + 4] as number;
      } else {
        const base = close[i] as number;
        const { shares, cash } = actions.get(cell) ?? { shares: 1, cash: 0 };
        if (actions.has(cell)) paidOn.set(cell, base);
        const atOpen = drawn.overnight[cell] as number;
        const atClose = (drawn.move[cell] as number) + (added?.[i] ?? 0);
        const { tickSize: tick, lotSize } = instruments[i] as Instrument;
        const price = (value: number): number => Math.max(tick, onGrid((base * (1 + value - cash)) / shares, tick));
        const [top, bottom] = [Math.max(atOpen, atClose), Math.min(atOpen, atClose)];
        // A bar that fell by half of what is left has fallen far enough.
        const low = bottom - Math.min(drawn.down[cell] as number, (1 + bottom) / 2);
        writePrices(bars, row, [price(atOpen), price(top + (drawn.up[cell] as number)), price(low), price(atClose)]);
        lastIndex[i] = (lastIndex[i] as number) * ((shares * (bars.close[row] as number)) / base + cash);
        const volume = ((level[cell] as number) * (drawn.surprise[cell] as number)) / (bars.close[row] as number);
        bars.volume[row] = onGrid(volume, lotSize);
      }
      close[i] = bars.close[row] as number;
      (index[i] as Float64Array)[t] = lastIndex[i] as number;
      row++;
    }
  }
  return { bars, references: rebuildReferences(market, paidOn) };
}

function writePrices(bars: BarBatch, row: number, [open, high, low, close]: Iterable<number> & ArrayLike<number>): void {
  bars.open[row] = open as number;
  bars.high[row] = high as number;
  bars.low[row] = low as number;
  bars.close[row] = close as number;
}

function onGrid(price: number, tick: number): number {
  return Math.round(price / tick) * tick;
}

function rebuildReferences(
  { names, references, actions, dividendRates, sessions }: MarketMoves,
  paidOn: ReadonlyMap<number, number>,
): ReferenceEvent[] {
  // The bar that took an action lies in its own session, or in the next one of its name.
  const cells = [...actions.keys()].sort((a, b) => a - b);
  const byName = new Map<number, number[]>();
  for (const cell of cells) byName.set(cell % names, [...(byName.get(cell % names) ?? []), cell]);
  return references.flatMap((event, place): ReferenceEvent[] => {
    if (event.kind === "fx" || event.kind === "split") return [event];
    if (event.kind === "delisting") return [{ ...event, finalReturn: 0 }];
    const rate = dividendRates[place] as number;
    if (Number.isNaN(rate)) return [];
    const cell = byName.get(event.instrument)?.find((one) => (sessions[Math.floor(one / names)] as Session).openAt >= event.at);
    const base = cell === undefined ? undefined : paidOn.get(cell);
    return base === undefined ? [] : [{ ...event, amount: rate * base }];
  });
}
