// The best of all trials against what luck alone would show: the deflated Sharpe ratio fed by a whole ledger.
import { deflatedSharpe, expectedMaximumSharpe } from "#research/sharpe/expected-maximum.js";
import { type SharpeMoments, sharpeMoments } from "#research/sharpe/moments.js";
import { minimumTrackLength } from "#research/sharpe/probabilistic.js";
import { robustProbabilisticSharpe, robustSharpe } from "#research/sharpe/robust.js";

/** Sharpe ratios are per session. */
export interface BestOfTrials {
  /** Place of the best among those given. */
  readonly index: number;
  readonly sharpe: number;
  readonly sessions: number;
  /** Its own, by trial; null where a series does not vary. */
  readonly sharpes: readonly (number | null)[];
  /** Standard deviation of a worthless trial's ratio: of the trials, and never less than the best one's own error. */
  readonly spread: number;
  /** What the best of so many worthless trials is expected to show. */
  readonly luck: number;
  /** Deflated Sharpe ratio as published: probability that the true ratio is above `luck`, if sessions were independent. */
  readonly deflated: number;
  /** The same with an error that dependence does not deceive: the one to go by. */
  readonly deflatedRobust: number;
  /** Sessions after which a record such as the best one's would be above `luck` with 95 %; Infinity when it is not. */
  readonly minimumTrack: number;
}

/**
 * `returns[trial]`: net returns over the yardstick by session. `effective`: independent trials that all are worth, those without returns
 * included. The trials' spread alone would let a search of two like ones pass undeflated, hence its floor. Null when nothing varies.
 */
export function bestOfTrials(returns: readonly ArrayLike<number>[], effective: number): BestOfTrials | null {
  const all = returns.map(sharpeMoments);
  const sharpes = all.map((moments) => moments?.sharpe ?? null);
  const index = sharpes.reduce<number>(
    (best, value, i) => (value !== null && value > (sharpes[best] ?? Number.NEGATIVE_INFINITY) ? i : best),
    0,
  );
  const best = all[index] as SharpeMoments | null | undefined;
  const robust = robustSharpe(returns[index] ?? []);
  if (best === null || best === undefined || robust === null) return null;
  const known = sharpes.filter((value) => value !== null);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.length < 2 ? 0 : known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1);
  const spread = Math.max(Math.sqrt(variance), robust.error);
  const luck = expectedMaximumSharpe(effective, spread ** 2);
  return {
    index,
    sharpe: best.sharpe,
    sessions: best.sessions,
    sharpes,
    spread,
    luck,
    deflated: deflatedSharpe(best, effective, spread ** 2),
    deflatedRobust: robustProbabilisticSharpe(robust, luck),
    minimumTrack: minimumTrackLength(best, luck, 0.95),
  };
}
