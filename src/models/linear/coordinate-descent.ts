// Elastic net by coordinate descent on cross products (Friedman, Hastie & Tibshirani 2010, section 2.2), stopped by the duality gap.

export interface ElasticNetProblem {
  /** Symmetric and whole, `[k][k]`; a feature whose diagonal entry is 0 gets no weight. */
  readonly gram: Float64Array;
  readonly xy: Float64Array;
  readonly yy: number;
  /** Above 0. */
  readonly l1: number;
  readonly l2: number;
  /** No weight below 0. */
  readonly positive: boolean;
}

/** Both of the largest step to the largest weight, and of the gap to `yy`. */
const TOLERANCE = 1e-10;
const SETTLED = 1e-14;
/** A gap that will do where the sweeps end before `TOLERANCE`. */
const GOOD_ENOUGH = 1e-6;
const MOST_SWEEPS = 20_000;

/**
 * Moves `weights` to the minimum of w'Gw / 2 - q'w + l1 |w|_1 + l2 |w|^2 / 2 from where they stand. False when the gap is still large after
 * many sweeps: the penalty is too weak for features that are nearly copies.
 */
export function descend(problem: ElasticNetProblem, weights: Float64Array): boolean {
  const { gram, xy, yy, l1, l2, positive } = problem;
  const k = weights.length;
  const gradient = xy.slice(); // q - Gw
  for (let j = 0; j < k; j++) if (weights[j] !== 0) shift(gradient, gram, j, -(weights[j] as number));
  let gap = Number.POSITIVE_INFINITY;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let largest = 0;
    let moved = 0;
    for (let j = 0; j < k; j++) {
      const curve = gram[j * k + j] as number;
      if (!(curve > 0)) continue;
      const old = weights[j] as number;
      const pull = (gradient[j] as number) + curve * old;
      const size = positive ? pull - l1 : Math.abs(pull) - l1;
      const next = size <= 0 ? 0 : (positive ? size : Math.sign(pull) * size) / (curve + l2);
      if (next !== old) {
        weights[j] = next;
        shift(gradient, gram, j, old - next);
        moved = Math.max(moved, Math.abs(next - old));
      }
      largest = Math.max(largest, Math.abs(next));
    }
    const still = moved <= TOLERANCE * largest;
    if (!still && sweep % 50 !== 49) continue;
    gap = dualityGap(problem, weights, gradient);
    // Copies may go on trading weight for long after the objective has settled.
    if (gap <= (still ? TOLERANCE : SETTLED) * yy || moved === 0) return true;
  }
  return gap <= GOOD_ENOUGH * yy;
}

function shift(gradient: Float64Array, gram: Float64Array, j: number, by: number): void {
  const k = gradient.length;
  for (let i = 0, at = j * k; i < k; i++, at++) gradient[i] = (gradient[i] as number) + by * (gram[at] as number);
}

/** An upper bound of how far the objective is above its minimum. `gradient`: q - Gw. */
function dualityGap({ xy, yy, l1, l2, positive }: ElasticNetProblem, weights: Float64Array, gradient: Float64Array): number {
  let square = 0;
  let size = 0;
  let fit = 0;
  let slope = 0; // w'(q - Gw)
  let dual = 0;
  for (let j = 0; j < weights.length; j++) {
    const w = weights[j] as number;
    square += w * w;
    size += Math.abs(w);
    fit += w * (xy[j] as number);
    slope += w * (gradient[j] as number);
    const left = (gradient[j] as number) - l2 * w;
    dual = Math.max(dual, positive ? left : Math.abs(left));
  }
  const residual = yy - fit - slope;
  const scale = dual > l1 ? l1 / dual : 1;
  return (residual * (1 + scale * scale)) / 2 + l1 * size - scale * (yy - fit) + (l2 * (1 + scale * scale) * square) / 2;
}
