// The training loop: steps, and around them validation, early stopping, checkpoints and progress. It gives way to the event loop at every
// step. All that happens follows from the seed, the epoch and the step.
import { TruewindError } from "#base/errors.js";
import type { CheckpointStore, FitContext } from "#ports/model.js";
import type { Batches } from "./batches.js";
import { diverged } from "./diverged.js";
import type { EpochRecord } from "./epoch-record.js";
import type { Vectors } from "./learner.js";
import { solo } from "./solo.js";
import { decodeState, encodeState, type Progress, startProgress } from "./state.js";
import { openStepper, type Stepper } from "./stepper.js";
import { batchesOf, type Held, type Training } from "./training.js";
import { openValidator, type Validation, type Validator } from "./validate.js";

/** Steps between two reports of progress within an epoch. */
const REPORT_EVERY = 20;

export interface Trained {
  readonly vectors: Vectors;
  readonly history: readonly EpochRecord[];
}

/**
 * Throws `interrupted`, `diverged`, `out-of-memory`, `worker-lost`, and for a checkpoint that does not fit `data-changed` or
 * `corrupt-artifact`.
 */
export async function train(training: Training, context: FitContext): Promise<Trained> {
  const batches = batchesOf(training, training.samples, training.source);
  const stepper = await openStepper(training, batches, context.exchange ?? solo, context.rng);
  try {
    const validator = training.held === null ? null : await openValidator(training, training.held, stepper.shown);
    try {
      return await loop(training, context, batches, stepper, validator);
    } finally {
      await validator?.release();
    }
  } finally {
    await stepper.release();
  }
}

async function loop(
  training: Training,
  context: FitContext,
  batches: Batches,
  stepper: Stepper,
  validator: Validator | null,
): Promise<Trained> {
  const { config, fingerprint } = training;
  const { checkpoint, signal } = context;
  const { shown } = stepper;
  const best = validator === null ? null : { parameters: shown.parameters.slice(), buffers: shown.buffers.slice() };
  const ofBest = best === null ? {} : { bestParameters: best.parameters, bestBuffers: best.buffers };
  const vectors = { ...stepper.vectors, ...ofBest };
  const stored = checkpoint?.read() ?? null;
  const progress = stored === null ? startProgress() : decodeState(stored, fingerprint, vectors, (checkpoint as CheckpointStore).name);
  await agree(context, fingerprint, progress.step);

  const { source, steps, scales, samples } = training;
  const measure = { source, steps, scales, count: samples.length };
  const fail = (what: string): TruewindError => {
    const place = `in epoch ${progress.epoch + 1} at step ${progress.step + 1} (batch ${progress.epochStep + 1} of ${batches.steps})`;
    return diverged(what, place, stepper.samples, measure);
  };
  const save = (): void => {
    if (checkpoint === undefined || (context.exchange ?? solo).rank !== 0) return;
    if (!allFinite(stepper.vectors)) throw fail("parameters or moments are no longer finite");
    checkpoint.write(encodeState(fingerprint, { progress, vectors }));
  };
  const pause = (): void => {
    if (signal?.aborted !== true) return;
    save();
    const kept = checkpoint === undefined ? "nothing of it is kept." : "give the same command again, and it goes on from there.";
    const total = config.epochs * batches.steps;
    throw new TruewindError("interrupted", `Training was stopped behind step ${progress.step} of ${total}: ${kept}`);
  };
  const report = (): void => context.onProgress((progress.epoch + progress.epochStep / batches.steps) / config.epochs, metricsOf(progress));

  while (progress.epoch < config.epochs && progress.sinceBest < (config.patience ?? Number.POSITIVE_INFINITY)) {
    batches.shuffle(context.rng.fork(`epoch ${progress.epoch}`));
    while (progress.epochStep < batches.steps) {
      pause();
      const problem = await stepper.take(progress);
      if (problem !== null) throw fail(problem);
      if (progress.step % config.checkpointEvery === 0) save();
      if (progress.epochStep % REPORT_EVERY === 0) report();
    }
    const found = validator === null ? null : await validator.validate(pause);
    if (found !== null && !Number.isFinite(found.loss)) {
      const place = `in the validation of epoch ${progress.epoch + 1} behind step ${progress.step}`;
      const { source: heldSource } = training.held as Held;
      throw diverged(`the loss is ${found.loss}`, place, (validator as Validator).samples, { ...measure, source: heldSource });
    }
    if (isBest(progress, found, config.monitor)) {
      best?.parameters.set(shown.parameters);
      best?.buffers.set(shown.buffers);
    }
    endEpoch(progress, found);
    report();
  }
  // Copies, so that the memory of the training can go.
  const kept = best ?? { parameters: shown.parameters.slice(), buffers: shown.buffers };
  return { vectors: kept, history: progress.history };
}

/** Keeps count of the best epoch. The lower the score, the better; predictions that rank nothing are as bad as any. */
function isBest(progress: Progress, found: Validation | null, monitor: "ic" | "loss"): boolean {
  if (found === null) return false;
  const score = monitor === "loss" ? found.loss : -(found.ic ?? -1);
  const better = progress.bestScore === null || score < progress.bestScore;
  if (better) progress.bestScore = score;
  progress.sinceBest = better ? 0 : progress.sinceBest + 1;
  return better;
}

function endEpoch(progress: Progress, found: Validation | null): void {
  const loss = progress.lossSum / progress.weightSum;
  progress.epoch++;
  progress.history.push({
    epoch: progress.epoch,
    steps: progress.step,
    loss,
    validationLoss: found?.loss ?? null,
    ic: found?.ic ?? null,
  });
  Object.assign(progress, { epochStep: 0, lossSum: 0, weightSum: 0 });
}

/** Of the present epoch where it has begun, else of the last one. */
function metricsOf({ epoch, step, samples, lossSum, weightSum, history }: Progress): Readonly<Record<string, number>> {
  const last = history.at(-1);
  const named = { loss: weightSum > 0 ? lossSum / weightSum : last?.loss, validationLoss: last?.validationLoss, ic: last?.ic };
  const known = Object.entries(named).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return { epoch, step, samples, ...Object.fromEntries(known) };
}

/** All processes must train the same thing from the same step: else their mean would be of nothing. */
async function agree({ exchange }: FitContext, fingerprint: string, step: number): Promise<void> {
  if (exchange === undefined) return;
  // Whole numbers below 2^16, whose mean is exact in float32.
  const parts = fingerprint.slice(0, 24).match(/.{4}/g) ?? [];
  const own = [step % 65_536, Math.floor(step / 65_536), ...parts.map((digits) => Number.parseInt(digits, 16))];
  const mean = Float32Array.from(own);
  await exchange.average(mean, 1);
  if (own.some((value, i) => value !== mean[i]))
    throw new TruewindError(
      "data-changed",
      `The ${exchange.workers} processes do not train the same net from the same step: give all of them the same settings, data, seed and checkpoint.`,
    );
}

function allFinite(vectors: Readonly<Record<string, Float32Array>>): boolean {
  for (const values of Object.values(vectors)) for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
