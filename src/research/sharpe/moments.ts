// What the formulas on Sharpe ratios ask of a series of returns: its ratio per session, its skewness and its kurtosis.

/** Everything is per session, never annualised: the formulas are wrong otherwise. */
export interface SharpeMoments {
  readonly sessions: number;
  /** Mean over standard deviation (divisor n). */
  readonly sharpe: number;
  readonly skewness: number;
  /** Not in excess: 3 for a normal law. */
  readonly kurtosis: number;
}

/** Returns over cash or over a yardstick, fractions, no NaN. Null for fewer than two sessions and for a series that does not vary. */
export function sharpeMoments(returns: ArrayLike<number>): SharpeMoments | null {
  const n = returns.length;
  if (n < 2) return null;
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    sum += returns[i] as number;
    largest = Math.max(largest, Math.abs(returns[i] as number));
  }
  const centre = sum / n;
  let [second, third, fourth] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const d = (returns[i] as number) - centre;
    const square = d * d;
    second += square;
    third += square * d;
    fourth += square * square;
  }
  const variance = second / n;
  const deviation = Math.sqrt(variance);
  if (!(deviation > 1e-13 * largest)) return null;
  return {
    sessions: n,
    sharpe: centre / deviation,
    skewness: third / n / (variance * deviation),
    kurtosis: fourth / n / (variance * variance),
  };
}
