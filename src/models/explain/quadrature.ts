// Where and how heavily to look on a line, so that a sum is an integral.

export interface Quadrature {
  /** In (0, 1), rising. */
  readonly nodes: Float64Array;
  /** Adding up to 1. */
  readonly weights: Float64Array;
}

/** Gauss-Legendre on [0, 1]: exact for polynomials of degree 2n - 1. Roots by Newton's method (Press et al. 2007, section 4.6.1). */
export function gaussLegendre(n: number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let round = 0; round < 100; round++) {
      let [before, now] = [1, x];
      for (let degree = 2; degree <= n; degree++) [before, now] = [now, ((2 * degree - 1) * x * now - (degree - 1) * before) / degree];
      slope = (n * (x * now - before)) / (x * x - 1);
      const step = now / slope;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    nodes[i] = (x + 1) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
