// What a part of the record says: the active return within it, with its band, and whether two parts differ.
import { mean } from "#research/metrics/long-run-variance.js";
import { quantileAbove, upperTail } from "#base/student-t.js";
import { studentise } from "#research/metrics/studentise.js";
import type { Regime } from "./regimes.js";

export interface PartOfRecord {
  readonly name: string;
  readonly sessions: number;
  /** Annual mean of the active return, and its 90 % band; null with fewer than two sessions or when it does not vary. */
  readonly activeReturn: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** `active` per session of the whole record, no NaN. Sessions of a part that do not follow one another are taken as if they did. */
export function measurePart(part: Regime, active: readonly number[], perYear: number): PartOfRecord {
  const own = part.sessions.map((t) => active[t] as number);
  const centre = mean(own);
  const { error, degrees } = studentise(
    centre,
    own.map((value) => value - centre),
  );
  const reach = error > 1e-15 ? error * quantileAbove(0.05, degrees) : null;
  return {
    name: part.name,
    sessions: own.length,
    activeReturn: centre * perYear,
    low: reach === null ? null : (centre - reach) * perYear,
    high: reach === null ? null : (centre + reach) * perYear,
  };
}

/**
 * Two-sided p-value of "the mean active return is the same in both parts" (Welch's statistic with long-run variances of each part and the
 * smaller of their degrees of freedom); null when either cannot be measured.
 */
export function differencePValue(a: Regime, b: Regime, active: readonly number[]): number | null {
  const [first, second] = [a, b].map(({ sessions }) => {
    const own = sessions.map((t) => active[t] as number);
    const centre = mean(own);
    return {
      centre,
      ...studentise(
        centre,
        own.map((value) => value - centre),
      ),
    };
  });
  if (first === undefined || second === undefined || !(first.error > 1e-15) || !(second.error > 1e-15)) return null;
  const statistic = Math.abs(first.centre - second.centre) / Math.hypot(first.error, second.error);
  return Math.min(1, 2 * upperTail(statistic, Math.min(first.degrees, second.degrees)));
}
