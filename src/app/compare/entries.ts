// What a comparison compares: models that are fitted here, and predictions that another program made. Both end as a schedule for the
// engine and as predictions out of sample.
import { availableParallelism } from "node:os";
import { hashJson } from "#base/hash.js";
import { createRng } from "#base/rng.js";
import { modelFamily } from "#models/registry/families.js";
import type { ModelSchedule } from "#ports/model.js";
import { walkForward } from "#research/walk-forward.js";
import { type Comparison, experimentOf } from "../config/comparison.js";
import type { Experiment } from "../config/experiment.js";
import type { Progress, StudyData } from "../modes/study.js";
import type { RunFolder } from "../runs/run-folder.js";
import { keeping } from "../training/keeping.js";
import { type RecordedScores, predictionsOf, recordedModel } from "./recorded-predictions.js";

export interface Entry {
  readonly name: string;
  /** Of its files: what is the same has the same, whatever stands beside it. */
  readonly slug: string;
  /** Null for predictions of another program. */
  readonly family: string | null;
  readonly experiment: Experiment;
  fit(): Promise<{ readonly schedule: ModelSchedule; readonly predictions: Float64Array }>;
}

interface Given {
  readonly data: StudyData;
  /** By name. */
  readonly recorded: ReadonlyMap<string, RecordedScores>;
  readonly folder: RunFolder;
  readonly onProgress: Progress;
  readonly signal: AbortSignal | undefined;
}

export function entriesOf(comparison: Comparison, given: Given): readonly Entry[] {
  const models = Object.entries(comparison.models);
  const [, first] = models[0] as [string, Experiment["model"]];
  return [
    ...models.map(([name, model]): Entry => {
      const slug = `${model.family}-${hashJson(model).slice(0, 10)}`;
      return {
        name,
        slug,
        family: model.family,
        experiment: experimentOf(comparison, model),
        fit: () => fit(name, slug, model, comparison.seed, given),
      };
    }),
    ...[...given.recorded].map(
      ([name, scores]): Entry => ({
        name,
        slug: `recorded-${scores.digest.slice(0, 10)}`,
        family: null,
        experiment: experimentOf(comparison, first),
        fit: () => Promise.resolve(asRecorded(scores, given)),
      }),
    ),
  ];
}

async function fit(
  name: string,
  slug: string,
  { family: familyName, ...settings }: Experiment["model"],
  seed: string,
  { data, folder, onProgress, signal }: Given,
): ReturnType<Entry["fit"]> {
  const family = modelFamily(familyName);
  return walkForward({
    ...data,
    family: keeping(family, folder, slug, undefined),
    config: family.parseConfig(settings),
    rng: createRng(`${seed}/models`),
    onProgress: (done, metrics) => onProgress(`${name}: models`, done, metrics),
    threads: availableParallelism(),
    ...(signal === undefined ? {} : { signal }),
  });
}

function asRecorded(scores: RecordedScores, { data }: Given): Awaited<ReturnType<Entry["fit"]>> {
  const one = { id: "recorded", model: recordedModel(scores) };
  return { schedule: { at: () => one, steps: 1 }, predictions: predictionsOf(scores, data.frames, data.folds[0]?.testFrom ?? 0) };
}
