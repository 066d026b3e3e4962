// What happens to models when they are fitted: the fit is recorded as a trial, and each model is kept with its card.
import type { StateDatabase } from "#adapters/stores/sqlite/database.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { ModelCard } from "#domain/model-card.js";
import { rankIcs } from "#research/metrics/information.js";
import type { FittedFold } from "#research/walk-forward.js";
import { codeVersion } from "../config/code-version.js";
import type { Experiment } from "../config/experiment.js";
import type { Study } from "../modes/study.js";
import { seriesOfDecisions, subjectOf, trialOf } from "../trials/trial-of.js";
import { type RunFolder, writeModels } from "./run-folder.js";

/** Counted before any account has traded: a model that was looked at and dropped was tried all the same. */
export async function keepModels(
  state: StateDatabase,
  folder: RunFolder,
  experiment: Experiment,
  dataset: DatasetManifest,
  study: Study,
): Promise<void> {
  const { folds, predictions } = study.fitted;
  const trialsBeforeThis = await state.trials.distinctTrials(dataset.lineage);
  const first = folds[0] as FittedFold;
  await state.trials.record(
    trialOf(subjectOf(experiment), {
      dataId: dataset.id,
      lineage: dataset.lineage,
      kind: "fit",
      from: first.testFrom,
      to: (folds.at(-1) as FittedFold).testTo,
      measure: "rank IC",
      series: seriesOfDecisions(study.frames, rankIcs(study.frames, predictions, study.labels)),
    }),
  );
  const { label, splits } = experiment;
  const cardOf = (fold: FittedFold): ModelCard => ({
    id: fold.id,
    family: fold.model.family,
    trainedOn: { from: fold.trainFrom, to: fold.trainTo, dataId: dataset.id, rows: fold.rows },
    features: fold.model.features,
    label: { name: label.kind, horizonSessions: label.horizon, embargoSessions: splits.embargo },
    seed: experiment.seed,
    codeVersion: codeVersion(),
    artifactHash: fold.artifactHash,
    trialsBeforeThis,
  });
  writeModels(
    folder,
    folds.map((fold) => ({ card: cardOf(fold), from: fold.testFrom, model: fold.model })),
  );
}
