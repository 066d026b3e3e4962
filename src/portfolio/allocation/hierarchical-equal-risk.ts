// Hierarchical equal risk contribution (Raffinot 2018, "The hierarchical equal risk contribution portfolio"): a few clusters share the risk
// along the tree, names share it within their cluster.
import { TruewindError } from "#base/errors.js";
import type { Covariance } from "../covariance/covariance.js";
import { correlationDistance } from "./correlation-distance.js";
import { groupVariance, inverseVariance } from "./inverse-variance.js";
import { type Merge, leavesOf, linkage } from "./linkage.js";

/**
 * Weights, positive with sum 1. Ward's linkage of `correlationDistance`; at each fork above the clusters weight is shared against the sums of
 * the variances of the clusters on both sides, within a cluster by inverse variance. `clusters`: their number, by default where the
 * within-cluster distance falls off most (Yue, Wang & Wei 2009). As in skfolio, risk is the variance. Throws `bad-usage`.
 */
export function hierarchicalEqualRisk(covariance: Covariance, clusters?: number): Float64Array {
  const n = covariance.names;
  const distance = correlationDistance(covariance);
  const merges = linkage(distance, n, "ward");
  const count = clusters ?? clusterCount(distance, merges, n);
  if (!(Number.isInteger(count) && count >= 1 && count <= n))
    throw new TruewindError("bad-usage", `${count} clusters of ${n} names: give a whole number from 1 to ${n}.`);
  const weights = new Float64Array(n);
  /** Clusters at or below the node: those whose merge is none of the last `count` - 1. */
  const below = (node: number): readonly number[] => {
    if (node <= 2 * n - 1 - count) return [node];
    const { left, right } = merges[node - n] as Merge;
    return [...below(left), ...below(right)];
  };
  const risk = (node: number): number =>
    below(node).reduce((sum, cluster) => sum + groupVariance(covariance, leavesOf(merges, n, cluster)), 0);
  const share = (node: number, weight: number): void => {
    if (node <= 2 * n - 1 - count) {
      const group = leavesOf(merges, n, node);
      const within = inverseVariance(covariance, group);
      for (const i of group) weights[i] = weight * (within[i] as number);
      return;
    }
    const { left, right } = merges[node - n] as Merge;
    const [a, b] = [risk(left), risk(right)];
    share(left, (weight * b) / (a + b));
    share(right, (weight * a) / (a + b));
  };
  share(2 * n - 2, 1);
  return weights;
}

/** The number k of clusters at which W(k - 1) - 2 W(k) + W(k + 1) is largest, W the sum of the mean distances within clusters. */
function clusterCount(distance: Float64Array, merges: readonly Merge[], n: number): number {
  if (n <= 2) return n;
  const most = Math.min(n, Math.max(8, Math.round(Math.sqrt(n))));
  const within = (count: number): number => {
    const parts = new Set<number>([2 * n - 2]);
    for (let node = 2 * n - 2; node > 2 * n - 1 - count; node--) {
      const { left, right } = merges[node - n] as Merge;
      parts.delete(node);
      parts.add(left).add(right);
    }
    return [...parts].reduce((sum, part) => sum + meanDistance(distance, n, leavesOf(merges, n, part)), 0);
  };
  const spread = Array.from({ length: most }, (_, k) => within(k + 1));
  let [best, gap] = [2, Number.NEGATIVE_INFINITY];
  for (let k = 2; k < most; k++) {
    const here = (spread[k] as number) + (spread[k - 2] as number) - 2 * (spread[k - 1] as number);
    if (here > gap) [best, gap] = [k, here];
  }
  return best;
}

function meanDistance(distance: Float64Array, n: number, group: readonly number[]): number {
  let sum = 0;
  group.forEach((i, at) => {
    for (const j of group.slice(at + 1)) sum += distance[i * n + j] as number;
  });
  return group.length < 2 ? 0 : sum / ((group.length * (group.length - 1)) / 2);
}
