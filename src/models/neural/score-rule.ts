// How the heads of a net become one score, the expected label: from the first of return, direction that the net has.
import { TruewindError } from "#base/errors.js";
import type { HeadsConfig } from "./heads-schema.js";

/** `score = factor * output + offset`, of one part of one head. */
export interface ScoreRule {
  readonly head: string;
  /** Which of the head's parts. */
  readonly part: number;
  readonly factor: number;
  readonly offset: number;
}

/** A return is the score itself. A probability p of a rise is worth (2p - 1) times the mean absolute training label. */
export function scoreRuleOf(heads: HeadsConfig, labelMagnitude: number): ScoreRule {
  if (heads.return !== null) return { head: "return", part: 0, factor: 1, offset: 0 };
  if (heads.direction !== null) return { head: "direction", part: 0, factor: 2 * labelMagnitude, offset: -labelMagnitude };
  throw new TruewindError("bad-config", "A net needs a head that tells where a price goes: give it the head return or direction.");
}
