// The regression behind Dickey and Fuller's test: steps of a path on a constant, the level before the step, and one more column or none.
import { meanOf } from "./centered.js";
import { rememberWindow } from "./window-memo.js";
import { walk } from "./walk.js";

export interface Fit {
  /** Coefficient of the level and its standard error. NaN when the columns do not determine it. */
  coefficient: number;
  error: number;
}

/** What stands beside the level: nothing, the step before (the first step is then left out), or time. */
export type Beside = "none" | "step" | "time";

const fit: Fit = { coefficient: Number.NaN, error: Number.NaN };

const alone = rememberWindow((x, from, n, out) => {
  regressAlone(x, from, n);
  out[from] = fit.coefficient;
  out[from + 1] = fit.error;
});

/** Of the path that begins at 0 and rises by `x[from .. from + n)`. Valid until the next call. */
export function levelFit(x: Float64Array, from: number, n: number, beside: Beside): Fit {
  if (beside === "none") {
    const known = alone(x, from, n);
    fit.coefficient = known[from] as number;
    fit.error = known[from + 1] as number;
  } else {
    regressBeside(x, from, n, beside === "step");
  }
  return fit;
}

function regressAlone(x: Float64Array, from: number, n: number): void {
  const y = walk(x, from, n);
  const stepMean = (y[n] as number) / n;
  const levelMean = meanOf(y, 0, n);
  let ss = 0;
  let ll = 0;
  let ls = 0;
  for (let k = 0; k < n; k++) {
    const s = (x[from + k] as number) - stepMean;
    const l = (y[k] as number) - levelMean;
    ss += s * s;
    ll += l * l;
    ls += l * s;
  }
  const coefficient = ls / ll;
  let residual = 0;
  for (let k = 0; k < n; k++) {
    const e = (x[from + k] as number) - stepMean - coefficient * ((y[k] as number) - levelMean);
    residual += e * e;
  }
  keep(coefficient, residual, ss, n - 2, ll);
}

/** With the step before, from the second step on, or with time beside the level. */
function regressBeside(x: Float64Array, from: number, n: number, stepBefore: boolean): void {
  const y = walk(x, from, n);
  const start = stepBefore ? 1 : 0;
  const count = n - start;
  const stepMean = ((y[n] as number) - (y[start] as number)) / count;
  const levelMean = meanOf(y, start, count);
  // The step before is the last change of the level.
  const otherMean = stepBefore ? (y[n - 1] as number) / count : (n - 1) / 2;
  let ss = 0;
  let ll = 0;
  let ls = 0;
  let uu = 0;
  let lu = 0;
  let us = 0;
  for (let k = start; k < n; k++) {
    const s = (x[from + k] as number) - stepMean;
    const l = (y[k] as number) - levelMean;
    const u = (stepBefore ? (x[from + k - 1] as number) : k) - otherMean;
    ss += s * s;
    ll += l * l;
    ls += l * s;
    uu += u * u;
    lu += l * u;
    us += u * s;
  }
  // The other column is taken out of the level first (Frisch and Waugh 1933).
  const share = lu / uu;
  const own = ll - share * lu;
  const coefficient = (ls - share * us) / own;
  const other = (us - coefficient * lu) / uu;
  let residual = 0;
  for (let k = start; k < n; k++) {
    const u = (stepBefore ? (x[from + k - 1] as number) : k) - otherMean;
    const e = (x[from + k] as number) - stepMean - coefficient * ((y[k] as number) - levelMean) - other * u;
    residual += e * e;
  }
  keep(coefficient, residual, ss, count - 3, own);
}

function keep(coefficient: number, residual: number, total: number, free: number, own: number): void {
  fit.coefficient = coefficient;
  // A residual below rounding is none.
  fit.error = residual > 1e-20 * total ? Math.sqrt(residual / free / own) : Number.NaN;
}
