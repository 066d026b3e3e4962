// What the ledger says of one strategy: how many were tried beside it, and what is left of its Sharpe ratio once their luck is taken off.
import type { RecordedTrial } from "#ports/store.js";
import { deflatedSharpe, expectedMaximumSharpe } from "#research/sharpe/expected-maximum.js";
import { sharpeMoments } from "#research/sharpe/moments.js";
import { minimumTrackLength } from "#research/sharpe/probabilistic.js";
import { robustProbabilisticSharpe, robustSharpe } from "#research/sharpe/robust.js";
import { effectiveOf } from "../trials/count-trials.js";
import type { TrialsFound } from "./validation-result.js";

/** Confidence that the shortest telling record is asked for. */
const CONFIDENCE = 0.95;

/**
 * `active`: net returns over the yardstick by session. The deflated ratio is the lower of the one as published and the one with an error that
 * dependence does not deceive. A worthless trial's ratio spreads as those of the trials do, and never less than this one's own error.
 */
export function trialsFound(representatives: readonly RecordedTrial[], active: readonly number[], perYear: number): TrialsFound {
  const { trials, effective } = effectiveOf(representatives);
  const counts = { distinct: trials, effective };
  const moments = sharpeMoments(active);
  const robust = robustSharpe(active);
  if (moments === null || robust === null)
    return { ...counts, sharpe: null, expectedBest: null, probabilistic: null, deflated: null, leastSessions: null };
  const sharpes = representatives
    .filter(({ measure }) => measure === "active return")
    .flatMap(({ outOfSample }) => sharpeMoments(outOfSample)?.sharpe ?? []);
  const variance = Math.max(varianceOf(sharpes), robust.error ** 2);
  const luck = expectedMaximumSharpe(effective, variance);
  const least = minimumTrackLength(moments, 0, CONFIDENCE);
  return {
    ...counts,
    sharpe: moments.sharpe * Math.sqrt(perYear),
    expectedBest: luck * Math.sqrt(perYear),
    probabilistic: robustProbabilisticSharpe(robust, 0),
    deflated: Math.min(deflatedSharpe(moments, effective, variance), robustProbabilisticSharpe(robust, luck)),
    leastSessions: Number.isFinite(least) ? Math.ceil(least) : null,
  };
}

function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
