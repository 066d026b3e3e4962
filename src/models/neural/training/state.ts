// Everything that a training needs in order to go on as if nothing had happened, as bytes and back.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { TruewindError } from "#base/errors.js";
import type { EpochRecord } from "./epoch-record.js";

const FORMAT = "truewind training 1";

/** Numbers and history; vectors stand beside it. All generators follow from the seed, the epoch and the step. */
export interface Progress {
  /** Epochs that are over. */
  epoch: number;
  /** Steps taken in the present epoch, and over all. */
  epochStep: number;
  step: number;
  /** Samples learned from, over all epochs. */
  samples: number;
  /** Sums of weighted losses and of weights within the epoch. */
  lossSum: number;
  weightSum: number;
  /** Epochs since the best one, and its score; null before the first. */
  sinceBest: number;
  bestScore: number | null;
  readonly history: EpochRecord[];
}

export interface TrainingState {
  readonly progress: Progress;
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

export function startProgress(): Progress {
  return { epoch: 0, epochStep: 0, step: 0, samples: 0, lossSum: 0, weightSum: 0, sinceBest: 0, bestScore: null, history: [] };
}

/** `fingerprint`: of settings and data, without which the state means nothing. */
export function encodeState(fingerprint: string, { progress, vectors }: TrainingState): Uint8Array {
  const size = Object.values(vectors).reduce((sum, vector) => sum + vector.byteLength, 0);
  const writer = new ByteWriter(size + 65_536).text(FORMAT).text(fingerprint).json(progress).json(Object.keys(vectors));
  for (const vector of Object.values(vectors)) writer.bytes(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  return withChecksum(writer).view();
}

/**
 * Writes the vectors into those of `state`, and returns the progress. `name`: where the bytes are from. Throws `corrupt-artifact` for damaged
 * bytes, `data-changed` for a state of other settings or data.
 */
export function decodeState(bytes: Uint8Array, fingerprint: string, vectors: TrainingState["vectors"], name: string): Progress {
  const reader = new ByteReader(bytes);
  if (checkedBody(bytes) === null)
    throw new TruewindError(
      "corrupt-artifact",
      `The checkpoint ${name} is damaged: remove it, and the training starts from the beginning.`,
    );
  if (reader.text() !== FORMAT || reader.text() !== fingerprint)
    throw new TruewindError(
      "data-changed",
      `The checkpoint ${name} belongs to other settings, data, or another seed or number of threads or processes: remove it, or go back to what it was made with.`,
    );
  const progress = reader.json() as Progress;
  for (const vectorName of reader.json() as string[]) {
    const stored = reader.bytes();
    const vector = vectors[vectorName] as Float32Array;
    new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength).set(stored);
  }
  return progress;
}
