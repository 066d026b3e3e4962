// The cross-sectional null: on every day, what the names did is dealt out among them anew. Given the past, the moves of a day are then
// exchangeable: no name can be expected to do better than another. The market as a whole keeps its days in their order, so that this null
// says nothing about timing the market.
import type { Rng } from "#base/rng.js";
import type { MarketFit } from "./market-fit.js";
import { type Moves, createMoves } from "./market-moves.js";
import { permutation } from "./permuted-days.js";

/** Names that may not be held (indices, funds kept for comparison) keep their own moves. */
export function permuteNames({ moves, tradable }: MarketFit, rng: Rng): Moves {
  const { names, sessions } = moves;
  const out = createMoves(sessions.length * names);
  const stream = rng.fork("names");
  for (let t = 0; t < sessions.length; t++) {
    const dealt: number[] = [];
    for (let i = 0; i < names; i++) {
      if (Number.isNaN(moves.move[t * names + i])) continue;
      if (tradable[i] === 1) dealt.push(i);
      else copy(moves, out, t * names + i, t * names + i);
    }
    const order = permutation(dealt.length, stream);
    dealt.forEach((name, k) => copy(moves, out, t * names + (dealt[order[k] as number] as number), t * names + name));
  }
  return out;
}

function copy(from: Moves, to: Moves, source: number, target: number): void {
  to.overnight[target] = from.overnight[source] as number;
  to.move[target] = from.move[source] as number;
  to.up[target] = from.up[source] as number;
  to.down[target] = from.down[source] as number;
  to.surprise[target] = from.surprise[source] as number;
}
