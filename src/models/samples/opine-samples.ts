// What a fitted model says of samples that it was not fitted on: one frame per decision moment, as the engine would show it.
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import type { FittedModel, Opinion, TrainingSet } from "#ports/model.js";
import { momentStarts } from "./moments.js";
import { samplesOf } from "./windows.js";

/**
 * One opinion per position, NaN where the model says nothing. `positions` ascend, and samples of one moment stand together.
 */
export async function opineSamples(model: FittedModel, train: TrainingSet, positions: Int32Array): Promise<Opinion> {
  const source = samplesOf(train);
  const k = train.features.length;
  const { steps } = model;
  const starts = momentStarts(positions, train.asOf);
  const expectedReturn = new Float64Array(positions.length);
  const parts: { readonly uncertainty: Float64Array; readonly confidence: Float64Array } = {
    uncertainty: new Float64Array(positions.length).fill(Number.NaN),
    confidence: new Float64Array(positions.length).fill(Number.NaN),
  };
  const given = { uncertainty: false, confidence: false };
  for (let moment = 0; moment + 1 < starts.length; moment++) {
    const start = starts[moment] as number;
    const rows = positions.subarray(start, starts[moment + 1]);
    const windows = new Float32Array(rows.length * steps * k);
    source.gather(rows, steps, windows);
    const values = new Float64Array(rows.length * k);
    for (let i = 0; i < rows.length; i++) values.set(windows.subarray(((i + 1) * steps - 1) * k, (i + 1) * steps * k), i * k);
    const all = new Uint8Array(rows.length).fill(1);
    const frame: FeatureFrame = {
      asOf: train.asOf[rows[0] as number] as Micros,
      instruments: rows.length,
      features: train.features,
      values,
      member: all,
      fresh: all,
      history: steps === 1 ? null : { steps, values: windows },
    };
    const opinion = await opinionOf(model, frame);
    expectedReturn.set(opinion.expectedReturn, start);
    for (const part of ["uncertainty", "confidence"] as const) {
      const said = opinion[part];
      if (said === null) continue;
      parts[part].set(said, start);
      given[part] = true;
    }
  }
  return {
    expectedReturn,
    uncertainty: given.uncertainty ? parts.uncertainty : null,
    confidence: given.confidence ? parts.confidence : null,
  };
}

/** What a model says, whether or not it says how sure it is. */
export async function opinionOf(model: FittedModel, frame: FeatureFrame): Promise<Opinion> {
  if (model.opine !== undefined) return model.opine(frame);
  return { expectedReturn: await model.predict(frame), uncertainty: null, confidence: null };
}
