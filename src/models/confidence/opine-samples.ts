// What a fitted model says of samples that it was not fitted on: one frame per decision moment, as the engine would show it.
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { samplesOf } from "#models/samples/windows.js";
import type { FittedModel, Opinion, TrainingSet } from "#ports/model.js";

export interface SampleOpinions {
  /** Per position; NaN where the model says nothing. */
  readonly expectedReturn: Float64Array;
  /** Null when the model gives none. */
  readonly confidence: Float64Array | null;
}

/** `positions` ascend, and samples of one moment stand together. */
export async function opineSamples(model: FittedModel, train: TrainingSet, positions: Int32Array): Promise<SampleOpinions> {
  const source = samplesOf(train);
  const expectedReturn = new Float64Array(positions.length);
  const confidence = new Float64Array(positions.length).fill(Number.NaN);
  let sure = false;
  for (let start = 0; start < positions.length; ) {
    const moment = train.asOf[positions[start] as number] as number;
    let end = start + 1;
    while (end < positions.length && train.asOf[positions[end] as number] === moment) end++;
    const opinion = await opinionOf(model, frameOf(positions.subarray(start, end), moment as Micros, model.steps));
    expectedReturn.set(opinion.expectedReturn, start);
    if (opinion.confidence !== null) {
      confidence.set(opinion.confidence, start);
      sure = true;
    }
    start = end;
  }
  return { expectedReturn, confidence: sure ? confidence : null };

  function frameOf(rows: Int32Array, asOf: Micros, steps: number): FeatureFrame {
    const k = train.features.length;
    const windows = new Float32Array(rows.length * steps * k);
    source.gather(rows, steps, windows);
    const values = new Float64Array(rows.length * k);
    for (let i = 0; i < rows.length; i++) values.set(windows.subarray(((i + 1) * steps - 1) * k, (i + 1) * steps * k), i * k);
    const member = new Uint8Array(rows.length).fill(1);
    const history = steps === 1 ? null : { steps, values: windows };
    return { asOf, instruments: rows.length, features: train.features, values, member, fresh: member, history };
  }
}

/** What a model says, whether or not it says how sure it is. */
export async function opinionOf(model: FittedModel, frame: FeatureFrame): Promise<Opinion> {
  if (model.opine !== undefined) return model.opine(frame);
  return { expectedReturn: await model.predict(frame), uncertainty: null, confidence: null };
}
