// Models that another program trained and wrote as an ONNX file: they predict here, and are not trained here.
import { TruewindError } from "#base/errors.js";
import { checkFeatures } from "#models/samples/check-features.js";
import { knownRows } from "#models/samples/known-rows.js";
import { withinMemory } from "#models/tensor/memory.js";
import { openSession, type Session } from "#models/tensor/runtime.js";
import { openSealed } from "#models/tensor/sealed-file.js";
import type { FittedModel, ModelFamily } from "#ports/model.js";
import { feedsOf } from "./feeds.js";
import { HEAD, type OnnxCard } from "./import.js";

const notTrained = (): TruewindError =>
  new TruewindError("bad-config", "A model of the family onnx is not trained here: take its file in with `truewind model import`.");

/** Rows that are computed at once. */
const CHUNK = 1024;

export const onnx: ModelFamily<never> = {
  name: "onnx",
  parseConfig: () => {
    throw notTrained();
  },
  steps: () => 1,
  fit: () => Promise.reject(notTrained()),
  load: toOnnxModel,
};

/**
 * What is not known goes in as NaN, as in the file's own world: trees know what to do with it, most other models answer NaN, and that is no
 * prediction. Throws `corrupt-artifact`.
 */
function toOnnxModel(bytes: Uint8Array): FittedModel {
  const artifact = Uint8Array.from(bytes);
  const { card } = openSealed<OnnxCard>(artifact, HEAD);
  const { features, steps, inputs, output, part, probability } = card;
  const width = steps * features.length;
  let opening: Promise<Session> | null = null;
  return {
    family: "onnx",
    features,
    steps,
    save: () => artifact,
    async predict(frame) {
      checkFeatures("onnx", features, frame);
      const { instruments, x } = knownRows("onnx", frame, steps);
      const scores = new Float64Array(frame.instruments).fill(Number.NaN);
      if (instruments.length === 0) return scores;
      const session = await (opening ??= openSession(artifact, { threads: 1 }));
      for (let start = 0; start < instruments.length; start += CHUNK) {
        const rows = Math.min(CHUNK, instruments.length - start);
        const feeds = await feedsOf(inputs, x.subarray(start * width, (start + rows) * width), rows, steps, features.length);
        const results = await withinMemory(`the predictions of ${rows} rows`, () => session.run(feeds, { [output]: null }));
        const values = results[output]?.data as Float32Array | Float64Array;
        const parts = values.length / rows;
        for (let row = 0; row < rows; row++) {
          const value = values[row * parts + part] as number;
          if (!Number.isFinite(value)) continue;
          scores[instruments[start + row] as number] = probability ? 2 * value - 1 : value;
        }
      }
      return scores;
    },
  };
}
