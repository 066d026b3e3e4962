// How uncertain the mean of a serially dependent series is: two estimators of its long-run variance.
// Both subtract the mean first; neither accepts NaN.

/** Arithmetic mean; NaN for an empty series. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Sample standard deviation (divisor n - 1); NaN for fewer than two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] as number) - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/** The textbook rule floor(4 (T/100)^(2/9)) of Newey & West (1994), but never fewer lags than labels overlap. */
export function neweyWestLags(observations: number, overlap = 0): number {
  return Math.max(overlap, Math.floor(4 * (observations / 100) ** (2 / 9)));
}

/** Newey & West (1987), eq. 5: Bartlett weights over `lags` autocovariances (divisor T). */
export function neweyWestVariance(values: ArrayLike<number>, lags: number): number {
  const n = values.length;
  const centre = mean(values);
  let total = 0;
  for (let lag = 0; lag <= Math.min(lags, n - 1); lag++) {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += ((values[i] as number) - centre) * ((values[i - lag] as number) - centre);
    total += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * (sum / n);
  }
  return total;
}

/**
 * Equal-weighted cosine estimator (Lazarus, Lewis, Stock & Watson 2018, section 2): the mean square of the first
 * floor(0.4 T^(2/3)) type II cosine transforms. Studentised with it, a mean follows Student's t with that many degrees of freedom.
 */
export function cosineVariance(values: ArrayLike<number>): { readonly variance: number; readonly degrees: number } {
  const n = values.length;
  const degrees = Math.max(1, Math.floor(0.4 * n ** (2 / 3)));
  const centre = mean(values);
  let total = 0;
  // cos(j pi (t + 1/2) / n) = cos(pi k / 2n) with k = j (2t + 1): one table of 4n angles serves every j.
  const around = 4 * n;
  const cosine = Float64Array.from({ length: around }, (_, k) => Math.cos((Math.PI * k) / (2 * n)));
  for (let j = 1; j <= degrees; j++) {
    let sum = 0;
    let k = j;
    for (let t = 0; t < n; t++) {
      sum += (cosine[k] as number) * ((values[t] as number) - centre);
      k += 2 * j;
      if (k >= around) k -= around;
    }
    total += (2 / n) * sum * sum;
  }
  return { variance: total / degrees, degrees };
}
