// One null market of a kind, from a seed.
import type { Rng } from "#base/rng.js";
import { flipSigns, randomizePhases, shuffleBlocks } from "./diagnostic-nulls.js";
import type { MarketFit } from "./market-fit.js";
import type { Moves } from "./market-moves.js";
import type { NullKind } from "./null-kind.js";
import { permuteDays } from "./permuted-days.js";
import { permuteNames } from "./permuted-names.js";

const DRAW: Readonly<Record<NullKind, (fit: MarketFit, rng: Rng) => Moves>> = {
  market: permuteDays,
  names: permuteNames,
  phases: randomizePhases,
  blocks: shuffleBlocks,
  signs: flipSigns,
};

export function drawNull(kind: NullKind, fit: MarketFit, rng: Rng): Moves {
  return DRAW[kind](fit, rng);
}
