// Hierarchical risk parity (Lopez de Prado 2016, "Building diversified portfolios that outperform out of sample"): like names side by side,
// then weight is halved again and again by the variances of the halves. Inverts no matrix, so a singular covariance will do.
import type { Covariance } from "../covariance/covariance.js";
import { correlationDistance } from "./correlation-distance.js";
import { groupVariance } from "./inverse-variance.js";
import { leavesOf, linkage } from "./linkage.js";

/**
 * Weights, positive with sum 1. As in the source: names are columns of `correlationDistance`, compared by the Euclidean distance of these
 * columns, joined by single linkage; leaves in the order of the tree, the older cluster first. Depends on nothing but the order of heights, so
 * names that are exactly as far from each other are told apart by their order.
 */
export function hierarchicalRiskParity(covariance: Covariance): Float64Array {
  const n = covariance.names;
  const merges = linkage(columnDistances(correlationDistance(covariance), n), n, "single");
  const weights = new Float64Array(n).fill(1);
  const split = (group: readonly number[]): void => {
    if (group.length < 2) return;
    const half = group.length >> 1;
    const [left, right] = [group.slice(0, half), group.slice(half)];
    const [a, b] = [groupVariance(covariance, left), groupVariance(covariance, right)];
    for (const i of left) weights[i] = ((weights[i] as number) * b) / (a + b);
    for (const i of right) weights[i] = ((weights[i] as number) * a) / (a + b);
    split(left);
    split(right);
  };
  split(leavesOf(merges, n, 2 * n - 2));
  return weights;
}

function columnDistances(d: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += ((d[k * n + i] as number) - (d[k * n + j] as number)) ** 2;
      out[i * n + j] = Math.sqrt(sum);
      out[j * n + i] = Math.sqrt(sum);
    }
  }
  return out;
}
