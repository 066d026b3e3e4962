// Shrinks each eigenvalue of the sample covariance by its own amount: analytical nonlinear shrinkage (Ledoit & Wolf 2020, Annals of
// Statistics 48(5), equations 4.2 to 4.9 and C.5 to C.7). Better than linear shrinkage where eigenvalues lie far apart, as those of shares do.
import { TruewindError } from "#base/errors.js";
import { type Eigen, symmetricEigen } from "#base/symmetric-eigen.js";
import { type Covariance, outerSum } from "./covariance.js";
import { centeredValues, type ReturnsPanel } from "./panel.js";

/** Sessions below which its asymptotics say nothing: the source's own limit, one session more for the mean. */
const LEAST_SESSIONS = 13;

/** Positive definite, also for more names than sessions. The means take one session from the count. Throws `bad-usage`. */
export function nonlinearShrinkage(panel: ReturnsPanel): Covariance {
  const { sessions, names } = panel;
  if (sessions < LEAST_SESSIONS)
    throw new TruewindError("bad-usage", `There are ${sessions} sessions: nonlinear shrinkage needs at least ${LEAST_SESSIONS}.`);
  const n = sessions - 1;
  const eigen = symmetricEigen(
    outerSum(centeredValues(panel), names, () => 1 / n),
    names,
  );
  const largest = eigen.values[names - 1] as number;
  if (!(largest > 0)) throw new TruewindError("bad-usage", "No name has moved at all: there is no covariance to shrink.");
  return { names, values: rebuilt(eigen, shrunk(eigen.values, n, 1e-14 * largest), names) };
}

/** The new eigenvalues, for `values` ascending. `least` stands in for an eigenvalue that rounding has taken to 0: names that move as one. */
function shrunk(values: Float64Array, n: number, least: number): Float64Array {
  const p = values.length;
  const nulls = Math.max(0, p - n);
  const lambda = values.subarray(nulls).map((value) => Math.max(value, least));
  const h = n ** (-1 / 3);
  const out = new Float64Array(p);
  lambda.forEach((value, i) => {
    const [density, hilbert] = kernels(lambda, value, h);
    out[nulls + i] =
      nulls > 0
        ? value / (Math.PI ** 2 * value ** 2 * (density ** 2 + hilbert ** 2))
        : value / ((Math.PI * (p / n) * value * density) ** 2 + (1 - p / n - Math.PI * (p / n) * value * hilbert) ** 2);
  });
  if (nulls > 0) {
    let inverse = 0;
    for (const value of lambda) inverse += 1 / value / lambda.length;
    const root = Math.sqrt(5) * h;
    const hilbert = (3 / 10 / h ** 2 + (3 / 4 / root) * (1 - 1 / 5 / h ** 2) * Math.log((1 + root) / (1 - root))) / Math.PI;
    out.fill(n / (Math.PI * (p - n) * hilbert * inverse), 0, nulls);
  }
  return out;
}

/** Density of the eigenvalues around `at` by Epanechnikov's kernel, and its Hilbert transform; the width is in proportion to each eigenvalue. */
function kernels(lambda: Float64Array, at: number, h: number): readonly [density: number, hilbert: number] {
  let density = 0;
  let hilbert = 0;
  for (const center of lambda) {
    const width = h * center;
    const x = (at - center) / width;
    density += ((3 / 4 / ROOT) * Math.max(1 - (x * x) / 5, 0)) / width;
    hilbert += hilbertOf(x) / width;
  }
  return [density / lambda.length, hilbert / lambda.length];
}

const ROOT = Math.sqrt(5);

/** Transform of the kernel of width 1: equation 4.8. Far out its parts cancel to all digits, so there it is the sum over the kernel's moments. */
function hilbertOf(x: number): number {
  // At the kernel's end the logarithm is infinite and its factor 0: the product is 0.
  if (Math.abs(x) === ROOT) return ((-3 / 10) * x) / Math.PI;
  if (Math.abs(x) < 8) return ((-3 / 10) * x + (3 / 4 / ROOT) * (1 - (x * x) / 5) * Math.log(Math.abs((ROOT - x) / (ROOT + x)))) / Math.PI;
  let sum = 0;
  let power = 1;
  for (let j = 0; j < 16; j++, power *= 5 / (x * x)) sum += (3 * power) / ((2 * j + 1) * (2 * j + 3));
  return -sum / x / Math.PI;
}

function rebuilt({ vectors }: Eigen, values: Float64Array, names: number): Float64Array {
  return outerSum(vectors, names, (which) => values[which] as number);
}
