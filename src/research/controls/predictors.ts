// What the oracle predictor looks at: lagged moves, sums of them, volatility, volume and the shape of the last bar, standardized across the
// names of a session; and the move that it is to foretell, standardized too.
import { invariant } from "#base/errors.js";
import type { Moves } from "./market-moves.js";

const WINDOWS = [5, 20, 60, 120] as const;
const LAGS = 3;
/** Sessions that must lie before. */
export const LOOK_BACK = WINDOWS[3] + 1;
/** Lags, sums, volatility of 20 and 60 sessions, volume, overnight move, range, place of the close within the bar. */
export const PREDICTORS = LAGS + WINDOWS.length + 6;
/** Standard deviations at which values are cut: the oracle is linear, and one wild bar should not be all it sees. */
const CUT = 3;

/** Returns a function that fills the predictors known before session `t` and its moves, one row a name, and says how many names there are. */
export function createPredictors(
  moves: Moves,
  names: number,
  tradable: Uint8Array,
): (session: number, rows: Float64Array, target: Float64Array) => number {
  const k = PREDICTORS;
  const { sums, squares } = runningSums(moves.move, names);
  const over = (column: Float64Array, t: number, length: number, i: number): number =>
    (column[t * names + i] as number) - (column[(t - length) * names + i] as number);
  return (t, rows, target) => {
    invariant(t >= LOOK_BACK, "the oracle looks back further than the market goes");
    let count = 0;
    for (let i = 0; i < names; i++) {
      const last = (t - 1) * names + i;
      const comes = moves.move[t * names + i] as number;
      if (tradable[i] !== 1 || Number.isNaN(comes) || Number.isNaN(moves.move[last])) continue;
      let at = count * k;
      for (let lag = 1; lag <= LAGS; lag++) rows[at++] = known(moves.move[(t - lag) * names + i]);
      for (const length of WINDOWS) rows[at++] = over(sums, t, length, i);
      rows[at++] = Math.sqrt(Math.max(0, over(squares, t, WINDOWS[1], i)));
      rows[at++] = Math.sqrt(Math.max(0, over(squares, t, WINDOWS[2], i)));
      rows[at++] = Math.log1p(known(moves.surprise[last]));
      rows[at++] = known(moves.overnight[last]);
      const [up, down] = [known(moves.up[last]), known(moves.down[last])];
      rows[at++] = up + down + Math.abs((moves.move[last] as number) - known(moves.overnight[last]));
      rows[at++] = up - down;
      target[count++] = comes;
    }
    for (let j = 0; j < k; j++) standardize(rows, j, k, count);
    standardize(target, 0, 1, count);
    return count;
  };
}

const known = (value: number | undefined): number => (value === undefined || Number.isNaN(value) ? 0 : value);

/** `[session][name]`: of the sessions before it. */
function runningSums(move: Float64Array, names: number): { readonly sums: Float64Array; readonly squares: Float64Array } {
  const sums = new Float64Array(move.length + names);
  const squares = new Float64Array(move.length + names);
  for (let cell = 0; cell < move.length; cell++) {
    const value = known(move[cell]);
    sums[cell + names] = (sums[cell] as number) + value;
    squares[cell + names] = (squares[cell] as number) + value * value;
  }
  return { sums, squares };
}

function standardize(values: Float64Array, column: number, stride: number, count: number): void {
  let [sum, square] = [0, 0];
  for (let r = 0; r < count; r++) sum += values[r * stride + column] as number;
  const centre = sum / count;
  for (let r = 0; r < count; r++) square += ((values[r * stride + column] as number) - centre) ** 2;
  const deviation = Math.sqrt(square / count);
  for (let r = 0; r < count; r++) {
    const z = deviation > 1e-12 ? ((values[r * stride + column] as number) - centre) / deviation : 0;
    values[r * stride + column] = Math.max(-CUT, Math.min(CUT, z));
  }
}
