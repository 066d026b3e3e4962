// Both sides of a book as a tape tells them: levels, or single orders from which levels follow. Used by the exchange, which matches in it, and
// by the view of whoever trades there, who sees it later. Our orders are in neither.
import { Ladder } from "./ladder.js";
import { ASK_LEVEL, BID_LEVEL, BID_ORDER, CLEAR, ORDER_CUT, type Tape } from "./tape.js";

export interface Level {
  readonly ticks: number;
  readonly lots: number;
}

interface MarketOrder {
  readonly ladder: Ladder;
  readonly key: number;
  lots: number;
  readonly row: number;
}

export class Levels {
  readonly bids = new Ladder(1);
  readonly asks = new Ladder(-1);
  private readonly orders = new Map<number, MarketOrder>();

  /** Applies a row that changes a level; others change nothing. */
  apply(tape: Tape, row: number): void {
    const kind = tape.kind[row] as number;
    if (kind === BID_LEVEL) this.setLevel(this.bids, this.asks, tape.ticks[row] as number, tape.lots[row] as number);
    else if (kind === ASK_LEVEL) this.setLevel(this.asks, this.bids, -(tape.ticks[row] as number), tape.lots[row] as number);
    else if (kind >= BID_ORDER && kind <= ORDER_CUT) this.applyOrder(tape, row, NOBODY);
    else if (kind === CLEAR) this.clear();
  }

  /**
   * The new total of a level, by its key; returns the total before. A recording tells levels one by one: a best level that reaches the other
   * side has traded through it, and what stands in its way is not shown until it is told anew.
   */
  setLevel(side: Ladder, other: Ladder, key: number, lots: number): number {
    const before = side.set(key, lots);
    if (lots > 0 && key === side.best && other.best >= -key) other.hideFrom(-key);
    return before;
  }

  /** A row about a single order. Tells `changed` of what a level lost, with the row at which the order had joined it, or gained. */
  applyOrder(tape: Tape, row: number, changed: (ladder: Ladder, key: number, by: number, joinedRow: number) => void): void {
    const kind = tape.kind[row] as number;
    const id = tape.order[row] as number;
    const lots = tape.lots[row] as number;
    const known = this.orders.get(id);
    if (kind === ORDER_CUT) {
      // An order from before the recording: nothing is known of it.
      if (known !== undefined) this.cut(id, known, Math.min(lots, known.lots), changed);
      return;
    }
    const ladder = kind === BID_ORDER ? this.bids : this.asks;
    const key = (tape.ticks[row] as number) * ladder.sign;
    if (known !== undefined) {
      if (known.ladder === ladder && known.key === key && lots <= known.lots) return this.cut(id, known, known.lots - lots, changed);
      this.cut(id, known, known.lots, changed);
    }
    if (lots === 0) return;
    this.orders.set(id, { ladder, key, lots, row });
    ladder.set(key, ladder.at(key) + lots);
    changed(ladder, key, lots, row);
  }

  /** True when bids and asks overlap: before an auction. */
  get isCrossed(): boolean {
    return this.bids.best >= -this.asks.best && this.asks.best > Number.NEGATIVE_INFINITY;
  }

  clear(): void {
    this.bids.clear();
    this.asks.clear();
    this.orders.clear();
  }

  private cut(
    id: number,
    known: MarketOrder,
    by: number,
    changed: (ladder: Ladder, key: number, by: number, joinedRow: number) => void,
  ): void {
    if (by === 0) return;
    const { ladder, key, row } = known;
    known.lots -= by;
    if (known.lots === 0) this.orders.delete(id);
    ladder.set(key, ladder.at(key) - by);
    changed(ladder, key, -by, row);
  }
}

const NOBODY = (): void => undefined;

/** The best levels of a side, best first, at most `most`. */
export function levelsOf(ladder: Ladder, most: number): Level[] {
  const levels: Level[] = [];
  for (let key = ladder.best; key > Number.NEGATIVE_INFINITY && levels.length < most; key = ladder.below(key))
    levels.push({ ticks: key * ladder.sign, lots: ladder.at(key) });
  return levels;
}
