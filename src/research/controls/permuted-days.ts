// The market null: whole sessions are dealt out in a new order, to all names at once, and each falls up or down by a coin of its own.
// Moves are first divided by the volatility that their name had on that day; in their new place they get that of the GARCH recursion over
// the null's own past (filtered historical simulation: Barone-Adesi, Giannopoulos & Vosper 1999).
//
// Given the past, every move is then symmetric around one mean that all names share, whatever its volatility, age, price or volume: no
// portfolio has a mean of its own, and no rank is more likely than another. Without the coin this would not be so: what a permutation has
// not yet dealt out is known to sum to the opposite of what it has, and skewed names have medians that differ from their means.
import type { Rng } from "#base/rng.js";
import type { MarketFit } from "./market-fit.js";
import { type Moves, createMoves } from "./market-moves.js";

/** Compounding makes zero-mean returns skewed; a leverage effect of elasticity -1 over about this memory undoes it over weeks (see docs/guide/controls.md). */
const LEVERAGE_MEMORY = 0.985;
const LEVERAGE_LIMIT = 0.6;
/** Moves beyond it are cut: prices stay prices. */
const LARGEST_MOVE = 0.6;

export function permuteDays(fit: MarketFit, rng: Rng): Moves {
  const { moves, mean, market, garch, sigma, highestSigma, donor, drift } = fit;
  const { names, sessions, present, first } = moves;
  const out = createMoves(sessions.length * names);
  const order = placedDays(fit, rng.fork("days"));
  const coin = rng.fork("coin");
  const variance = Float64Array.from(garch, ({ omega, alpha, beta }) => omega / (1 - alpha - beta));
  const leverage = new Float64Array(names);
  for (let t = 1; t < sessions.length; t++) {
    const day = order[t] as number;
    const sign = coin.next() < 0.5 ? -1 : 1;
    for (let i = 0; i < names; i++) {
      const cell = t * names + i;
      if (present[cell] !== 1 || first[i] === t) continue;
      const source = donor[day * names + i] as number;
      if (source < 0) {
        // Too short a history to have a law: it does what all do.
        [out.overnight[cell], out.move[cell], out.up[cell], out.down[cell]] = [0, drift, 0, 0];
        out.surprise[cell] = moves.surprise[cell] as number;
        continue;
      }
      const from = source * names + i;
      const { omega, alpha, beta } = garch[i] as MarketFit["garch"][number];
      const deviation = Math.min(Math.sqrt(variance[i] as number), highestSigma[i] as number);
      const scale = deviation / (sigma[from] as number);
      const shock = sign * scale * ((moves.move[from] as number) - (mean[i] as number));
      const lever = Math.exp(-(leverage[i] as number));
      const value = drift + clip(lever * shock, LARGEST_MOVE);
      out.move[cell] = value;
      out.overnight[cell] = clip(sign * scale * lever * (moves.overnight[from] as number), LARGEST_MOVE);
      out.up[cell] = scale * lever * ((sign > 0 ? moves.up : moves.down)[from] as number);
      out.down[cell] = scale * lever * ((sign > 0 ? moves.down : moves.up)[from] as number);
      out.surprise[cell] = moves.surprise[from] as number;
      const own = shock / (market.sigma[source] as number);
      variance[i] = omega + alpha * own * own + beta * deviation * deviation;
      leverage[i] = clip(LEVERAGE_MEMORY * (leverage[i] as number) + Math.log1p(value), LEVERAGE_LIMIT);
    }
  }
  return out;
}

/** Sessions that a path of the market's volatility takes to forget where it began. */
const FORGETTING = 500;

/**
 * Session whose day each session gets; every day but the first is dealt out once. A new path of the market's volatility is drawn from its
 * GARCH law; the day that was the k-th most restless (by what was known before it) goes where that path is the k-th most restless.
 */
function placedDays({ market: { garch, shocks, sigma }, moves: { sessions } }: MarketFit, rng: Rng): Int32Array {
  const count = sessions.length - 1;
  const { omega, alpha, beta } = garch;
  const path = new Float64Array(count);
  let variance = omega / (1 - alpha - beta);
  for (let k = -FORGETTING; k < count; k++) {
    if (k >= 0) path[k] = variance;
    const shock = shocks[1 + rng.int(count)] as number;
    variance = omega + variance * (alpha * shock * shock + beta);
  }
  const slots = ranked(path);
  const days = ranked(sigma.subarray(1));
  const order = new Int32Array(sessions.length);
  slots.forEach((slot, k) => (order[1 + slot] = 1 + (days[k] as number)));
  return order;
}

function ranked(values: Float64Array): readonly number[] {
  return Array.from(values, (_, k) => k).sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
}

/** 0 to n - 1 in any order alike (Fisher & Yates, as Durstenfeld 1964 has it). */
export function permutation(n: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length: n }, (_, k) => k);
  for (let k = n - 1; k > 0; k--) {
    const j = rng.int(k + 1);
    const kept = order[k] as number;
    order[k] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

function clip(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
