// At most so many names: a problem with corners that no convex solver knows. It is relaxed, narrowed down and polished; how far the result can be
// from the best is told by the relaxed problem, whose objective no choice of names can exceed.
import { meanVariance, type MeanVarianceProblem } from "./mean-variance.js";
import { type OptimizedPortfolio, perName, usage } from "./portfolio-problem.js";

export interface SparsePortfolio extends OptimizedPortfolio {
  /** Objective without the limit on names. The best choice lies between `objective` and this. */
  readonly bound: number;
  readonly names: readonly number[];
}

/** Solutions tried at the end, each with one name replaced. */
const SWAPS = 8;

/** `meanVariance` with at most `most` names other than 0; names that may not be 0 count. Throws `bad-usage`. */
export function sparseMeanVariance(problem: MeanVarianceProblem, most: number): SparsePortfolio {
  const n = problem.risk.names;
  if (!(Number.isInteger(most) && most >= 1)) throw usage(`${most} names: give a whole number above 0.`);
  const low = perName("The least weight", problem.limits.low, n);
  const high = perName("The largest weight", problem.limits.high, n);
  const needed = [...low.keys()].filter((i) => (low[i] as number) > 0 || (high[i] as number) < 0);
  if (needed.length > most) throw usage(`${needed.length} names may not have a weight of 0, and only ${most} may have one.`);
  const relaxed = meanVariance(problem);
  const bound = relaxed.objective;
  const of = (found: OptimizedPortfolio): SparsePortfolio => ({ ...found, bound, names: heldBy(found) });
  if (relaxed.weights === null) return of(relaxed);
  if (heldBy(relaxed).length <= most) return of(relaxed);
  const rank = (weights: Float64Array, among: readonly number[]): number[] =>
    among.filter((i) => !needed.includes(i)).sort((a, b) => Math.abs(weights[b] as number) - Math.abs(weights[a] as number) || a - b);
  // Half of what is too much goes at a time: the rest is weighed anew before more goes.
  let kept = heldBy(relaxed);
  let found = relaxed;
  while (kept.length > most) {
    const count = Math.max(most, Math.ceil((kept.length + most) / 2) - (kept.length - most === 1 ? 1 : 0));
    kept = [...needed, ...rank(found.weights as Float64Array, kept).slice(0, count - needed.length)].sort((a, b) => a - b);
    const next = restricted(problem, kept);
    if (next.weights === null) return of({ ...next, iterations: found.iterations });
    found = next;
  }
  const outside = rank(relaxed.weights, heldBy(relaxed)).filter((i) => !kept.includes(i));
  for (const candidate of outside.slice(0, SWAPS)) {
    const weakest = rank(found.weights as Float64Array, kept).at(-1);
    if (weakest === undefined) break;
    const names = [...kept.filter((i) => i !== weakest), candidate].sort((a, b) => a - b);
    const next = restricted(problem, names);
    if (next.objective > found.objective) [found, kept] = [next, names];
  }
  return of(found);
}

function heldBy({ weights }: OptimizedPortfolio): number[] {
  return weights === null ? [] : [...weights.keys()].filter((i) => weights[i] !== 0);
}

/** With all names but `kept` at 0. */
function restricted(problem: MeanVarianceProblem, kept: readonly number[]): OptimizedPortfolio {
  const n = problem.risk.names;
  const only = (what: string, values: number | ArrayLike<number>): Float64Array => {
    const all = perName(what, values, n);
    const out = new Float64Array(n);
    for (const i of kept) out[i] = all[i] as number;
    return out;
  };
  const { limits } = problem;
  return meanVariance({ ...problem, limits: { ...limits, low: only("low", limits.low), high: only("high", limits.high) } });
}
