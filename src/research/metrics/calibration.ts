// Does a prediction of one percent bring one percent? Predictions in tenths against what came true.

export interface CalibrationBin {
  /** Mean prediction and mean realised return of the bin, fractions. */
  readonly predicted: number;
  readonly realised: number;
  readonly rows: number;
}

/**
 * Cuts the predictions at their tenths and averages both sides within each. Equal predictions share a bin, so bins may
 * differ in size and empty ones are left out. Pairs with a NaN on either side do not count.
 */
export function calibration(predicted: Float64Array, realised: Float64Array): CalibrationBin[] {
  const keep = new Uint8Array(predicted.length);
  let n = 0;
  for (let i = 0; i < keep.length; i++) {
    if (Number.isNaN(predicted[i]) || Number.isNaN(realised[i])) continue;
    keep[i] = 1;
    n++;
  }
  const sorted = predicted.filter((_, i) => keep[i] === 1).sort();
  const edges = Array.from({ length: 9 }, (_, k) => sorted[Math.ceil(((k + 1) * n) / 10) - 1] ?? Number.NaN);
  const bins = Array.from({ length: 10 }, () => ({ predicted: 0, realised: 0, rows: 0 }));
  for (let i = 0; i < keep.length; i++) {
    if (keep[i] === 0) continue;
    const value = predicted[i] as number;
    let k = 0;
    while (k < 9 && value > (edges[k] as number)) k++;
    const bin = bins[k] as (typeof bins)[number];
    bin.predicted += value;
    bin.realised += realised[i] as number;
    bin.rows++;
  }
  return bins
    .filter((bin) => bin.rows > 0)
    .map((bin) => ({ predicted: bin.predicted / bin.rows, realised: bin.realised / bin.rows, rows: bin.rows }));
}
