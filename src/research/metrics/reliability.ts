// Whether probabilities can be believed: the reliability diagram, the expected calibration error and the Brier score with its parts.

export interface ReliabilityBin {
  /** Mean probability and share of outcomes that came, in [0, 1]. */
  readonly predicted: number;
  readonly observed: number;
  readonly rows: number;
}

export interface Reliability {
  /** Bins that hold rows, lowest probability first. */
  readonly bins: readonly ReliabilityBin[];
  /** Mean distance of `predicted` and `observed` over rows (Naeini et al. 2015; Guo et al. 2017), in [0, 1]. */
  readonly calibrationError: number;
  /** Mean squared distance of probability and outcome (Brier 1950), in [0, 1]; 0.25 for who always says a half. */
  readonly brier: number;
  /**
   * brier = reliability - resolution + uncertainty + within (Murphy 1973; the last by Stephenson, Coelho & Jolliffe 2008, for what
   * probabilities of one bin differ in).
   */
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
  readonly within: number;
}

/** Edges of bins of equal width over [0, 1]. */
export const evenEdges = (bins: number): readonly number[] => Array.from({ length: bins - 1 }, (_, k) => (k + 1) / bins);

/** Edges of bins of about equally many rows: for probabilities that keep close to a half. Equal probabilities share a bin. */
export function tenthEdges(probabilities: Float64Array): readonly number[] {
  const sorted = Float64Array.from(probabilities).sort();
  const edges = Array.from({ length: 9 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / 10)] ?? 1);
  return edges.filter((edge, k) => edge !== edges[k - 1]);
}

/**
 * `came`: 1 or 0 per probability. A probability belongs to the bin that begins at the last of the inner `edges` (ascending) at or below it.
 * No NaN; null with no rows.
 */
export function reliability(probabilities: Float64Array, came: Uint8Array, edges: readonly number[]): Reliability | null {
  const n = probabilities.length;
  if (n === 0) return null;
  const bins = Array.from({ length: edges.length + 1 }, () => ({ p: 0, y: 0, pp: 0, py: 0, rows: 0 }));
  let brier = 0;
  let base = 0;
  for (let i = 0; i < n; i++) {
    const p = probabilities[i] as number;
    const y = came[i] as number;
    let k = 0;
    while (k < edges.length && p >= (edges[k] as number)) k++;
    const bin = bins[k] as (typeof bins)[number];
    bin.p += p;
    bin.y += y;
    bin.pp += p * p;
    bin.py += p * y;
    bin.rows++;
    brier += (p - y) ** 2;
    base += y;
  }
  base /= n;
  let [calibrationError, reliable, resolution, within] = [0, 0, 0, 0];
  const held = bins.filter(({ rows }) => rows > 0);
  for (const { p, y, pp, py, rows } of held) {
    const [predicted, observed, share] = [p / rows, y / rows, rows / n];
    calibrationError += share * Math.abs(predicted - observed);
    reliable += share * (predicted - observed) ** 2;
    resolution += share * (observed - base) ** 2;
    within += (pp - rows * predicted ** 2 - 2 * (py - rows * predicted * observed)) / n;
  }
  return {
    bins: held.map(({ p, y, rows }) => ({ predicted: p / rows, observed: y / rows, rows })),
    calibrationError,
    brier: brier / n,
    reliability: reliable,
    resolution,
    uncertainty: base * (1 - base),
    within,
  };
}
