// Scenarios drawn from a multivariate normal law or Student's t with a given mean and covariance (Glasserman 2004, sections 2.3.3 and 9.3.1).
import { TruewindError } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import { pathsOrThrow } from "./filtered-historical.js";
import { degreesOrThrow } from "./parametric.js";
import type { Scenarios } from "./scenarios.js";
import { horizonOrThrow, knownOrThrow } from "./tail-risk.js";

export interface JointLaw {
  /** Per session, fractions, one per asset. */
  readonly mean: Float64Array;
  /** Per session, row by row, symmetric and positive semidefinite; of returns themselves, not of a scale. */
  readonly covariance: Float64Array;
  /** Degrees of freedom of Student's t, above 2; normal when left out. All assets share one mixing variable, so that their tails meet. */
  readonly degrees?: number;
}

export interface DrawOptions {
  /** Sessions ahead, 1 by default. Sessions are independent; each asset's returns are compounded, and none loses more than all in a session. */
  readonly horizon?: number;
  /** 10,000 by default. The error of a quantile falls with the root of this number. */
  readonly paths?: number;
  readonly rng: Rng;
}

/** Throws `bad-usage` for sizes that do not fit, values that are not finite, a covariance that is none, and options out of range. */
export function drawScenarios(law: JointLaw, { horizon = 1, paths = 10_000, rng }: DrawOptions): Scenarios {
  const assets = law.mean.length;
  horizonOrThrow({ level: 0.5, horizon });
  pathsOrThrow(paths);
  knownOrThrow(law.mean, 1, "means");
  if (law.degrees !== undefined) degreesOrThrow(law.degrees);
  const root = factorOrThrow(law.covariance, assets);
  const values = new Float64Array(paths * assets);
  const shock = new Float64Array(assets);
  for (let path = 0; path < paths; path++) {
    const wealth = values.subarray(path * assets, (path + 1) * assets).fill(1);
    for (let t = 0; t < horizon; t++) {
      for (let i = 0; i < assets; i++) shock[i] = rng.normal();
      // (nu - 2) / chi2 has mean 1: the covariance stays the given one.
      const mixing = law.degrees === undefined ? 1 : Math.sqrt((law.degrees - 2) / chiSquare(law.degrees, rng));
      for (let i = 0; i < assets; i++) {
        let sum = 0;
        for (let j = 0; j <= i; j++) sum += (root[i * assets + j] as number) * (shock[j] as number);
        wealth[i] = (wealth[i] as number) * (1 + Math.max(-1, (law.mean[i] as number) + mixing * sum));
      }
    }
    for (let i = 0; i < assets; i++) wealth[i] = (wealth[i] as number) - 1;
  }
  return { rows: paths, assets, values };
}

/** The lower triangle whose product with its transpose is the matrix (Cholesky), which may be semidefinite. Throws `bad-usage` for what is no covariance. */
function factorOrThrow(covariance: Float64Array, n: number): Float64Array {
  covarianceOrThrow(covariance, n);
  const root = new Float64Array(n * n);
  const refuse = (asset: number): never => {
    throw new TruewindError(
      "bad-usage",
      `The covariance is not positive semidefinite: asset ${asset} has less variance than the assets before it explain.`,
    );
  };
  for (let j = 0; j < n; j++) {
    const own = Math.abs(covariance[j * n + j] as number);
    let pivot = covariance[j * n + j] as number;
    for (let k = 0; k < j; k++) pivot -= (root[j * n + k] as number) ** 2;
    if (pivot < -1e-12 * own) refuse(j);
    const flat = pivot <= 1e-12 * own;
    const deviation = flat ? 0 : Math.sqrt(pivot);
    root[j * n + j] = deviation;
    for (let i = j + 1; i < n; i++) {
      let sum = covariance[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (root[i * n + k] as number) * (root[j * n + k] as number);
      // What does not vary of its own cannot move with anything.
      if (flat && Math.abs(sum) > 1e-6 * Math.sqrt(own * Math.abs(covariance[i * n + i] as number))) refuse(i);
      root[i * n + j] = flat ? 0 : sum / deviation;
    }
  }
  return root;
}

/** Throws `bad-usage` unless it is a symmetric table of n by n known figures. */
export function covarianceOrThrow(covariance: Float64Array, n: number): void {
  if (covariance.length !== n * n)
    throw new TruewindError("bad-usage", `A covariance of ${n} assets has ${n * n} entries, row by row, not ${covariance.length}.`);
  knownOrThrow(covariance, 1, "covariances");
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [covariance[i * n + j] as number, covariance[j * n + i] as number];
      if (Math.abs(a - b) > 1e-9 * Math.max(Math.abs(a), Math.abs(b)))
        throw new TruewindError("bad-usage", `The covariance is not symmetric: entries of assets ${j} and ${i} differ.`);
    }
}

/** A draw of chi square with `degrees` > 2: twice a gamma variable (Marsaglia & Tsang 2000). */
export function chiSquare(degrees: number, rng: Rng): number {
  const d = degrees / 2 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - rng.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return 2 * d * v;
  }
}
