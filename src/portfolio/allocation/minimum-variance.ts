// The long-only portfolio of least variance, and that of most diversification, both within a box.
import { TruewindError } from "#base/errors.js";
import { type Covariance, deviationsOf } from "../covariance/covariance.js";
import { type Constraint, leastSquareForm } from "./quadratic.js";

/** Smallest and largest weight of each name, fractions of what is invested, 0 <= low <= 1/n <= high <= 1 for n names. */
export interface WeightBox {
  readonly low: number;
  readonly high: number;
}

const WHOLE: WeightBox = { low: 0, high: 1 };

/** Weights with sum 1 of least w'C w within the box: exact, and the only one. Throws `bad-usage` on the box or a covariance that is singular. */
export function minimumVariance({ names: n, values }: Covariance, box: WeightBox = WHOLE): Float64Array {
  checkBox(box, n);
  if (isPoint(box, n)) return new Float64Array(n).fill(1 / n);
  const constraints: Constraint[] = [{ normal: new Float64Array(n).fill(1), bound: 1, equal: true }];
  for (let i = 0; i < n; i++) {
    constraints.push({ normal: unit(n, i, 1), bound: box.low });
    if (box.high < 1) constraints.push({ normal: unit(n, i, -1), bound: -box.high });
  }
  return intoBox(leastSquareForm(values, n, constraints), box);
}

/**
 * Weights with sum 1 of the largest w's / sqrt(w'C w) within the box, s the deviations (Choueifaty & Coignard 2008): solved as the least y'C y
 * with y's = 1, scaled. Throws as `minimumVariance`.
 */
export function maximumDiversification(covariance: Covariance, box: WeightBox = WHOLE): Float64Array {
  const { names: n, values } = covariance;
  checkBox(box, n);
  if (isPoint(box, n)) return new Float64Array(n).fill(1 / n);
  const deviation = deviationsOf(covariance);
  // In units of deviations z = s y all constraints are of size 1, whatever the scale of the returns.
  const correlation = values.map((value, at) => value / (deviation[Math.floor(at / n)] as number) / (deviation[at % n] as number));
  let mean = 0;
  for (const one of deviation) mean += one / n;
  const inverse = deviation.map((one) => mean / one);
  const constraints: Constraint[] = [{ normal: new Float64Array(n).fill(1), bound: 1, equal: true }];
  for (let i = 0; i < n; i++) {
    constraints.push({ normal: inverse.map((one, j) => (j === i ? one : 0) - box.low * one), bound: 0 });
    if (box.high < 1) constraints.push({ normal: inverse.map((one, j) => box.high * one - (j === i ? one : 0)), bound: 0 });
  }
  const y = leastSquareForm(correlation, n, constraints).map((z, i) => Math.max(0, z) * (inverse[i] as number));
  let sum = 0;
  for (const value of y) sum += value;
  return intoBox(
    y.map((value) => value / sum),
    box,
  );
}

function checkBox({ low, high }: WeightBox, n: number): void {
  if (!(low >= 0 && low <= high && high <= 1 && low * n <= 1 + 1e-12 && high * n >= 1 - 1e-12))
    throw new TruewindError("bad-usage", `Weights from ${low} to ${high} of ${n} names cannot have a sum of 1: widen the box.`);
}

/** Nothing but equal weights is in the box: what would be searched for is below rounding. */
function isPoint({ low, high }: WeightBox, n: number): boolean {
  return n * high < 1 + 1e-9 || n * low > 1 - 1e-9;
}

function unit(n: number, i: number, value: number): Float64Array {
  const normal = new Float64Array(n);
  normal[i] = value;
  return normal;
}

/** What rounding has left outside. */
function intoBox(weights: Float64Array, { low, high }: WeightBox): Float64Array {
  return weights.map((weight) => Math.min(high, Math.max(low, weight)));
}
