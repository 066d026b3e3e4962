// Training sets of rows of a frame store, for whoever chooses the rows.
import type { TrainingSet } from "#ports/model.js";
import type { Labels } from "./labels/forward-return.js";
import { type FrameStore, rowsByCell } from "./dataset/frame-store.js";

/** Weight per given row, positive. It may use those rows only: the others are not there to be known. */
export type SampleWeights = (rows: Int32Array) => Float64Array;

/**
 * Returns a function that gives the training set of some rows, which ascend and have a label. Its matrix is made when it is first read and
 * valid until the next set's: families copy what they keep, and those that read the past alone cost no copy. `steps`: decisions that models
 * look back on.
 */
export function createTrainingSets(
  frames: FrameStore,
  labels: Labels,
  steps: number,
  weigh: SampleWeights | null,
): (rows: Int32Array) => TrainingSet {
  const { features, instruments, decisions, firstRow } = frames;
  const k = features.length;
  const rowOf = steps === 1 ? null : rowsByCell(frames);
  const decisionOf = new Int32Array(frames.rows);
  for (let d = 0; d < decisions.length; d++) decisionOf.fill(d, firstRow[d], firstRow[d + 1]);
  let buffer = new Float32Array(0);
  return (chosen) => {
    const rows = chosen.length;
    const take = (values: Float64Array): Float64Array => Float64Array.from(chosen, (row) => values[row] as number);
    const together = (): Float32Array => {
      const start = chosen[0] ?? 0;
      if ((chosen[rows - 1] ?? start) - start + 1 <= rows) return frames.x.subarray(start * k, (start + rows) * k);
      // Some row in between is left out: copy the others together.
      if (buffer.length < rows * k) buffer = new Float32Array(Math.min(frames.rows, Math.ceil(rows * 1.25)) * k);
      for (let i = 0, to = 0; i < rows; i++, to += k) {
        const from = (chosen[i] as number) * k;
        buffer.set(frames.x.subarray(from, from + k), to);
      }
      return buffer.subarray(0, rows * k);
    };
    let x: Float32Array | null = null;
    const behind = rows === 0 ? 0 : (decisionOf[chosen[rows - 1] as number] as number) + 1;
    return {
      features,
      rows,
      get x() {
        return (x ??= together());
      },
      y: take(labels.value),
      asOf: Float64Array.from(chosen, (row) => decisions[decisionOf[row] as number]?.at as number),
      labelEndAt: take(labels.endAt),
      weight: weigh === null ? null : weigh(chosen),
      past:
        rowOf === null
          ? null
          : {
              // Views that end with the training part: what comes later is not there to be read.
              x: frames.x.subarray(0, (firstRow[behind] as number) * k),
              instruments,
              rowOf: rowOf.subarray(0, behind * instruments),
              cell: Int32Array.from(chosen, (row) => (decisionOf[row] as number) * instruments + (frames.instrument[row] as number)),
            },
    };
  };
}
