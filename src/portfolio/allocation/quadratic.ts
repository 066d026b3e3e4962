// The least of x'G x / 2 under linear constraints, G positive definite: the dual active-set method of Goldfarb & Idnani (1983, "A numerically
// stable dual method for solving strictly convex quadratic programs"). Exact in finitely many steps. Meant for some hundred names: the systems
// of the active constraints are small, so they are solved anew at every step, which is simple and gathers no rounding.
import { cholesky, solveFactored } from "#base/cholesky.js";
import { TruewindError } from "#base/errors.js";

/** normal' x >= bound; `equal`: exactly the bound. */
export interface Constraint {
  readonly normal: Float64Array;
  readonly bound: number;
  readonly equal?: boolean;
}

/** Relative to 1, the size that constraints are of here. */
const TOLERANCE = 1e-12;

interface Active {
  readonly constraint: Constraint;
  /** G^-1 normal. */
  readonly solved: Float64Array;
  multiplier: number;
}

/** A constraint that is missed by more was lost in rounding. */
const MISSED = 1e-10;

/**
 * `g`: n x n, row-major. Equalities come first among `constraints` and must not be redundant. Null where no x obeys all constraints, or rounding
 * hides the one that does: G is nearly singular and they leave hardly any room. Throws `bad-usage` when G is not positive definite.
 */
export function leastSquareForm(g: Float64Array, n: number, constraints: readonly Constraint[]): Float64Array | null {
  let scale = 0;
  for (let i = 0; i < n; i++) scale += (g[i * n + i] as number) / n;
  const factor = cholesky(
    g.map((value) => value / scale),
    n,
  );
  if (factor === null) throw new TruewindError("bad-usage", "The covariance is not positive definite: use a shrunk one.");
  const x = new Float64Array(n);
  let active: readonly Active[] | null = [];
  // Each step raises the least value; a cycle could come from rounding alone.
  for (let step = 0; step < 50 * (n + constraints.length); step++) {
    const next = mostViolated(constraints, active, x);
    if (next === null) {
      const found = polished(active, x, n);
      return found !== null && constraints.every((one) => obeys(found, one)) ? found : null;
    }
    active = take(factor, n, active, next, x);
    if (active === null) return null;
  }
  return null;
}

function obeys(x: Float64Array, { normal, bound, equal }: Constraint): boolean {
  const over = dot(normal, x) - bound;
  return over >= -MISSED && (equal !== true || over <= MISSED);
}

function mostViolated(constraints: readonly Constraint[], active: readonly Active[], x: Float64Array): Constraint | null {
  let worst: Constraint | null = null;
  let most = TOLERANCE;
  for (const constraint of constraints) {
    if (active.some((one) => one.constraint === constraint)) continue;
    if (constraint.equal === true) return constraint;
    const lack = constraint.bound - dot(constraint.normal, x);
    if (lack > most) [worst, most] = [constraint, lack];
  }
  return worst;
}

/** Moves x until it obeys `constraint`, and lets go of those that it leaves on the way. Returns the constraints that hold it then; null where none can. */
function take(factor: Float64Array, n: number, held: readonly Active[], constraint: Constraint, x: Float64Array): readonly Active[] | null {
  let active = [...held];
  const solved = solveFactored(factor, n, constraint.normal);
  const reach = dot(constraint.normal, solved);
  let multiplier = 0;
  for (;;) {
    const r = coefficients(active, solved);
    if (r === null) return null;
    const z = Float64Array.from(solved);
    active.forEach((one, k) => {
      for (let i = 0; i < n; i++) z[i] = (z[i] as number) - (r[k] as number) * (one.solved[i] as number);
    });
    const slope = dot(constraint.normal, z);
    const lack = constraint.bound - dot(constraint.normal, x);
    const full = slope > 1e-13 * reach ? lack / slope : Number.POSITIVE_INFINITY;
    let leaving = -1;
    let partial = Number.POSITIVE_INFINITY;
    active.forEach((one, k) => {
      if (one.constraint.equal === true || !((r[k] as number) > 0)) return;
      const ratio = one.multiplier / (r[k] as number);
      if (ratio < partial) [leaving, partial] = [k, ratio];
    });
    const length = Math.min(full, partial);
    if (length === Number.POSITIVE_INFINITY) return null;
    if (full !== Number.POSITIVE_INFINITY) for (let i = 0; i < n; i++) x[i] = (x[i] as number) + length * (z[i] as number);
    active.forEach((one, k) => (one.multiplier -= length * (r[k] as number)));
    multiplier += length;
    if (full <= partial) return [...active, { constraint, solved, multiplier }];
    active = active.filter((_, k) => k !== leaving);
  }
}

/** The multipliers r of the active normals N that solve (N' G^-1 N) r = N' G^-1 normal. */
function coefficients(active: readonly Active[], solved: Float64Array): Float64Array | null {
  return solveActive(
    active,
    Float64Array.from(active, (one) => dot(one.constraint.normal, solved)),
  );
}

/** Null where the normals depend on each other but for rounding. */
function solveActive(active: readonly Active[], right: Float64Array): Float64Array | null {
  const m = active.length;
  if (m === 0) return right;
  const system = new Float64Array(m * m);
  active.forEach((one, i) => active.forEach((other, j) => (system[i * m + j] = dot(one.constraint.normal, other.solved))));
  const factor = cholesky(system, m);
  return factor === null ? null : solveFactored(factor, m, right);
}

/** x anew from the constraints that hold it, without what rounding has gathered on the way. */
function polished(active: readonly Active[], x: Float64Array, n: number): Float64Array | null {
  if (active.length === 0) return x;
  const out = new Float64Array(n);
  // The second and third time mend what an ill-conditioned system has left of the bounds.
  for (let time = 0; time < 3; time++) {
    const lack = Float64Array.from(active, ({ constraint }) => constraint.bound - dot(constraint.normal, out));
    const u = solveActive(active, lack);
    if (u === null) return null;
    active.forEach((one, k) => {
      for (let i = 0; i < n; i++) out[i] = (out[i] as number) + (u[k] as number) * (one.solved[i] as number);
    });
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
