// Mean and deviation of every feature and of the label over the training samples, in one pass over a source that may be larger than memory.
import { TruewindError } from "#base/errors.js";
import type { SampleSource } from "#ports/model.js";

const CHUNK = 8192;
/** A deviation below the grain of float32 beside its mean is rounding and no information. */
const GRAIN = 1e-7;

/** Of float32 grain, as the model's file keeps it. */
export interface Scales {
  readonly mean: Float32Array;
  /** 1 / deviation; 0 for a feature that is constant or never known. */
  readonly inverseDeviation: Float32Array;
  readonly label: { readonly mean: number; readonly scale: number };
  /** Weighted mean of the absolute label. */
  readonly labelMagnitude: number;
}

/**
 * Weighted population moments over the known (finite) values of the given samples' own decisions. Throws `no-data` when no feature varies or
 * the labels are all equal.
 */
export function fitScales(source: SampleSource, samples: Int32Array): Scales {
  const { features } = source;
  const k = features.length;
  const moments = Array.from({ length: k }, () => new Moments());
  const rows = new Float32Array(Math.min(CHUNK, samples.length) * k);
  const value = new Float64Array(CHUNK);
  const weight = new Float64Array(CHUNK);
  for (let start = 0; start < samples.length; start += CHUNK) {
    const chunk = samples.subarray(start, start + CHUNK);
    source.gather(chunk, 1, rows.subarray(0, chunk.length * k));
    for (let j = 0; j < k; j++) {
      let known = 0;
      for (let i = 0; i < chunk.length; i++) {
        const x = rows[i * k + j] as number;
        if (!Number.isFinite(x)) continue;
        value[known] = x;
        weight[known++] = weightOf(source, chunk[i] as number);
      }
      (moments[j] as Moments).add(value, weight, known);
    }
  }
  const mean = Float32Array.from(moments, (one) => one.mean);
  const inverseDeviation = Float32Array.from(moments, (one) => inverse(one));
  if (inverseDeviation.every((one) => one === 0))
    throw new TruewindError(
      "no-data",
      `None of the ${k} features varies over the ${samples.length} training samples: nothing can be learned from them.`,
    );
  return { mean, inverseDeviation, ...labelScale(source, samples) };
}

function labelScale(source: SampleSource, samples: Int32Array): Pick<Scales, "label" | "labelMagnitude"> {
  const labels = new Moments();
  const magnitude = new Moments();
  const value = new Float64Array(CHUNK);
  const absolute = new Float64Array(CHUNK);
  const weight = new Float64Array(CHUNK);
  for (let start = 0; start < samples.length; start += CHUNK) {
    const chunk = samples.subarray(start, start + CHUNK);
    for (let i = 0; i < chunk.length; i++) {
      const row = chunk[i] as number;
      const y = source.y[row] as number;
      value[i] = y;
      absolute[i] = Math.abs(y);
      weight[i] = weightOf(source, row);
    }
    labels.add(value, weight, chunk.length);
    magnitude.add(absolute, weight, chunk.length);
  }
  if (inverse(labels) === 0)
    throw new TruewindError("no-data", `The labels of all ${samples.length} training samples are equal: there is nothing to learn.`);
  return { label: { mean: Math.fround(labels.mean), scale: Math.fround(labels.deviation) }, labelMagnitude: magnitude.mean };
}

export function weightOf({ weight }: Pick<SampleSource, "weight">, row: number): number {
  return weight === null ? 1 : (weight[row] as number);
}

function inverse({ mean, deviation }: Moments): number {
  const value = Math.fround(1 / deviation);
  return deviation > GRAIN * Math.abs(mean) && Number.isFinite(value) ? value : 0;
}

/** Weighted mean and variance, chunk by chunk (Chan, Golub & LeVeque 1983): no digits are lost to a large mean. */
class Moments {
  mean = 0;
  private weight = 0;
  private squares = 0;

  /** Population deviation; 0 before anything was added. */
  get deviation(): number {
    return this.weight === 0 ? 0 : Math.sqrt(this.squares / this.weight);
  }

  add(value: Float64Array, weight: Float64Array, n: number): void {
    let total = 0;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      total += weight[i] as number;
      sum += (weight[i] as number) * (value[i] as number);
    }
    if (total === 0) return;
    const mean = sum / total;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += (weight[i] as number) * ((value[i] as number) - mean) ** 2;
    const both = this.weight + total;
    const apart = mean - this.mean;
    this.squares += squares + (apart * apart * this.weight * total) / both;
    this.mean += (apart * total) / both;
    this.weight = both;
  }
}
