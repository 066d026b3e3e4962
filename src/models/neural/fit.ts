// Fits a net: holds out what tells when to stop, standardizes on the training part alone, and trains.
import { createHash } from "node:crypto";
import { TruewindError } from "#base/errors.js";
import { canonicalJson } from "#base/hash.js";
import { drawParameters } from "#models/tensor/parameters.js";
import type { FitContext, SampleFacts, SampleSource } from "#ports/model.js";
import type { Specs } from "./blocks/build.js";
import type { NeuralConfig } from "./config.js";
import { evaluationGraph, netSpecs, trainingGraph } from "./graphs.js";
import { batchingOf } from "./heads-schema.js";
import { scoreOf } from "./heads.js";
import { normalizeRows } from "./normalize-input.js";
import type { TrainedNet } from "./trained-net.js";
import { holdOut, positions } from "#models/samples/hold-out.js";
import { refuseNonsense } from "#models/samples/refuse-nonsense.js";
import { withinMemory } from "#models/tensor/memory.js";
import { fitScales, type Scales } from "./training/scales.js";
import { train } from "./training/train.js";

/**
 * `validation`: what the experiment declares; null: the latest part of the training samples (`training.validation`), purged.
 * Throws `no-data` when there is too little to learn from, and what `train` throws.
 */
export function fitNet(
  config: NeuralConfig,
  source: SampleSource,
  validation: SampleSource | null,
  context: FitContext,
): Promise<TrainedNet> {
  return withinMemory("this net and its training", () => fitWithin(config, source, validation, context));
}

async function fitWithin(
  config: NeuralConfig,
  source: SampleSource,
  validation: SampleSource | null,
  context: FitContext,
): Promise<TrainedNet> {
  const { training } = config;
  const split =
    validation === null
      ? holdOut(source, training.validation)
      : { training: positions(0, source.rows), validation: positions(0, validation.rows) };
  const samples = split.training;
  refuseNonsense("neural", source);
  refuseTooFew(samples, source, config, context);
  const held = split.validation.length === 0 ? null : { source: validation ?? source, samples: split.validation };

  const scales = fitScales(source, samples);
  const { mean, inverseDeviation, label } = scales;
  const normalization = { mean, inverseDeviation, clip: training.clip, label };
  const shape = { features: source.features.length, steps: config.steps };
  const specs = netSpecs(config, shape);
  const { vectors, history } = await train(
    {
      config: training,
      source,
      samples,
      held,
      steps: config.steps,
      scales,
      standardize: (rows) => normalizeRows(rows, normalization),
      specs,
      start: () => ({
        parameters: drawParameters(specs.parameters, context.rng.fork("parameters")),
        buffers: drawParameters(specs.buffers, context.rng.fork("buffers")),
      }),
      learning: (batch) => trainingGraph(config, specs, shape, batch, label),
      evaluation: (batch) => evaluationGraph(config, specs, shape, batch, label),
      // Standardized, where only the order counts.
      score: scoreOf(config.heads, 1),
      batching: batchingOf(config.heads),
      threads: training.threads ?? context.threads ?? 1,
      divisible: batchingOf(config.heads) === "shuffled" && config.heads.direction?.balanced !== true,
      fingerprint: fingerprintOf(config, specs, source, validation, scales, context),
    },
    context,
  );
  return { config, features: source.features, values: vectors, normalization, history, labelMagnitude: scales.labelMagnitude };
}

function refuseTooFew(
  samples: Int32Array,
  source: SampleSource,
  { heads, training: { batch } }: NeuralConfig,
  { exchange }: FitContext,
): void {
  if (batchingOf(heads) === "moments" && exchange !== undefined && exchange.workers > 1)
    throw new TruewindError(
      "bad-config",
      "A loss that compares the samples of one decision moment cannot be shared out: train in one process.",
    );
  if (samples.length >= 2 * batch) return;
  const left = `${samples.length} of ${source.rows} training samples are left to learn from, without those that are held out and those that overlap them`;
  const most = Math.max(1, samples.length >> 1);
  throw new TruewindError(
    "no-data",
    `${left}, and two batches of ${batch} need ${2 * batch}: give more data, or a training.batch of at most ${most}.`,
  );
}

/** What a checkpoint must have been made with. The features stand in it by their moments over all training samples. */
function fingerprintOf(
  config: NeuralConfig,
  specs: Specs,
  source: SampleSource,
  validation: SampleSource | null,
  scales: Scales,
  { rng, exchange, threads }: FitContext,
): string {
  const hash = createHash("sha256");
  hash.update(
    canonicalJson({
      config,
      features: source.features,
      specs,
      seed: rng.fork("fingerprint").next(),
      workers: exchange?.workers ?? 1,
      threads: config.training.threads ?? threads ?? 1,
    }),
  );
  for (const array of [scales.mean, scales.inverseDeviation, ...factsOf(source), ...(validation === null ? [] : factsOf(validation))])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest("hex");
}

function factsOf({ y, asOf, labelEndAt, weight }: SampleFacts): readonly Float64Array[] {
  return weight === null ? [y, asOf, labelEndAt] : [y, asOf, labelEndAt, weight];
}
