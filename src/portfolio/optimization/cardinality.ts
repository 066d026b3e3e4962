// Mean-variance with at most so many names, or with weights that are worth holding.
import { discreteWeights, type SparsePortfolio } from "./discrete-weights.js";
import { meanVariance, type MeanVarianceProblem } from "./mean-variance.js";

/**
 * `meanVariance` with at most `most` names other than 0 (null: any number), none of them with a size below `floor` unless it stays as it is held;
 * names that may not be 0 count. Throws `bad-usage`.
 */
export function sparseMeanVariance(problem: MeanVarianceProblem, most: number | null, floor = 0): SparsePortfolio {
  const { risk, held, limits } = problem;
  return discreteWeights((within) => meanVariance({ ...problem, limits: within }), { most, floor, names: risk.names, held, limits });
}
