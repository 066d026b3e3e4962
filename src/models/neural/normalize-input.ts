// Standardization of what a net reads and of what it learns, fitted on the training part and kept within the model.
import type { Graph } from "#models/tensor/graph.js";
import type { Tensor } from "#models/tensor/tensor.js";

/** All of float32 grain, so that training and the kept file compute the same bits. */
export interface Normalization {
  /** Training mean per feature; the feature counts as unknown where 1 / deviation is 0. */
  readonly mean: Float32Array;
  /** 1 / training deviation per feature; 0 for one that is constant or never known. */
  readonly inverseDeviation: Float32Array;
  /** Standardized features are kept within +-clip. */
  readonly clip: number;
  /** Label = standardized label * scale + mean. */
  readonly label: LabelScale;
}

export interface LabelScale {
  readonly mean: number;
  readonly scale: number;
}

/** Names under which they are found in the kept file. */
export const MEAN = "normalization.mean";
export const INVERSE_DEVIATION = "normalization.inverseDeviation";

/** `(x - mean) / deviation` within +-clip; 0, the training mean, where x is not known. */
export function normalize(g: Graph, x: Tensor, { mean, inverseDeviation, clip }: Normalization): Tensor {
  const width = [mean.length];
  const centered = g.emit("Sub", [x, g.named(MEAN, mean, width)], x.shape);
  const standard = g.emit("Mul", [centered, g.named(INVERSE_DEVIATION, inverseDeviation, width)], x.shape);
  // NaN where the value is NaN or infinite.
  const unknown = g.emit("IsNaN", [g.emit("Sub", [standard, standard], x.shape)], x.shape, { type: "bool" });
  return g.emit("Clip", [g.emit("Where", [unknown, g.scalar(0), standard], x.shape), g.scalar(-clip), g.scalar(clip)], x.shape);
}

/** The same in place over `[row][feature]`, bit for bit. An infinite value counts as not known. */
export function normalizeRows(values: Float32Array, { mean, inverseDeviation, clip }: Normalization): void {
  const width = mean.length;
  for (let at = 0; at < values.length; ) {
    for (let j = 0; j < width; j++, at++) {
      const z = Math.fround(Math.fround((values[at] as number) - (mean[j] as number)) * (inverseDeviation[j] as number));
      values[at] = z - z === 0 ? Math.min(Math.max(z, -clip), clip) : 0;
    }
  }
}
