// A part of a training set: the samples at some positions. Its matrix is copied when it is first read, as families that look back never do.
import type { TrainingSet } from "#ports/model.js";

/** The samples at `positions`, in that order. */
export function samplesAt(train: TrainingSet, positions: Int32Array): TrainingSet {
  const { features, weight, past } = train;
  const k = features.length;
  const take = (values: Float64Array): Float64Array => Float64Array.from(positions, (row) => values[row] as number);
  let x: Float32Array | null = null;
  return {
    features,
    rows: positions.length,
    y: take(train.y),
    asOf: take(train.asOf),
    labelEndAt: take(train.labelEndAt),
    weight: weight === null ? null : take(weight),
    past: past === null ? null : { ...past, cell: Int32Array.from(positions, (row) => past.cell[row] as number) },
    get x() {
      if (x === null) {
        x = new Float32Array(positions.length * k);
        for (let i = 0; i < positions.length; i++) {
          const row = positions[i] as number;
          x.set(train.x.subarray(row * k, (row + 1) * k), i * k);
        }
      }
      return x;
    },
  };
}
