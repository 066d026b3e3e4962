// Student's t law: upper tail and quantile. Tails stay exact far out, because trial adjustment asks for very small levels.
import { logGamma } from "./log-gamma.js";

/** P(T > t) for `nu` degrees of freedom (real, > 0). NaN for a NaN `t`. Abramowitz & Stegun 26.7.1 through the incomplete beta. */
export function upperTail(t: number, nu: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  const half = 0.5 * incompleteBeta(nu / (nu + t * t), nu / 2, 0.5);
  return t >= 0 ? half : 1 - half;
}

/** The t that is exceeded with probability `p` in (0, 1); by bisection, to the last bit or so. */
export function quantileAbove(p: number, nu: number): number {
  if (p > 0.5) return -quantileAbove(1 - p, nu);
  let low = 0;
  let high = 1;
  while (upperTail(high, nu) > p) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (upperTail(middle, nu) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Regularised incomplete beta I_x(a, b): continued fraction by Lentz's method (NIST DLMF 8.17.22). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return front * fraction;
}
