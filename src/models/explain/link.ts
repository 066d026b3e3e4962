// From contributions to a score to contributions to the prediction that is a smooth function of the score.

/**
 * Scales the contributions of one row in place, so that they add up to `g(score) - g(base)` where they added up to `score - base`. For a
 * score that is linear in the features this is their integrated gradient along the straight line from the base (Sundararajan, Taly & Yan
 * 2017, eq. 1; the Aumann-Shapley cost share), and so exact; for other scores it is a definition. `slope`: g' at the base, used where both
 * scores agree within rounding.
 */
export function throughLink(contributions: Float64Array, base: number, score: number, g: (score: number) => number, slope: number): void {
  const difference = score - base;
  const factor = Math.abs(difference) > 1e-9 * Math.max(1, Math.abs(base)) ? (g(score) - g(base)) / difference : slope;
  for (let j = 0; j < contributions.length; j++) contributions[j] = (contributions[j] as number) * factor;
}
