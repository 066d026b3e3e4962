// Weighted quantiles and Huber's estimate of location: the best constants of the losses that Newton's step does not meet.

/**
 * A minimizer of the pinball loss at level `alpha` in (0, 1): the smallest value behind which at least that part of the weight lies, and
 * halfway to the next one where it is exactly that part. Reorders its inputs; `weights` null: all count alike. Expected time linear in
 * their number (Hoare 1961, Find).
 */
export function weightedQuantile(values: Float64Array, weights: Float64Array | null, alpha: number): number {
  let lo = 0;
  let hi = values.length;
  let total = 0;
  if (weights === null) total = hi;
  else for (let i = 0; i < hi; i++) total += weights[i] as number;
  let target = alpha * total;
  /** Smallest value beyond the part that is still searched. */
  let above = Number.POSITIVE_INFINITY;
  let chance = 1;
  for (;;) {
    chance = (Math.imul(chance, 1664525) + 1013904223) | 0;
    const pivot = values[lo + ((chance >>> 8) % (hi - lo))] as number;
    // [lo, less) below the pivot, [less, at) equal, [greater, hi) above.
    let less = lo;
    let at = lo;
    let greater = hi;
    let below = 0;
    let equal = 0;
    while (at < greater) {
      const value = values[at] as number;
      const w = weights === null ? 1 : (weights[at] as number);
      if (value < pivot) {
        below += w;
        swap(values, weights, less++, at++);
      } else if (value > pivot) swap(values, weights, at, --greater);
      else {
        equal += w;
        at++;
      }
    }
    if (target <= below && less > lo) {
      above = pivot;
      hi = less;
    } else if (target <= below + equal || greater === hi) {
      if (target < below + equal) return pivot;
      let next = above;
      for (let i = greater; i < hi; i++) next = Math.min(next, values[i] as number);
      return Number.isFinite(next) ? pivot + (next - pivot) / 2 : pivot;
    } else {
      target -= below + equal;
      lo = greater;
    }
  }
}

function swap(values: Float64Array, weights: Float64Array | null, i: number, j: number): void {
  const value = values[i] as number;
  values[i] = values[j] as number;
  values[j] = value;
  if (weights === null) return;
  const weight = weights[i] as number;
  weights[i] = weights[j] as number;
  weights[j] = weight;
}

/**
 * The v that minimizes the sum of Huber's losses of `values - v` (Huber 1964): quadratic up to `delta`, linear beyond. Newton's method
 * on a falling, piecewise linear function, kept between bounds.
 */
export function huberLocation(values: Float64Array, weights: Float64Array | null, delta: number): number {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    lo = Math.min(lo, values[i] as number);
    hi = Math.max(hi, values[i] as number);
  }
  let v = lo + (hi - lo) / 2;
  for (let round = 0; round < 100 && hi > lo; round++) {
    let pull = 0;
    let slope = 0;
    for (let i = 0; i < values.length; i++) {
      const w = weights === null ? 1 : (weights[i] as number);
      const r = (values[i] as number) - v;
      if (r > delta) pull += w * delta;
      else if (r < -delta) pull -= w * delta;
      else {
        pull += w * r;
        slope += w;
      }
    }
    if (pull === 0) return v;
    if (pull > 0) lo = v;
    else hi = v;
    const step = v + pull / slope;
    const next = slope > 0 && step > lo && step < hi ? step : lo + (hi - lo) / 2;
    if (next === v || Math.abs(next - v) <= 1e-15 * Math.abs(v)) return next;
    v = next;
  }
  return v;
}
