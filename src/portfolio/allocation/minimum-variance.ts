// The long-only portfolio of least variance, and that of most diversification, both within a box.
import { TruewindError } from "#base/errors.js";
import { type Covariance, deviationsOf } from "../covariance/covariance.js";
import { solveProgram } from "../optimization/interior-point.js";
import { meanVariance } from "../optimization/mean-variance.js";
import { ProgramBuilder } from "../optimization/quadratic-program.js";
import { type Constraint, leastSquareForm } from "./quadratic.js";

/** Smallest and largest weight of each name, fractions of what is invested, 0 <= low <= 1/n <= high <= 1 for n names. */
export interface WeightBox {
  readonly low: number;
  readonly high: number;
}

/** Names from which an interior-point method is quicker; it ends within 1e-9 of the optimum instead of at it. */
const MANY = 64;

const WHOLE: WeightBox = { low: 0, high: 1 };

/** Weights with sum 1 of least w'C w within the box: the only one there is; exact for up to 64 names, beyond to 1e-9 of the variance. Throws `bad-usage` on the box or a covariance that is singular. */
export function minimumVariance({ names: n, values }: Covariance, box: WeightBox = WHOLE): Float64Array {
  checkBox(box, n);
  if (isPoint(box, n)) return new Float64Array(n).fill(1 / n);
  const constraints: Constraint[] = [{ normal: new Float64Array(n).fill(1), bound: 1, equal: true }];
  for (let i = 0; i < n; i++) {
    constraints.push({ normal: unit(n, i, 1), bound: box.low });
    if (box.high < 1) constraints.push({ normal: unit(n, i, -1), bound: -box.high });
  }
  const limits = { ...box, budget: { low: 1, high: 1 } };
  const within = (): Float64Array | null => meanVariance({ risk: { names: n, values }, riskAversion: 1, limits }).weights;
  return intoBox(
    firstFound(n, () => leastSquareForm(values, n, constraints), within),
    box,
  );
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
  const within = (): Float64Array | null => ofManyNames(correlation, inverse, box);
  return scaledIntoBox(
    firstFound(n, () => leastSquareForm(correlation, n, constraints), within),
    inverse,
    box,
  );
}

/** By the exact method for few names, by the interior point for many; by the other where rounding defeats the one. */
function firstFound(n: number, exact: () => Float64Array | null, within: () => Float64Array | null): Float64Array {
  const found = n > MANY ? (within() ?? exact()) : (exact() ?? within());
  if (found !== null) return found;
  throw new TruewindError("diverged", "The weights of least risk cannot be told from rounding: widen the box, or use a shrunk covariance.");
}

/** The least z'C z with sum 1 whose y = z x inverse lie in the box of their sum; null where it was not found. */
function ofManyNames(correlation: Float64Array, inverse: Float64Array, { low, high }: WeightBox): Float64Array | null {
  const n = inverse.length;
  const builder = new ProgramBuilder();
  const names = Array.from(inverse, (value) => ({ variable: builder.variable({ low: 0, start: 1 / n, stage: "main" }), value }));
  builder.dense({ first: 0, size: n, values: correlation });
  const sum = builder.variable({ start: 1, stage: "late" });
  builder.row(
    names.map(({ variable }) => ({ variable, value: 1 })),
    { name: "sum", low: 1, high: 1 },
  );
  builder.row([...names, { variable: sum, value: -1 }], { name: "weights", low: 0, high: 0 });
  for (const one of names) {
    const within = { name: "box", stage: "early", low: 0, high: Number.POSITIVE_INFINITY } as const;
    if (low > 0) builder.row([one, { variable: sum, value: -low }], within);
    if (high < 1)
      builder.row(
        [
          { ...one, value: -one.value },
          { variable: sum, value: high },
        ],
        within,
      );
  }
  const { status, x } = solveProgram(builder.program());
  return status === "optimal" ? x.slice(0, n) : null;
}

function scaledIntoBox(z: Float64Array, inverse: Float64Array, box: WeightBox): Float64Array {
  const y = z.map((value, i) => Math.max(0, value) * (inverse[i] as number));
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

/** Nothing but weights within a millionth of equal ones is in the box: what would be searched for is lost in rounding where names are nearly twins. */
function isPoint({ low, high }: WeightBox, n: number): boolean {
  return n * high < 1 + 1e-6 || n * low > 1 - 1e-6;
}

function unit(n: number, i: number, value: number): Float64Array {
  const normal = new Float64Array(n);
  normal[i] = value;
  return normal;
}

/** What rounding has left outside, and of a sum of 1. */
function intoBox(weights: Float64Array, { low, high }: WeightBox): Float64Array {
  const out = weights.map((weight) => Math.min(high, Math.max(low, weight)));
  let lack = 1 - out.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < out.length && Math.abs(lack) > 1e-11; i++) {
    const before = out[i] as number;
    out[i] = Math.min(high, Math.max(low, before + lack));
    lack -= (out[i] as number) - before;
  }
  return out;
}
