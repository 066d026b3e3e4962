// What the nulls are drawn from: the moves of a market with each name's mean and volatility known. A name that has no bar in some session
// borrows, for that session, the day of its own on which the market did most nearly the same: whole sessions can then be dealt to all names
// at once, whatever their histories.
import { conditionalVariance, fitGarch, type Garch } from "#base/garch.js";
import { type MarketMoves, sharedDoubles } from "./market-moves.js";

export interface MarketFit {
  readonly moves: MarketMoves;
  /** 1 where the name may be a member of the universe: cross-sectional nulls deal out their moves alone. */
  readonly tradable: Uint8Array;
  /** Mean move of each name, and of all names and sessions together. */
  readonly mean: Float64Array;
  readonly drift: number;
  /** Of the mean move of all names, and its standard deviation in each session given those before it. */
  readonly market: { readonly garch: Garch; readonly shocks: Float64Array; readonly sigma: Float64Array };
  /** Of each name's move over the market's deviation: what is restless about the name itself. */
  readonly garch: readonly Garch[];
  /** Standard deviation of that given what came before, `[session][name]`; NaN where there is no move. */
  readonly sigma: Float64Array;
  /** Highest of them by name: no null is more restless than the name ever was. */
  readonly highestSigma: Float64Array;
  /** Session whose day the name gives for a session, `[session][name]`: itself where it has a move there, -1 where it has none at all. */
  readonly donor: Int32Array;
}

/** A name with fewer moves has no law of its own: it stands still in the nulls. */
const FEWEST_MOVES = 20;

/** `onName` may throw to stop. */
export function fitMarket(moves: MarketMoves, tradable: Uint8Array, onName: (done: number) => void = () => undefined): MarketFit {
  const { names, move, sessions } = moves;
  const cells = sessions.length * names;
  const mean = sharedDoubles(names);
  const sigma = sharedDoubles(cells).fill(Number.NaN);
  const highestSigma = sharedDoubles(names);
  const market = fitMean(moves, tradable);
  const own: number[][] = [];
  const garch: Garch[] = [];
  let total = 0;
  let count = 0;
  for (let i = 0; i < names; i++) {
    const at = sessionsWithMoves(moves, i);
    const values = Float64Array.from(at, (t) => move[t * names + i] as number);
    const sum = values.reduce((a, b) => a + b, 0);
    if (tradable[i] === 1) [total, count] = [total + sum, count + values.length];
    const centre = values.length === 0 ? 0 : sum / values.length;
    mean[i] = centre;
    const centred = values.map((value, k) => (value - centre) / (market.sigma[at[k] as number] as number));
    const fitted = fitGarch(centred);
    conditionalVariance(fitted, centred).forEach((variance, k) => {
      const deviation = Math.sqrt(variance);
      sigma[(at[k] as number) * names + i] = deviation;
      if (deviation > (highestSigma[i] as number)) highestSigma[i] = deviation;
    });
    garch.push(fitted);
    own.push(at.length >= FEWEST_MOVES && (highestSigma[i] as number) > 0 ? at : []);
    onName(i + 1);
  }
  const drift = count === 0 ? 0 : total / count;
  return { moves, tradable, mean, drift, market, garch, sigma, highestSigma, donor: donorsOf(moves, own, market.shocks) };
}

/** Session 0 has no move: it stands still. */
function fitMean({ names, move, sessions }: MarketMoves, tradable: Uint8Array): MarketFit["market"] {
  const series = Float64Array.from(sessions.slice(1), (_, k) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < names; i++) {
      const value = move[(k + 1) * names + i] as number;
      if (tradable[i] === 1 && !Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
    }
    return count === 0 ? 0 : sum / count;
  });
  const centre = series.reduce((a, b) => a + b, 0) / Math.max(1, series.length);
  const centred = series.map((value) => value - centre);
  const garch = fitGarch(centred);
  const sigma = sharedDoubles(sessions.length).fill(1);
  conditionalVariance(garch, centred).forEach((variance, k) => (sigma[k + 1] = Math.sqrt(variance) || 1));
  const shocks = sharedDoubles(sessions.length);
  centred.forEach((value, k) => (shocks[k + 1] = value / (sigma[k + 1] as number)));
  return { garch, shocks, sigma };
}

function sessionsWithMoves({ names, move, sessions }: MarketMoves, name: number): number[] {
  const at: number[] = [];
  for (let t = 0; t < sessions.length; t++) if (!Number.isNaN(move[t * names + name])) at.push(t);
  return at;
}

function donorsOf({ names, sessions }: MarketMoves, own: readonly number[][], market: Float64Array): Int32Array {
  const donor = new Int32Array(new SharedArrayBuffer(4 * sessions.length * names)).fill(-1);
  own.forEach((at, i) => {
    if (at.length === 0) return;
    for (const t of at) donor[t * names + i] = t;
    if (at.length === sessions.length) return;
    const ordered = [...at].sort((a, b) => (market[a] as number) - (market[b] as number) || a - b);
    for (let t = 0; t < sessions.length; t++) {
      if (donor[t * names + i] === -1) donor[t * names + i] = nearest(ordered, market, market[t] as number);
    }
  });
  return donor;
}

function nearest(ordered: readonly number[], market: Float64Array, value: number): number {
  let [low, high] = [0, ordered.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((market[ordered[middle] as number] as number) < value) low = middle + 1;
    else high = middle;
  }
  const above = ordered[low] as number;
  const below = ordered[Math.max(0, low - 1)] as number;
  return Math.abs((market[below] as number) - value) < Math.abs((market[above] as number) - value) ? below : above;
}
