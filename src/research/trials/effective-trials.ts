// Trials that resemble each other are not as many chances as their number says: groups of like ones, and how many independent trials all are
// worth. The idea of counting clusters is Lopez de Prado & Lewis (2019, "Detection of false investment strategies using unsupervised learning
// methods"). They count a cluster as one, which lets a large cluster of not quite equal trials pass as a single chance; here a cluster counts for
// the upper bound of `worthOfAlike`, and clusters are added up (Boole), so that the number errs upwards only. It assumes that the test
// statistics are nearly normal and as correlated as the series are.
import { sidakLevel } from "#research/verdict/adjust-for-trials.js";
import { worthOfAlike } from "./alike.js";
import { type ComparableSeries, correlationsOf } from "./correlations.js";
import { averageLinkage } from "./linkage.js";

/** Mean correlation from which on trials are called alike. Declared, never fitted. */
export const ALIKE = 0.8;
/** Of more trials than these the newest are compared, and the others count fully: the work grows with the square. */
const MOST_COMPARED = 2000;

export interface EffectiveTrials {
  /** As many as were given. */
  readonly trials: number;
  readonly clusters: number;
  /** Per trial its cluster, from 0, in the order of their first members. */
  readonly clusterOf: Int32Array;
  /** From `clusters` to `trials`. */
  readonly effective: number;
  /** Trials that count fully because there is nothing to compare. */
  readonly withoutSeries: number;
  /** A check, and no bound: (sum of eigenvalues)^2 / sum of their squares of the correlations, plus those without a series. */
  readonly participation: number;
}

/** `series`: in the order of recording, null where a trial has none. `level`: that all trials share, in (0, 0.5). */
export function effectiveTrials(series: readonly (ComparableSeries | null)[], level: number): EffectiveTrials {
  const trials = series.length;
  const withSeries = series.flatMap((one, i) => (one === null ? [] : [i]));
  const compared = withSeries.slice(-MOST_COMPARED);
  const { count, value, least } = correlationsOf(compared.map((i) => series[i] as ComparableSeries));
  const height = (rho: number): number => Math.sqrt(Math.max(0, (1 - rho) / 2));
  const merges = averageLinkage(value.map(height), count);
  const each = sidakLevel(level, Math.max(1, trials));
  // Bottom up: a group is worth what its bound says or what its parts are worth together, whichever is less; both are upper bounds.
  const members: number[][] = Array.from({ length: count }, (_, i) => [i]);
  const worth: number[] = Array<number>(count).fill(1);
  const lowest: number[] = Array<number>(count).fill(1);
  const roots = new Set(members.keys());
  for (const { left, right, height: at } of merges) {
    const [ours, theirs] = [members[left] as number[], members[right] as number[]];
    const alike = at <= height(ALIKE) && roots.has(left) && roots.has(right);
    let low = Math.min(lowest[left] as number, lowest[right] as number);
    if (alike) for (const a of ours) for (const b of theirs) low = Math.min(low, least[a * count + b] as number);
    const apart = (worth[left] as number) + (worth[right] as number);
    const joined = [...ours, ...theirs];
    members.push(joined);
    lowest.push(low);
    worth.push(alike ? Math.min(apart, worthOfAlike(joined.length, low, each)) : apart);
    if (!alike) continue;
    roots.delete(left);
    roots.delete(right);
    roots.add(members.length - 1);
  }
  const clusterOf = new Int32Array(trials).fill(-1);
  for (const root of roots) for (const i of members[root] as number[]) clusterOf[compared[i] as number] = root;
  const apart = trials - count;
  return {
    trials,
    clusters: roots.size + apart,
    clusterOf: numbered(clusterOf),
    effective:
      Math.max(
        roots.size,
        [...roots].reduce((sum, root) => sum + (worth[root] as number), 0),
      ) + apart,
    withoutSeries: trials - withSeries.length,
    participation: count === 0 ? apart : count ** 2 / value.reduce((sum, rho) => sum + rho * rho, 0) + apart,
  };
}

/** From 0 by first member; what has no cluster (-1) gets one of its own. */
function numbered(of: Int32Array): Int32Array {
  const seen = new Map<number, number>();
  let next = 0;
  return of.map((root) => {
    if (root < 0) return next++;
    const known = seen.get(root);
    if (known !== undefined) return known;
    seen.set(root, next);
    return next++;
  });
}
