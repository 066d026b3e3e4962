// Windows of the last decisions, as models that look back read them: from the samples of a fit, and from the frame of a decision.
// Both write the same layout and the same bits.
import { invariant, TruewindError } from "#base/errors.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { SampleSource, TrainingSet } from "#ports/model.js";

/** The samples of a training set by position. Nothing is copied but what is asked for. */
export function samplesOf(train: TrainingSet): SampleSource {
  const { features, rows, y, asOf, labelEndAt, weight, past } = train;
  const k = features.length;
  const facts = { features, rows, y, asOf, labelEndAt, weight };
  if (past === null) {
    return {
      ...facts,
      gather(samples, steps, out) {
        invariant(steps === 1, `the training set holds no past, and a model asks for ${steps} decisions`);
        const { x } = train;
        // Samples that follow each other are copied at once.
        for (let n = 0; n < samples.length; ) {
          const first = samples[n] as number;
          let end = n + 1;
          while (end < samples.length && samples[end] === first + end - n) end++;
          out.set(x.subarray(first * k, (first + end - n) * k), n * k);
          n = end;
        }
      },
    };
  }
  const { x, instruments, rowOf, cell } = past;
  return {
    ...facts,
    gather(samples, steps, out) {
      let to = 0;
      for (let n = 0; n < samples.length; n++) {
        const own = cell[samples[n] as number] as number;
        for (let back = steps - 1; back >= 0; back--, to += k) {
          const at = own - back * instruments;
          const row = at < 0 ? -1 : (rowOf[at] as number);
          if (row < 0) out.fill(Number.NaN, to, to + k);
          else out.set(rowAt(x, row, k), to);
        }
      }
    },
  };
}

/**
 * Writes the last `steps` decisions of each of the given instruments as `[instrument][step][feature]` into `out`, oldest first. Throws
 * `bad-config` when the frame does not look back that far; `family` is for that message.
 */
export function gatherFrame(family: string, frame: FeatureFrame, steps: number, instruments: Int32Array, out: Float32Array): void {
  const k = frame.features.length;
  const { history, values } = frame;
  if (steps === 1) {
    for (let n = 0; n < instruments.length; n++) out.set(rowAt(values, instruments[n] as number, k), n * k);
    return;
  }
  if (history === null || history.steps < steps) {
    const shown = history === null ? "shows none before its own" : `shows ${history.steps}`;
    throw new TruewindError(
      "bad-config",
      `The ${family} model looks back on ${steps} decisions, but the frame ${shown}: give it a plan that remembers as many.`,
    );
  }
  const width = steps * k;
  for (let n = 0; n < instruments.length; n++) {
    const end = ((instruments[n] as number) + 1) * history.steps * k;
    out.set(history.values.subarray(end - width, end), n * width);
  }
}

function rowAt<T extends Float32Array | Float64Array>(x: T, row: number, k: number): T {
  return x.subarray(row * k, (row + 1) * k) as T;
}
