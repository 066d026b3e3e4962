// The regression behind Dickey and Fuller's test: steps of a path on a constant, the level before the step, and one more column or none.
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
let column = new Float64Array(512);

const alone = rememberWindow((x, from, n, out) => {
  regress(x, from, n, "none");
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
    regress(x, from, n, beside);
  }
  return fit;
}

function regress(x: Float64Array, from: number, n: number, beside: Beside): void {
  const y = walk(x, from, n);
  if (column.length < n) column = new Float64Array(2 * n);
  const start = beside === "step" ? 1 : 0;
  const count = n - start;
  column[0] = 0;
  if (beside === "none") column.fill(0, 0, n);
  else for (let k = 1; k < n; k++) column[k] = beside === "step" ? (x[from + k - 1] as number) : k;
  let [steps, levels, others] = [0, 0, 0];
  for (let k = start; k < n; k++) {
    steps += x[from + k] as number;
    levels += y[k] as number;
    others += column[k] as number;
  }
  const [stepMean, levelMean, otherMean] = [steps / count, levels / count, others / count];
  let [ss, ll, ls, uu, lu, us] = [0, 0, 0, 0, 0, 0];
  for (let k = start; k < n; k++) {
    const s = (x[from + k] as number) - stepMean;
    const l = (y[k] as number) - levelMean;
    const u = (column[k] as number) - otherMean;
    ss += s * s;
    ll += l * l;
    ls += l * s;
    uu += u * u;
    lu += l * u;
    us += u * s;
  }
  // The other column is taken out of the level first (Frisch and Waugh 1933).
  const share = beside === "none" ? 0 : lu / uu;
  const own = ll - share * lu;
  const coefficient = (ls - share * us) / own;
  const other = beside === "none" ? 0 : (us - coefficient * lu) / uu;
  let residual = 0;
  for (let k = start; k < n; k++) {
    const s = (x[from + k] as number) - stepMean;
    const e = s - coefficient * ((y[k] as number) - levelMean) - other * ((column[k] as number) - otherMean);
    residual += e * e;
  }
  fit.coefficient = coefficient;
  // A residual below rounding is none.
  const free = count - (beside === "none" ? 2 : 3);
  fit.error = residual > 1e-20 * ss ? Math.sqrt(residual / free / own) : Number.NaN;
}
