// The samples of a fit as rows of one table for the grower: those that are learned from, and behind them those that are held out.
import { createHash } from "node:crypto";
import { TruewindError } from "#base/errors.js";
import { holdOut, positions } from "#models/samples/hold-out.js";
import { refuseNonsense } from "#models/samples/refuse-nonsense.js";
import type { SampleSource } from "#ports/model.js";
import type { Targets } from "../objectives/objective.js";

/** Samples gathered at a time. */
const CHUNK = 4096;

export interface TreeSamples extends Targets {
  readonly features: readonly string[];
  readonly steps: number;
  /** Writes `count` rows from `from` on into `out`, `[row][step][feature]`, the oldest step first; NaN is missing, infinite values too. */
  readonly read: (from: number, count: number, out: Float32Array) => void;
  /** SHA-256 of everything that is learned from and held out. Reads all of it. */
  readonly hash: () => string;
}

/**
 * Only positions are kept: features are read when they are binned. `validation`: what the experiment declares; null: the latest part of the
 * training samples (`fraction`), purged. Samples that weigh nothing, and those of which nothing is known, take no part: no prediction is made
 * for the like of them. Throws `no-data` when none are left to learn from, and `bad-file` for a label or a weight that is none.
 */
export function treeSamples(
  family: string,
  source: SampleSource,
  validation: SampleSource | null,
  fraction: number,
  steps: number,
): TreeSamples {
  refuseNonsense(family, source);
  if (validation !== null) refuseNonsense(family, validation);
  const split =
    validation === null ? holdOut(source, fraction) : { training: positions(0, source.rows), validation: positions(0, validation.rows) };
  const held = validation ?? source;
  const learned = knownSamples(source, split.training, steps);
  if (learned.length === 0) {
    throw new TruewindError(
      "no-data",
      `${family} has nothing to learn from: none of ${source.rows} training samples has a known feature and a weight above 0${validation === null ? ", those aside that are held out for early stopping or overlap them" : ""}: start the training earlier, or choose other features.`,
    );
  }
  const others = knownSamples(held, split.validation, steps);
  const trainRows = learned.length;
  const rows = trainRows + others.length;
  const take = (of: (facts: SampleSource) => Float64Array): Float64Array => {
    const [first, last] = [of(source), of(held)];
    const out = new Float64Array(rows);
    for (let row = 0; row < trainRows; row++) out[row] = first[learned[row] as number] as number;
    for (let row = trainRows; row < rows; row++) out[row] = last[others[row - trainRows] as number] as number;
    return out;
  };
  const weighted = source.weight !== null || held.weight !== null;
  const facts = {
    y: take(({ y }) => y),
    asOf: take(({ asOf }) => asOf),
    weight: weighted ? take(({ weight, rows: all }) => weight ?? new Float64Array(all).fill(1)) : null,
  };
  const width = steps * source.features.length;
  const read: TreeSamples["read"] = (from, count, out) => {
    const border = Math.min(from + count, Math.max(from, trainRows));
    if (border > from) source.gather(learned.subarray(from, border), steps, out);
    if (border < from + count)
      held.gather(others.subarray(border - trainRows, from + count - trainRows), steps, out.subarray((border - from) * width));
  };
  return {
    features: source.features,
    steps,
    rows,
    trainRows,
    ...facts,
    read,
    hash() {
      const hash = createHash("sha256");
      const room = new Float32Array(CHUNK * width);
      for (let from = 0; from < rows; from += CHUNK) {
        const count = Math.min(CHUNK, rows - from);
        read(from, count, room);
        hash.update(bytesOf(room.subarray(0, count * width)));
      }
      for (const values of [facts.y, facts.asOf, ...(facts.weight === null ? [] : [facts.weight])]) hash.update(bytesOf(values));
      return hash.digest("hex");
    },
  };
}

/** Those of the samples of which something is known and which weigh something. */
function knownSamples(source: SampleSource, samples: Int32Array, steps: number): Int32Array {
  const width = steps * source.features.length;
  const room = new Float32Array(Math.min(CHUNK, samples.length) * width);
  const kept = new Int32Array(samples.length);
  let found = 0;
  for (let from = 0; from < samples.length; from += CHUNK) {
    const chunk = samples.subarray(from, from + CHUNK);
    source.gather(chunk, steps, room);
    for (let i = 0; i < chunk.length; i++) {
      const sample = chunk[i] as number;
      let known = false;
      for (let at = i * width; at < (i + 1) * width && !known; at++) known = Number.isFinite(room[at]);
      if (known && source.weight?.[sample] !== 0) kept[found++] = sample;
    }
  }
  return kept.slice(0, found);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
