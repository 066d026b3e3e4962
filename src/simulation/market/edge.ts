// The planted edge: what share of the next session's return was written into the past, and how strongly.
// The signal is the 20-session reversal: names that did better than the others give a part of it back. Printed prices only.

/** Sessions over which the signal looks back. */
export const EDGE_WINDOW = 20;
/** Standardized returns are cut here, in standard deviations. */
export const EDGE_CLIP = 2.5;
/** With fewer names than this there is no cross-section to rank, and no edge. */
const FEWEST_NAMES = 5;

/**
 * Fills `out` (one per name) with the reversal signal after `session`: -clip(z) x spread / sqrt(EDGE_WINDOW), z being the standardized
 * simple total return between the closes of sessions `from` and `session` (by default the last EDGE_WINDOW sessions) and `spread` its
 * standard deviation over names. Demeaned over names, so that equal weight has none of it. The unit is a simple return of about one
 * session's dispersion: in wild times the edge grows with the noise, and the oracle's Sharpe ratio does not depend on the weather.
 * 0 for names without a price at either end.
 * @param indices total-return index per name, NaN where the name did not trade
 * @param deviation spread to standardize by; the cross-section's own when null. Returned for later use.
 * @param expected return of sessions still to come, per name, that counts as past: to look further ahead than one session
 */
export function reversalSignal(
  indices: readonly Float64Array[],
  session: number,
  out: Float64Array,
  from: number = session - EDGE_WINDOW,
  deviation: number | null = null,
  expected: Float64Array | null = null,
): number {
  out.fill(0);
  if (from < 0) return Number.NaN;
  let count = 0;
  let mean = 0;
  for (let i = 0; i < indices.length; i++) {
    const column = indices[i] as Float64Array;
    const value = (column[session] as number) / (column[from] as number) - 1 + (expected?.[i] ?? 0);
    out[i] = value;
    if (Number.isNaN(value)) continue;
    count++;
    mean += value;
  }
  mean /= count;
  let square = 0;
  for (const value of out) if (!Number.isNaN(value)) square += (value - mean) * (value - mean);
  const spread = deviation ?? Math.sqrt(square / count);
  if (count < FEWEST_NAMES || !(spread > 0)) {
    out.fill(0);
    return Number.NaN;
  }
  let cutMean = 0;
  for (let i = 0; i < out.length; i++) {
    const z = ((out[i] as number) - mean) / spread;
    const cut = -Math.max(-EDGE_CLIP, Math.min(EDGE_CLIP, z));
    out[i] = cut;
    if (!Number.isNaN(cut)) cutMean += cut;
  }
  cutMean /= count;
  const unit = spread / Math.sqrt(EDGE_WINDOW);
  for (let i = 0; i < out.length; i++) out[i] = Number.isNaN(out[i]) ? 0 : ((out[i] as number) - cutMean) * unit;
  return spread;
}
