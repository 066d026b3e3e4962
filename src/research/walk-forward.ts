// Trains one model per fold and predicts its test: the out-of-sample record, and the schedule the engine gets its models from.
// A model sees nothing but rows whose labels had ended before its test; the folds say which.
import { TruewindError, invariant } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import type { Rng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import { formatMicros, utcDate } from "#domain/time.js";
import type { Micros } from "#domain/time.js";
import { FrameMemory } from "#features/plan/history.js";
import type { FittedModel, ModelFamily, ModelSchedule } from "#ports/model.js";
import type { Decision, FrameStore } from "./dataset/frame-store.js";
import { type SampleWeights, createTrainingSets } from "./training-sets.js";
import type { Labels } from "./labels/forward-return.js";
import { OnlineWalk } from "./online-walk.js";
import { createSplitPositions, timesOf } from "./splits/split.js";
import { type Fold, splitOf } from "./splits/walk-forward-splits.js";

export interface WalkForwardInput {
  readonly frames: FrameStore;
  readonly labels: Labels;
  readonly folds: readonly Fold[];
  readonly family: ModelFamily<unknown>;
  /** From the family's own `parseConfig`. */
  readonly config: unknown;
  readonly rng: Rng;
  /** `done` in [0, 1] over all folds. */
  readonly onProgress: (done: number, metrics: Readonly<Record<string, number>>) => void;
  readonly signal?: AbortSignal;
  /** As of `FitContext`. */
  readonly threads?: number;
  /** A fold is fitted, and its test stands in `predictions`. What it throws ends the walk. */
  readonly onFold?: (fold: Fold, predictions: Float64Array, model: FittedModel) => void | Promise<void>;
  /** Weights of training rows; left out or null: all count alike. */
  readonly weigh?: SampleWeights | null;
}

export interface FittedFold {
  readonly fold: Fold;
  /** `<family>-<first test day>-<12 digits of the artifact's hash>`. */
  readonly id: string;
  readonly model: FittedModel;
  /** SHA-256 of the saved model. */
  readonly artifactHash: string;
  readonly rows: number;
  /** First and last decision trained on, and when the last label ended. */
  readonly trainFrom: Micros;
  readonly trainTo: Micros;
  readonly labelsTo: Micros;
  /** First and last decision tested. */
  readonly testFrom: Micros;
  readonly testTo: Micros;
}

export interface WalkForwardResult {
  /** A fold's model is in force from its first test decision until the next fold's; the last one stays in force. */
  readonly schedule: ModelSchedule;
  readonly folds: readonly FittedFold[];
  /** Out-of-sample prediction per row of the frame store; NaN outside the tests. */
  readonly predictions: Float64Array;
}

/**
 * A model that looks back is shown the decisions before each sample and each test as the engine shows them, those before the training and
 * the test included; nothing later. One that goes on learning is told outcomes as the engine tells them. Throws `no-data` naming the fold when nothing is left to train on, and `interrupted` when the signal
 * says so.
 */
export async function walkForward(input: WalkForwardInput): Promise<WalkForwardResult> {
  const { frames, labels, folds, family, config, rng, onProgress, signal, threads, onFold, weigh = null } = input;
  const steps = family.steps(config);
  const positions = createSplitPositions(timesOf(frames, labels));
  const trainingSet = createTrainingSets(frames, labels, steps, weigh);
  const predictions = new Float64Array(frames.rows).fill(Number.NaN);
  const walk = new OnlineWalk(frames, labels);
  const fitted: FittedFold[] = [];
  for (const fold of folds) {
    if (signal?.aborted)
      throw new TruewindError("interrupted", `Stopped before fold ${fold.index + 1} of ${folds.length} was trained; run it again.`);
    const train = trainingSet(positions.training(splitOf(fold, frames)));
    const testFrom = decisionAt(frames, fold.testFrom);
    if (train.rows === 0) {
      throw new TruewindError(
        "no-data",
        `Fold ${fold.index + 1} (test from ${formatMicros(testFrom)}) has no training row whose label had ended in time: start the data earlier, the test later, or shorten the embargo.`,
      );
    }
    const model = await family.fit(config, train, {
      rng: rng.fork(`fold-${fold.index}`),
      onProgress: (done, metrics) => onProgress((fold.index + done) / folds.length, metrics),
      signal,
      threads,
    });
    refuseUntold(labels, model);
    invariant(model.steps === steps, `a ${family.name} model looks back on ${model.steps} decisions, and its settings said ${steps}`);
    await predictRows(frames, model, fold, predictions, walk);
    const artifactHash = sha256(model.save());
    fitted.push({
      fold,
      id: `${family.name}-${utcDate(testFrom)}-${artifactHash.slice(0, 12)}`,
      model,
      artifactHash,
      rows: train.rows,
      trainFrom: train.asOf[0] as Micros,
      trainTo: train.asOf[train.rows - 1] as Micros,
      labelsTo: train.labelEndAt.reduce((last, end) => Math.max(last, end), Number.NEGATIVE_INFINITY) as Micros,
      testFrom,
      testTo: decisionAt(frames, fold.testTo - 1),
    });
    await onFold?.(fold, predictions, model);
  }
  onProgress(1, {});
  return { schedule: toSchedule(fitted), folds: fitted, predictions };
}

/** The engine tells models that go on learning what came of their words, and it knows returns and their signs only. */
function refuseUntold({ kind }: Labels, { family, online }: FittedModel): void {
  if (online === undefined || kind === "forward" || kind === "excess" || kind === "direction") return;
  throw new TruewindError(
    "bad-config",
    `Model ${family} goes on learning from outcomes as it is used, which are not known for labels of kind ${kind}: set label.kind to forward, excess or direction, or choose a model that does not.`,
  );
}

/** The model of the latest fold whose test has begun; null before the first. */
export function toSchedule(folds: readonly Pick<FittedFold, "id" | "model" | "testFrom">[]): ModelSchedule {
  return {
    at: (asOf) => folds.findLast((fold) => fold.testFrom <= asOf) ?? null,
    steps: folds.reduce((most, { model }) => Math.max(most, model.steps), 1),
    learns: folds.some(({ model }) => model.online !== undefined),
  };
}

async function predictRows(frames: FrameStore, model: FittedModel, fold: Fold, predictions: Float64Array, walk: OnlineWalk): Promise<void> {
  const { online } = model;
  const show = createFrames(frames, model.steps);
  for (let d = Math.max(0, fold.testFrom - model.steps + 1); d < fold.testTo; d++) {
    const frame = show(d);
    if (d < fold.testFrom) continue; // only remembered
    const out = online === undefined ? await model.predict(frame) : (await walk.opine({ ...model, online }, frame, d)).expectedReturn;
    const end = frames.firstRow[d + 1] as number;
    for (let row = frames.firstRow[d] as number; row < end; row++) predictions[row] = out[frames.instrument[row] as number] as number;
  }
}

/** Returns a function that gives the frame of a decision as the engine shows it, when asked for one decision after another. */
export function createFrames(frames: FrameStore, steps: number): (decision: number) => FeatureFrame {
  const { features, instruments } = frames;
  const k = features.length;
  const values = new Float64Array(instruments * k);
  const member = new Uint8Array(instruments);
  const memory = steps === 1 ? null : new FrameMemory(instruments, k, steps);
  return (d) => {
    values.fill(Number.NaN);
    member.fill(0);
    const end = frames.firstRow[d + 1] as number;
    for (let row = frames.firstRow[d] as number; row < end; row++) {
      const instrument = frames.instrument[row] as number;
      member[instrument] = 1;
      values.set(frames.x.subarray(row * k, (row + 1) * k), instrument * k);
    }
    const frame = { asOf: decisionAt(frames, d), instruments, features, values, member, fresh: member, history: null };
    return memory === null ? frame : { ...frame, history: memory.push(frame) };
  };
}

function decisionAt(frames: FrameStore, index: number): Micros {
  return (frames.decisions[index] as Decision).at as Micros;
}
