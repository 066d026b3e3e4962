// Which samples each step learns from. The order of an epoch follows from the seed and the epoch's number alone, so that a resumed training
// finds its place again without keeping it.
import { TruewindError } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import { momentStarts } from "#models/samples/moments.js";

export interface Batches {
  /** Most samples of one step. */
  readonly batch: number;
  /** Steps of one epoch. */
  readonly steps: number;
  /** Puts the samples in the order of an epoch, from 0. Null: the order of time, as validation reads them. */
  shuffle(rng: Rng | null): void;
  /**
   * Writes the samples of one step of the epoch to the front of `out` and returns how many there are; the rest of `out` is filled with
   * repeated samples, which must count nothing: the graph has a fixed size.
   */
  take(step: number, out: Int32Array): number;
}

/** Every sample once per epoch, `batch` at a time; the last step takes what is left. */
export function sampleBatches(samples: Int32Array, batch: number): Batches {
  const order = Int32Array.from(samples);
  return {
    batch,
    steps: Math.ceil(samples.length / batch),
    shuffle(rng) {
      order.set(samples);
      if (rng !== null) shuffleInPlace(order, rng);
    },
    take: (step, out) => fill(out, order.subarray(step * batch, (step + 1) * batch)),
  };
}

/**
 * Every decision moment once per epoch, whole; in each step as many as surely fit into `most` samples, so that every epoch has equally many
 * steps. `samples` are in the order of time. Throws `bad-config` when a moment does not fit.
 */
export function momentBatches(samples: Int32Array, asOf: Float64Array, most: number): Batches {
  const starts = momentStarts(samples, asOf);
  const moments = starts.length - 1;
  const order = new Int32Array(moments);
  const inOrder = (): void => {
    for (let i = 0; i < moments; i++) order[i] = i;
  };
  inOrder();
  let largest = 1;
  for (let i = 0; i < moments; i++) largest = Math.max(largest, (starts[i + 1] as number) - (starts[i] as number));
  if (largest > most)
    throw new TruewindError(
      "bad-config",
      `The loss compares the samples of one decision moment, and the largest has ${largest}: training.batch must be at least that, and is ${most}.`,
    );
  const perStep = Math.floor(most / largest);
  const chosen = new Int32Array(perStep * largest);
  return {
    batch: perStep * largest,
    steps: Math.ceil(moments / perStep),
    shuffle(rng) {
      inOrder();
      if (rng !== null) shuffleInPlace(order, rng);
    },
    take(step, out) {
      let size = 0;
      for (const moment of order.subarray(step * perStep, (step + 1) * perStep))
        for (let i = starts[moment] as number; i < (starts[moment + 1] as number); i++) chosen[size++] = samples[i] as number;
      return fill(out, chosen.subarray(0, size));
    },
  };
}

function fill(out: Int32Array, chosen: Int32Array): number {
  for (let i = 0; i < out.length; i++) out[i] = chosen[i % chosen.length] as number;
  return chosen.length;
}

/** Fisher & Yates 1938, in Durstenfeld's form. */
function shuffleInPlace(order: Int32Array, rng: Rng): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
}
