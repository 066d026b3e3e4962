// Fills a batch: features standardized with the bits that the model's file computes, labels standardized, weights, and fillers that weigh 0.
import type { SampleSource } from "#ports/model.js";
import type { BatchInput } from "./learner.js";
import { type Scales, weightOf } from "./scales.js";

export interface Reader {
  readonly input: BatchInput;
  /** The first `real` of the given samples count. Returns the sum of their weights. */
  read(source: SampleSource, samples: Int32Array, real: number): number;
}

/** `standardize` works in place on `[row][feature]`. */
export function createReader(batch: number, steps: number, scales: Scales, standardize: (rows: Float32Array) => void): Reader {
  const input = {
    x: new Float32Array(batch * steps * scales.mean.length),
    y: new Float32Array(batch),
    weight: new Float32Array(batch),
    moment: new Float32Array(batch),
  };
  return {
    input,
    read(source, samples, real) {
      source.gather(samples, steps, input.x);
      standardize(input.x);
      let total = 0;
      let moment = -1;
      let before = Number.NaN;
      for (let i = 0; i < batch; i++) {
        const sample = samples[i] as number;
        input.y[i] = ((source.y[sample] as number) - scales.label.mean) / scales.label.scale;
        input.weight[i] = i < real ? weightOf(source, sample) : 0;
        total += input.weight[i] as number;
        if (i < real && source.asOf[sample] !== before) {
          moment++;
          before = source.asOf[sample] as number;
        }
        input.moment[i] = moment;
      }
      return total;
    },
  };
}
