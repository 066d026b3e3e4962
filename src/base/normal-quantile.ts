// The standard normal law: distribution (Marsaglia 2004, equation 3) and quantile.

/** P(Z <= x), absolute error below 1e-15 for |x| <= 7; 0 or 1 beyond, NaN for NaN. */
export function normalDistribution(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -7) return 0;
  if (x > 7) return 1;
  let sum = x;
  let before = 0;
  let term = x;
  for (let i = 3; sum !== before; i += 2) {
    before = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

/** The x with P(Z <= x) = `p`, for p in [1e-9, 1 - 1e-9], by bisection to the last bits. */
export function normalQuantile(p: number): number {
  let [low, high] = [-6.5, 6.5];
  for (let round = 0; round < 80; round++) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
