// Nulls that are often used and keep a part of what a pipeline may find: shown beside the evidence, never a part of it.
// Each name's mean is replaced by that of all, as in the market null.
import type { Rng } from "#base/rng.js";
import type { MarketFit } from "./market-fit.js";
import { type Moves, createMoves } from "./market-moves.js";
import { permutation } from "./permuted-days.js";

/** Sessions of a block: a month. */
const BLOCK = 20;
const LARGEST_MOVE = 0.6;

/** Blocks of sessions in a new order, for all names at once. */
export function shuffleBlocks(fit: MarketFit, rng: Rng): Moves {
  const count = fit.moves.sessions.length - 1;
  const blocks = Math.ceil(count / BLOCK);
  const order = permutation(blocks, rng.fork("blocks"));
  const days: number[] = [];
  for (const block of order) for (let day = block * BLOCK; day < Math.min(count, (block + 1) * BLOCK); day++) days.push(1 + day);
  return transplant(fit, days, () => 1);
}

/** Sessions in their places; all moves of a block turned round by one coin. */
export function flipSigns(fit: MarketFit, rng: Rng): Moves {
  const count = fit.moves.sessions.length - 1;
  const coin = rng.fork("coin");
  const signs = Array.from({ length: Math.ceil(count / BLOCK) }, () => (coin.next() < 0.5 ? -1 : 1));
  const days = Array.from({ length: count }, (_, k) => 1 + k);
  return transplant(fit, days, (k) => signs[Math.floor(k / BLOCK)] as number);
}

function transplant({ moves, mean, drift, donor }: MarketFit, days: readonly number[], sign: (place: number) => number): Moves {
  const { names, present, first } = moves;
  const out = createMoves(moves.sessions.length * names);
  days.forEach((day, k) => {
    const s = sign(k);
    for (let i = 0; i < names; i++) {
      const cell = (k + 1) * names + i;
      if (present[cell] !== 1 || first[i] === k + 1) continue;
      const source = donor[day * names + i] as number;
      const from = (source < 0 ? k + 1 : source) * names + i;
      out.overnight[cell] = s * (moves.overnight[from] as number);
      out.move[cell] = clip(s * ((moves.move[from] as number) - (mean[i] as number)) + drift);
      out.up[cell] = (s > 0 ? moves.up : moves.down)[from] as number;
      out.down[cell] = (s > 0 ? moves.down : moves.up)[from] as number;
      out.surprise[cell] = moves.surprise[from] as number;
    }
  });
  return out;
}

/**
 * Fourier phases turned by random angles, the same for all names (Theiler et al. 1992; Prichard & Theiler 1994): spectra and cross-spectra
 * stay. Turning phases is a circular convolution with one all-pass kernel, and is done as such: the number of sessions is no power of two.
 * A name stands still where it has no bar.
 */
export function randomizePhases({ moves, mean, drift }: MarketFit, rng: Rng): Moves {
  const { names, present, first } = moves;
  const count = moves.sessions.length - 1;
  const out = createMoves(moves.sessions.length * names);
  const kernel = allPass(count, rng.fork("phases"));
  const series = new Float64Array(2 * count);
  const filtered = (column: Float64Array, i: number, centre: number): Float64Array => {
    for (let k = 0; k < count; k++) {
      const value = (column[(k + 1) * names + i] as number) - centre;
      series[k] = Number.isNaN(value) ? 0 : value;
    }
    series.copyWithin(count, 0, count);
    // y(k) = sum over n of h(n) x(k - n), x being periodic: its second copy saves the remainder.
    return Float64Array.from({ length: count }, (_, k) => {
      let sum = 0;
      for (let n = 0, at = k + count; n < count; n++, at--) sum += (kernel[n] as number) * (series[at] as number);
      return sum;
    });
  };
  for (let i = 0; i < names; i++) {
    if (first[i] === -1) continue;
    const whole = filtered(moves.move, i, mean[i] as number);
    const overnight = filtered(moves.overnight, i, 0);
    for (let k = 0; k < count; k++) {
      const cell = (k + 1) * names + i;
      if (present[cell] !== 1 || first[i] === k + 1) continue;
      out.move[cell] = clip((whole[k] as number) + drift);
      out.overnight[cell] = clip(overnight[k] as number);
      out.up[cell] = moves.up[cell] as number;
      out.down[cell] = moves.down[cell] as number;
      out.surprise[cell] = moves.surprise[cell] as number;
    }
  }
  return out;
}

function allPass(n: number, rng: Rng): Float64Array {
  const half = Math.floor((n - 1) / 2);
  const angles = Float64Array.from({ length: half }, () => 2 * Math.PI * rng.next());
  const [cosines, sines] = [angles.map(Math.cos), angles.map(Math.sin)];
  const around = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const across = Float64Array.from({ length: n }, (_, k) => Math.sin((2 * Math.PI * k) / n));
  return Float64Array.from({ length: n }, (_, at) => {
    let sum = 1;
    for (let f = 1, turn = at; f <= half; f++, turn = (turn + at) % n) {
      sum += 2 * ((around[turn] as number) * (cosines[f - 1] as number) - (across[turn] as number) * (sines[f - 1] as number));
    }
    if (n % 2 === 0) sum += at % 2 === 0 ? 1 : -1;
    return sum / n;
  });
}

function clip(value: number): number {
  return Math.max(-LARGEST_MOVE, Math.min(LARGEST_MOVE, value));
}
