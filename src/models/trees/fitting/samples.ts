// The samples of a fit as rows of one table for the grower: those that are learned from, and behind them those that are held out.
import { TruewindError } from "#base/errors.js";
import { holdOut, positions } from "#models/samples/hold-out.js";
import type { SampleSource } from "#ports/model.js";
import type { Targets } from "../objectives/objective.js";

/** Samples gathered at a time. */
const CHUNK = 4096;
/** Labels are squared, and their gradients kept as float32. */
const LARGEST_LABEL = 1e30;

export interface TreeSamples extends Targets {
  readonly features: readonly string[];
  readonly steps: number;
  /** Row-major `[row][step][feature]`, the oldest step first; NaN is missing, infinite values too. */
  readonly x: Float32Array;
}

/**
 * `validation`: what the experiment declares; null: the latest part of the training samples (`fraction`), purged. Samples that weigh nothing,
 * and those of which nothing is known, take no part: no prediction is made for the like of them. Throws `no-data` when none are left to
 * learn from, and `bad-file` for a label or a weight that is none.
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
  const width = steps * source.features.length;
  const most = split.training.length + split.validation.length;
  const x = allocate(family, most, width);
  const kept = new Int32Array(most);
  const trainRows = gatherKnown(source, split.training, steps, x, kept, 0);
  if (trainRows === 0) {
    throw new TruewindError(
      "no-data",
      `${family} has no training sample with a known feature and a weight behind what is held out and purged (of ${source.rows}): start the training earlier, or choose other features.`,
    );
  }
  const held = validation ?? source;
  const rows = gatherKnown(held, split.validation, steps, x, kept, trainRows);
  const take = (of: (facts: SampleSource) => Float64Array): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => of(row < trainRows ? source : held)[kept[row] as number] as number);
  const ones = (facts: SampleSource): Float64Array => facts.weight ?? new Float64Array(facts.rows).fill(1);
  const [own, others] = [ones(source), ones(held)];
  return {
    features: source.features,
    steps,
    x: x.subarray(0, rows * width),
    rows,
    trainRows,
    y: take(({ y }) => y),
    asOf: take(({ asOf }) => asOf),
    weight: source.weight === null && held.weight === null ? null : take((facts) => (facts === source ? own : others)),
  };
}

/** Compacts the given samples behind row `to`, and returns the row behind the last. */
function gatherKnown(source: SampleSource, samples: Int32Array, steps: number, x: Float32Array, kept: Int32Array, to: number): number {
  const width = steps * source.features.length;
  let row = to;
  for (let from = 0; from < samples.length; from += CHUNK) {
    const chunk = samples.subarray(from, from + CHUNK);
    const start = row * width;
    const place = x.subarray(start, start + chunk.length * width);
    source.gather(chunk, steps, place);
    for (let i = 0; i < chunk.length; i++) {
      const sample = chunk[i] as number;
      let known = false;
      for (let at = i * width; at < (i + 1) * width && !known; at++) known = Number.isFinite(place[at]);
      if (!known || source.weight?.[sample] === 0) continue;
      place.copyWithin(row * width - start, i * width, (i + 1) * width);
      kept[row++] = sample;
    }
  }
  return row;
}

function allocate(family: string, rows: number, width: number): Float32Array {
  try {
    return new Float32Array(rows * width);
  } catch (cause) {
    const message = `${family} cannot hold ${rows} samples of ${width} values in memory: give fewer rows, features or steps.`;
    throw new TruewindError("out-of-memory", message, { cause });
  }
}

function refuseNonsense(family: string, { y, weight, rows }: SampleSource): void {
  for (let row = 0; row < rows; row++) {
    if (!(Math.abs(y[row] as number) <= LARGEST_LABEL))
      throw new TruewindError(
        "bad-file",
        `${family} cannot learn the label ${y[row]} of sample ${row}: labels lie within ${LARGEST_LABEL} of 0.`,
      );
    const w = weight?.[row] ?? 1;
    if (!(w >= 0 && w <= LARGEST_LABEL))
      throw new TruewindError(
        "bad-file",
        `${family} cannot learn from sample ${row} with the weight ${w}: weights are numbers from 0 to ${LARGEST_LABEL}.`,
      );
  }
}
