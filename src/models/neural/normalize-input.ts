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

/** `(x - mean) / deviation` within +-clip; 0, the training mean, where x is not known. */
export function normalize(g: Graph, x: Tensor, { mean, inverseDeviation, clip }: Normalization): Tensor {
  const width = [mean.length];
  const centered = g.emit("Sub", [x, g.constant(mean, width)], x.shape);
  const standard = g.emit("Mul", [centered, g.constant(inverseDeviation, width)], x.shape);
  const known = g.emit("Where", [g.emit("IsNaN", [standard], x.shape, { type: "bool" }), g.scalar(0), standard], x.shape);
  return g.emit("Clip", [known, g.scalar(-clip), g.scalar(clip)], x.shape);
}

/** The same in place over `[row][feature]`, bit for bit. An infinite value counts as not known. */
export function normalizeRows(values: Float32Array, { mean, inverseDeviation, clip }: Normalization): void {
  const width = mean.length;
  for (let at = 0; at < values.length; ) {
    for (let j = 0; j < width; j++, at++) {
      const z = Math.fround(Math.fround((values[at] as number) - (mean[j] as number)) * (inverseDeviation[j] as number));
      values[at] = z === z ? Math.min(Math.max(z, -clip), clip) : 0;
    }
  }
}
