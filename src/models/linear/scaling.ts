// Standardisation fitted on the training part only. It skips what is not known and never fills it with anything but the training mean.
import type { TrainingSet } from "#ports/model.js";

export interface Scaling {
  /** Weighted mean of each feature over its known values; 0 when there is none. */
  readonly mean: Float64Array;
  /** 1 / population standard deviation over known values; 0 for a feature that is constant or never known. */
  readonly inverseDeviation: Float64Array;
  /** Rows with at least one known feature, in order: the others carry no information and take no part. */
  readonly rows: Uint32Array;
}

/**
 * Two passes, so that large levels do not cancel. Infinite values count as not known. `among`: positions of the samples to take, ascending;
 * null for all.
 */
export function fitScaling(train: TrainingSet, among: Int32Array | null = null): Scaling {
  const { x, weight } = train;
  const rows = among === null ? train.rows : among.length;
  const k = train.features.length;
  const mean = new Float64Array(k);
  const mass = new Float64Array(k);
  const known: Uint32Array = new Uint32Array(rows);
  let used = 0;
  for (let i = 0; i < rows; i++) {
    const row = among === null ? i : (among[i] as number);
    const w = weight === null ? 1 : (weight[row] as number);
    let any = false;
    for (let j = 0, at = row * k; j < k; j++, at++) {
      const value = x[at] as number;
      if (value - value !== 0) continue; // NaN or infinite
      any = true;
      mean[j] = (mean[j] as number) + w * value;
      mass[j] = (mass[j] as number) + w;
    }
    if (any) known[used++] = row;
  }
  for (let j = 0; j < k; j++) mean[j] = mass[j] === 0 ? 0 : (mean[j] as number) / (mass[j] as number);
  const square = new Float64Array(k);
  for (let i = 0; i < rows; i++) {
    const row = among === null ? i : (among[i] as number);
    const w = weight === null ? 1 : (weight[row] as number);
    for (let j = 0, at = row * k; j < k; j++, at++) {
      const value = x[at] as number;
      if (value - value !== 0) continue;
      const d = value - (mean[j] as number);
      square[j] = (square[j] as number) + w * d * d;
    }
  }
  const inverseDeviation = square.map((sum, j) => {
    const deviation = Math.sqrt(sum / (mass[j] as number));
    // Below the grain of the feature's own size the variation is rounding, not information.
    return deviation > 1e-14 * Math.max(Math.abs(mean[j] as number), 1e-280) ? 1 / deviation : 0;
  });
  return { mean, inverseDeviation, rows: known.subarray(0, used) };
}

/**
 * Writes rows `from` to `to` of `scaling.rows`, standardised and with 0 for what is not known, as columns into `out`:
 * `out[feature * stride + row - from]`.
 */
export function standardisedColumns(
  train: TrainingSet,
  scaling: Scaling,
  from: number,
  to: number,
  out: Float64Array,
  stride: number,
): void {
  const { x } = train;
  const k = train.features.length;
  const { mean, inverseDeviation, rows } = scaling;
  for (let i = from; i < to; i++) {
    let at = (rows[i] as number) * k;
    for (let j = 0, to = i - from; j < k; j++, at++, to += stride) {
      const z = ((x[at] as number) - (mean[j] as number)) * (inverseDeviation[j] as number);
      out[to] = z - z === 0 ? z : 0;
    }
  }
}
