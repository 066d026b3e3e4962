// What a portfolio would lose if some prices moved and all others followed as they used to: the expected returns of the positions given those of
// the shocked factors, linear in them (Kupiec 1998, "Stress testing in a value at risk framework", Journal of Derivatives 6(1); means are taken as zero). What is estimated in
// calm sessions may be other than what holds in a storm: that is the assumption to doubt.
import { cholesky, solveFactored } from "#base/cholesky.js";
import type { StressLoss } from "./historical-stress.js";

/**
 * Slopes of each asset on all factors at once, by least squares with a constant: `betas[asset][factor]`. Series of returns per session, fractions, of
 * one length, all known. Null where the factors do not move apart: fewer sessions than two more than factors, or one a mix of others.
 */
export function factorBetas(series: readonly Float64Array[], factors: readonly Float64Array[]): readonly Float64Array[] | null {
  const k = factors.length;
  const rows = factors[0]?.length ?? 0;
  if (rows < k + 2) return null;
  const centered = factors.map((factor) => {
    const mean = factor.reduce((sum, r) => sum + r, 0) / rows;
    return factor.map((r) => r - mean);
  });
  // In units of each factor's own deviation, so that the test of independence does not depend on their sizes.
  const scale = centered.map((factor) => Math.sqrt(dot(factor, factor)));
  // What rounding leaves of one that stands still is no movement.
  if (factors.some((factor, j) => !((scale[j] as number) > 1e-12 * Math.sqrt(dot(factor, factor))))) return null;
  const gram = Float64Array.from(
    { length: k * k },
    (_, at) =>
      dot(centered[Math.floor(at / k)] as Float64Array, centered[at % k] as Float64Array) /
      (scale[Math.floor(at / k)] as number) /
      (scale[at % k] as number),
  );
  const factored = cholesky(gram, k);
  // A pivot is the share of a factor's variance that the others leave: below a millionth the slopes are noise.
  if (factored === null || centered.some((_, j) => (factored[j * k + j] as number) ** 2 < 1e-6)) return null;
  return series.map((asset) => {
    const along = Float64Array.from(centered, (factor, j) => dot(factor, asset) / (scale[j] as number));
    return solveFactored(factored, k, along).map((beta, j) => beta / (scale[j] as number));
  });
}

/** `shocks`: returns of the factors, fractions. No asset loses more than all of its price. */
export function shockLoss(betas: readonly Float64Array[], shocks: Float64Array, weights: Float64Array): StressLoss {
  const positions = weights.map((weight, i) => -weight * Math.max(-1, dot(betas[i] as Float64Array, shocks)));
  return { loss: positions.reduce((sum, loss) => sum + loss, 0), positions };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
