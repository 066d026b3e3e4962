// Points and weights that integrate polynomials over [0, 1] exactly.

export interface Quadrature {
  /** Within (0, 1). */
  readonly points: Float64Array;
  /** Positive; they add up to 1. */
  readonly weights: Float64Array;
}

const known = new Map<number, Quadrature>();

/**
 * Gauss and Legendre: exact up to degree 2 `count` - 1. The points are the zeros of the Legendre polynomial, found by Newton's method from
 * cos(pi (i + 3/4) / (count + 1/2)) (Press et al., Numerical Recipes, section 4.6), moved from [-1, 1] to [0, 1].
 */
export function gaussLegendre(count: number): Quadrature {
  const before = known.get(count);
  if (before !== undefined) return before;
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < (count + 1) >> 1; i++) {
    let z = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let p = 1;
      let last = 0;
      for (let n = 1; n <= count; n++) [p, last] = [((2 * n - 1) * z * p - (n - 1) * last) / n, p];
      slope = (count * (z * p - last)) / (z * z - 1);
      const move = p / slope;
      z -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    points[i] = (1 - z) / 2;
    points[count - 1 - i] = (1 + z) / 2;
    weights[i] = weights[count - 1 - i] = 1 / ((1 - z * z) * slope * slope);
  }
  const rule = { points, weights };
  known.set(count, rule);
  return rule;
}
