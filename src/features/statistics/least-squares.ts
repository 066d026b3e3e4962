// A small least-squares regression with a constant, for statistics of windows: at most eight regressors.

const cross = new Float64Array(64);
const right = new Float64Array(8);
const unit = new Float64Array(8);
const means = new Float64Array(8);

export interface Fit {
  /** Coefficient of the first regressor and its standard error. NaN when the regressors do not determine it. */
  coefficient: number;
  error: number;
}

const fit: Fit = { coefficient: Number.NaN, error: Number.NaN };

/**
 * Regresses `y` on a constant and `columns[0 .. count)` over places `[start, end)`. The result is valid until the next call.
 * Normal equations of centered columns, solved by elimination without pivots: they are positive definite.
 */
export function leastSquares(y: Float64Array, columns: readonly Float64Array[], count: number, start: number, end: number): Fit {
  const n = end - start;
  let yMean = 0;
  for (let k = start; k < end; k++) yMean += (y[k] as number) / n;
  for (let c = 0; c < count; c++) {
    const column = columns[c] as Float64Array;
    let sum = 0;
    for (let k = start; k < end; k++) sum += column[k] as number;
    means[c] = sum / n;
  }
  let yy = 0;
  for (let k = start; k < end; k++) yy += ((y[k] as number) - yMean) ** 2;
  for (let a = 0; a < count; a++) {
    const one = columns[a] as Float64Array;
    const mean = means[a] as number;
    let sum = 0;
    for (let k = start; k < end; k++) sum += ((one[k] as number) - mean) * ((y[k] as number) - yMean);
    right[a] = sum;
    unit[a] = a === 0 ? 1 : 0;
    for (let b = 0; b <= a; b++) {
      const other = columns[b] as Float64Array;
      const otherMean = means[b] as number;
      let product = 0;
      for (let k = start; k < end; k++) product += ((one[k] as number) - mean) * ((other[k] as number) - otherMean);
      cross[a * 8 + b] = cross[b * 8 + a] = product;
    }
  }
  // The last unknown first, so that the first regressor's own equation is left at the top.
  for (let p = count - 1; p >= 0; p--) {
    const pivot = cross[p * 8 + p] as number;
    for (let a = 0; a < count; a++) {
      if (a === p) continue;
      const factor = (cross[a * 8 + p] as number) / pivot;
      for (let b = 0; b < count; b++) cross[a * 8 + b] = (cross[a * 8 + b] as number) - factor * (cross[p * 8 + b] as number);
      right[a] = (right[a] as number) - factor * (right[p] as number);
      unit[a] = (unit[a] as number) - factor * (unit[p] as number);
    }
  }
  for (let a = 0; a < count; a++) right[a] = (right[a] as number) / (cross[a * 8 + a] as number);
  let residual = 0;
  for (let k = start; k < end; k++) {
    let e = (y[k] as number) - yMean;
    for (let c = 0; c < count; c++) e -= (right[c] as number) * (((columns[c] as Float64Array)[k] as number) - (means[c] as number));
    residual += e * e;
  }
  fit.coefficient = right[0] as number;
  // A residual below rounding is none.
  const known = residual > 1e-20 * yy;
  fit.error = known ? Math.sqrt((residual / (n - count - 1)) * ((unit[0] as number) / (cross[0] as number))) : Number.NaN;
  return fit;
}
