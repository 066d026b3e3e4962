// A covariance matrix: what estimates give and allocations take.
import { cholesky } from "#base/cholesky.js";
import { TruewindError } from "#base/errors.js";

export interface Covariance {
  readonly names: number;
  /** Row-major `[name][name]`, symmetric; squared fractions per session. */
  readonly values: Float64Array;
}

/** One of the user's own. Throws `bad-usage` unless it is square, finite and symmetric, with variances above 0 and no portfolio's below it. */
export function covarianceFrom(rows: readonly ArrayLike<number>[]): Covariance {
  const names = rows.length;
  if (names === 0) throw usage("The covariance has no names.");
  const values = new Float64Array(names * names);
  rows.forEach((row, i) => {
    if (row.length !== names) throw usage(`Row ${i} of the covariance has ${row.length} entries, and there are ${names} names.`);
    values.set(Float64Array.from(row), i * names);
  });
  for (let i = 0; i < names; i++) {
    if (!((values[i * names + i] as number) > 0)) throw usage(`Name ${i} has no variance above 0: leave it out.`);
    for (let j = 0; j < i; j++) {
      const [a, b] = [values[i * names + j] as number, values[j * names + i] as number];
      const size = Math.sqrt((values[i * names + i] as number) * (values[j * names + j] as number));
      if (!(Math.abs(a - b) <= 1e-10 * size))
        throw usage(`The covariance of names ${j} and ${i} is ${b} above the diagonal and ${a} below it.`);
      values[i * names + j] = b;
    }
  }
  // Estimates of pairs that were seen on different days need not be a covariance: an optimizer would seek what cannot be.
  const raised = values.map((value, at) => value + (at % (names + 1) === 0 ? 1e-9 * value : 0));
  if (cholesky(raised, names) === null)
    throw usage("Some portfolio has a variance below 0 by this covariance: estimate it from the same sessions of all names, or shrink it.");
  return { names, values };
}

/** For functions that would not end, or answer nonsense. Throws `bad-usage` on values that are not finite and variances that are not above 0. */
export function checkVariances({ names, values }: Covariance): void {
  if (names === 0 || values.length !== names * names) throw usage(`The covariance has ${values.length} values for ${names} names.`);
  if (!values.every(Number.isFinite)) throw usage("The covariance has a value that is no number: leave out the name.");
  for (let i = 0; i < names; i++)
    if (!((values[i * (names + 1)] as number) > 0)) throw usage(`Name ${i} has no variance above 0: leave it out.`);
}

/** Square roots of the diagonal. */
export function deviationsOf({ names, values }: Covariance): Float64Array {
  return Float64Array.from({ length: names }, (_, i) => Math.sqrt(values[i * names + i] as number));
}

/** w' C w. */
export function varianceOf({ names, values }: Covariance, weights: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < names; i++) {
    let sum = 0;
    for (let j = 0; j < names; j++) sum += (values[i * names + j] as number) * (weights[j] as number);
    total += sum * (weights[i] as number);
  }
  return total;
}

/** Sum over sessions of weight(t) x x', x a row of `[session][name]`. */
export function outerSum(rows: Float64Array, names: number, weight: (session: number) => number): Float64Array {
  const out = new Float64Array(names * names);
  for (let t = 0, base = 0; base < rows.length; t++, base += names) {
    const w = weight(t);
    for (let i = 0; i < names; i++) {
      const x = w * (rows[base + i] as number);
      for (let j = i; j < names; j++) out[i * names + j] = (out[i * names + j] as number) + x * (rows[base + j] as number);
    }
  }
  for (let i = 0; i < names; i++) for (let j = 0; j < i; j++) out[i * names + j] = out[j * names + i] as number;
  return out;
}

function usage(message: string): TruewindError {
  return new TruewindError("bad-usage", message);
}
