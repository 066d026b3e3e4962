// Sums of returns and of their squares per block and strategy, and of every subset of one half of the blocks: what any split of the record
// needs is then the sum of two rows.
import { invariant } from "#base/errors.js";

/** One half of the blocks: row `subset` (a bit per block) times strategies. */
interface Half {
  readonly blocks: number;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly sessions: Float64Array;
}

export interface BlockSums {
  readonly blocks: number;
  readonly strategies: number;
  /** Mean of each strategy over the whole record; sums are of what is above it, so that squares do not cancel. */
  readonly centre: Float64Array;
  readonly low: Half;
  readonly high: Half;
}

/** `series[strategy]` has a return per session, none NaN, all of one length. Blocks follow one another and differ by one session at most. */
export function blockSums(series: readonly ArrayLike<number>[], blocks: number): BlockSums {
  const strategies = series.length;
  const sessions = series[0]?.length ?? 0;
  const centre = new Float64Array(strategies);
  const sums = new Float64Array(blocks * strategies);
  const squares = new Float64Array(blocks * strategies);
  const bounds = Array.from({ length: blocks + 1 }, (_, b) => Math.floor((b * sessions) / blocks));
  series.forEach((returns, s) => {
    invariant(returns.length === sessions, "the series of an overfitting test differ in length");
    let total = 0;
    for (let t = 0; t < sessions; t++) total += returns[t] as number;
    const middle = total / sessions;
    invariant(Number.isFinite(middle), "a return of an overfitting test is not a number");
    centre[s] = middle;
    for (let b = 0; b < blocks; b++) {
      let [sum, square] = [0, 0];
      const end = bounds[b + 1] as number;
      for (let t = bounds[b] as number; t < end; t++) {
        const d = (returns[t] as number) - middle;
        sum += d;
        square += d * d;
      }
      sums[b * strategies + s] = sum;
      squares[b * strategies + s] = square;
    }
  });
  const half = (from: number, to: number): Half => {
    const count = to - from;
    const rows = 1 << count;
    const out = {
      blocks: count,
      sums: new Float64Array(rows * strategies),
      squares: new Float64Array(rows * strategies),
      sessions: new Float64Array(rows),
    };
    for (let subset = 1; subset < rows; subset++) {
      const lowest = 31 - Math.clz32(subset & -subset);
      const before = (subset & (subset - 1)) * strategies;
      const block = (from + lowest) * strategies;
      const row = subset * strategies;
      for (let s = 0; s < strategies; s++) {
        out.sums[row + s] = (out.sums[before + s] as number) + (sums[block + s] as number);
        out.squares[row + s] = (out.squares[before + s] as number) + (squares[block + s] as number);
      }
      const length = (bounds[from + lowest + 1] as number) - (bounds[from + lowest] as number);
      out.sessions[subset] = (out.sessions[subset & (subset - 1)] as number) + length;
    }
    return out;
  };
  return { blocks, strategies, centre, low: half(0, blocks >> 1), high: half(blocks >> 1, blocks) };
}

/** Mean of each strategy over the blocks of `subset`, or with `sharpe` mean over deviation (divisor n - 1; 0 where nothing varies), into `out`. */
export function performanceOf(of: BlockSums, subset: number, sharpe: boolean, out: Float64Array): void {
  const { strategies, centre, low, high } = of;
  const [below, above] = [subset & ((1 << low.blocks) - 1), subset >> low.blocks];
  const n = (low.sessions[below] as number) + (high.sessions[above] as number);
  const [a, b] = [below * strategies, above * strategies];
  for (let s = 0; s < strategies; s++) {
    const sum = (low.sums[a + s] as number) + (high.sums[b + s] as number);
    const middle = (centre[s] as number) + sum / n;
    if (!sharpe) {
      out[s] = middle;
      continue;
    }
    const square = (low.squares[a + s] as number) + (high.squares[b + s] as number);
    const variance = (square - (sum * sum) / n) / (n - 1);
    out[s] = variance > 1e-28 ? middle / Math.sqrt(variance) : 0;
  }
}
