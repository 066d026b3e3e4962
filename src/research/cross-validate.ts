// One model per split, and what each says of its tests put together to paths: histories in which every decision was predicted by a model
// that was not fitted on it. How well a way of modelling does then is no longer one number, but as many as there are paths.
import { pearson } from "#base/correlation.js";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import type { Rng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import type { FittedModel, ModelFamily, ModelSchedule } from "#ports/model.js";
import type { FrameStore } from "./dataset/frame-store.js";
import { type SampleWeights, createTrainingSets } from "./training-sets.js";
import type { Labels } from "./labels/forward-return.js";
import { type InformationSeries, informationCoefficients } from "./metrics/information.js";
import { pathsOf } from "./splits/combinatorial.js";
import { type Split, createSplitPositions, timesOf } from "./splits/split.js";
import { createFrames } from "./walk-forward.js";

export interface CrossValidationInput {
  readonly frames: FrameStore;
  readonly labels: Labels;
  /** Of `combinatorialSplits` over the rows of the store. */
  readonly splits: readonly Split[];
  readonly family: ModelFamily<unknown>;
  /** From the family's own `parseConfig`. */
  readonly config: unknown;
  readonly rng: Rng;
  /** `done` in [0, 1] over all splits. */
  readonly onProgress: (done: number, metrics: Readonly<Record<string, number>>) => void;
  readonly signal?: AbortSignal;
  /** As of `FitContext`. */
  readonly threads?: number;
  /** As of `WalkForwardInput`. */
  readonly weigh?: SampleWeights | null;
}

/** One history. */
export interface CrossValidationPath {
  /** Prediction per row of the store, by a model that was not fitted on it. */
  readonly predictions: Float64Array;
  /** The same models for an account: each group's decisions are made by the model that was not fitted on them. */
  readonly schedule: ModelSchedule;
  /** Of prediction and label by decision: of their values, and of their ranks. */
  readonly ic: InformationSeries;
  readonly rankIc: InformationSeries;
}

export interface CrossValidation {
  readonly paths: readonly CrossValidationPath[];
  /** Rows that each split's model was fitted on. */
  readonly rows: readonly number[];
}

/**
 * Models that look back are shown the decisions before each test as the engine shows them. One that goes on learning is judged as it was
 * fitted: the histories of the paths did not happen in an order from which it could have learned. Throws `no-data` naming a split that
 * leaves nothing to train on, and `interrupted`.
 */
export async function crossValidate(input: CrossValidationInput): Promise<CrossValidation> {
  const { frames, labels, splits, family, config, rng, onProgress, signal, threads, weigh = null } = input;
  const positions = createSplitPositions(timesOf(frames, labels));
  const trainingSet = createTrainingSets(frames, labels, family.steps(config), weigh);
  const groups = 1 + splits.reduce((most, split) => Math.max(most, ...split.groups), 0);
  const paths = pathsOf(splits, groups);
  const predictions = paths.map(() => new Float64Array(frames.rows).fill(Number.NaN));
  const starts: number[] = new Array<number>(groups).fill(0);
  const models: { readonly id: string; readonly model: FittedModel }[] = [];
  const rows: number[] = [];
  for (const split of splits) {
    if (signal?.aborted)
      throw new TruewindError("interrupted", `Stopped before split ${split.index + 1} of ${splits.length} was trained; run it again.`);
    const train = trainingSet(positions.training(split));
    if (train.rows === 0)
      throw new TruewindError(
        "no-data",
        `Split ${split.index + 1} of ${splits.length} leaves no training row whose label does not overlap with its test: use fewer groups, or a shorter embargo.`,
      );
    const { online: _, ...model } = await family.fit(config, train, {
      rng: rng.fork(`split-${split.index}`),
      onProgress: (done, metrics) => onProgress((split.index + done) / splits.length, metrics),
      signal,
      threads,
    });
    rows.push(train.rows);
    models.push({ id: `${family.name}-split-${split.index + 1}-${sha256(model.save()).slice(0, 12)}`, model });
    for (const [n, { from, to }] of split.tests.entries()) {
      const group = split.groups[n] as number;
      starts[group] = decisionOf(frames, from);
      const path = paths.findIndex((by) => by[group] === split.index);
      await predict(frames, model, starts[group], decisionOf(frames, to - 1) + 1, predictions[path] as Float64Array);
    }
  }
  onProgress(1, {});
  const begins = starts.map((decision) => frames.decisions[decision]?.at as number);
  return {
    rows,
    paths: paths.map((by, path) => {
      const said = predictions[path] as Float64Array;
      return {
        predictions: said,
        schedule: scheduleOf(by, begins, models),
        ic: informationCoefficients(frames, said, labels, pearson),
        rankIc: informationCoefficients(frames, said, labels),
      };
    }),
  };
}

/** A group's model is in force from its first decision until the next group's. */
function scheduleOf(
  by: readonly number[],
  begins: readonly number[],
  models: readonly { readonly id: string; readonly model: FittedModel }[],
): ModelSchedule {
  const turns = by.map((split, group) => ({ at: begins[group] as number, one: models[split] as (typeof models)[number] }));
  return {
    at: (asOf: Micros) => turns.findLast(({ at }) => at <= asOf)?.one ?? null,
    steps: turns.reduce((most, { one }) => Math.max(most, one.model.steps), 1),
    learns: false,
  };
}

async function predict(frames: FrameStore, model: FittedModel, from: number, to: number, out: Float64Array): Promise<void> {
  const show = createFrames(frames, model.steps);
  for (let d = Math.max(0, from - model.steps + 1); d < to; d++) {
    const frame = show(d);
    if (d < from) continue; // only remembered
    const said = await model.predict(frame);
    for (let row = frames.firstRow[d] as number; row < (frames.firstRow[d + 1] as number); row++)
      out[row] = said[frames.instrument[row] as number] as number;
  }
}

/** The decision that a row belongs to. */
function decisionOf({ firstRow }: FrameStore, row: number): number {
  let low = 0;
  let high = firstRow.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((firstRow[middle] as number) <= row) low = middle;
    else high = middle;
  }
  return low;
}
