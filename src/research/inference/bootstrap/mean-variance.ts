// The variance that a block bootstrap gives the mean of a series, without drawing: the limit of infinitely many draws.

/**
 * Variance of sqrt(T) times the mean of a stationary bootstrap draw with mean block length `blockLength` (Politis & Romano 1994, lemma 1;
 * Hansen 2005, section 2.1): covariance 0 plus twice the sum over lags i of [(1 - i/T) q^i + (i/T) q^(T-i)] covariance i, q = 1 - 1/blockLength.
 * `centered`: values minus their mean. In two passes, because weights that fade geometrically are carried from day to day.
 */
export function stationaryMeanVariance(centered: ArrayLike<number>, blockLength: number): number {
  const days = centered.length;
  const q = 1 - 1 / blockLength;
  // near: sum over earlier s of q^(t-s) x_s; slope: the same of (t-s) q^(t-s) x_s.
  let near = 0;
  let slope = 0;
  let squares = 0;
  let ahead = 0;
  for (let t = 0; t < days; t++) {
    const x = centered[t] as number;
    squares += x * x;
    ahead += x * (near - slope / days);
    slope = q * (slope + near + x);
    near = q * (near + x);
  }
  // Round the circle: pairs of day t with the later days s, at distance t + T - s.
  const [wholeNear, wholeSlope] = [near, slope];
  const lap = q ** days;
  let fade = 1;
  let around = 0;
  near = 0;
  slope = 0;
  for (let t = 0; t < days; t++) {
    const x = centered[t] as number;
    const far = fade * wholeNear - lap * (near + x);
    const farSlope = fade * (wholeSlope + t * wholeNear) - lap * (slope + days * (near + x));
    around += x * (far - farSlope / days);
    slope = q * (slope + near + x);
    near = q * (near + x);
    fade *= q;
  }
  return (squares + 2 * (ahead + around)) / days;
}

/** The same of a circular block bootstrap with whole blocks of `blockLength` days: mean square of the block sums, over the length. */
export function circularMeanVariance(centered: ArrayLike<number>, blockLength: number): number {
  const days = centered.length;
  let sum = 0;
  for (let t = 0; t < blockLength; t++) sum += centered[t % days] as number;
  let squares = 0;
  for (let t = 0; t < days; t++) {
    squares += sum * sum;
    sum += (centered[(t + blockLength) % days] as number) - (centered[t] as number);
  }
  return squares / (days * blockLength);
}
