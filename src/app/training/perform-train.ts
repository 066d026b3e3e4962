// The verb behind `truewind train`: one process per model, every seed a trial, the card last.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type StateDatabase, openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { digestTableFile } from "#data/table/file-digest.js";
import type { Trial } from "#ports/store.js";
import { codeVersion } from "../config/code-version.js";
import type { Experiment } from "../config/experiment.js";
import { type TableExperiment, tableExperimentHash } from "../config/table-experiment.js";
import type { Workspace } from "../config/workspace.js";
import { dataIdentity } from "../modes/run-facts.js";
import { openUniverse } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import { acquireRun } from "../runs/lock.js";
import { dayOf, subjectOf, trialOf } from "../trials/trial-of.js";
import type { TableModelCard } from "./card.js";
import { CARD_FILE, type ModelFolder, openModelFolder, readCard, writeCard } from "./model-folder.js";
import type { Compute } from "./share-work.js";
import type { StudyModelCard } from "./study-card.js";
import type { TrainHooks } from "./train-hooks.js";
import { seedOf } from "./train-study.js";
import { type TrainJob, type TrainOutcome, runTrainer } from "./train-thread.js";

export type ModelOfExperiment = TableModelCard | StudyModelCard;

export interface TrainedModel {
  readonly folder: ModelFolder;
  readonly card: ModelOfExperiment;
  /** True when it was there already. */
  readonly found: boolean;
}

/** Throws `no-such-file`, `bad-file`, `no-data`, `busy` while another process trains the same model, or `interrupted`. */
export async function performTrainTable(
  experiment: TableExperiment,
  file: string,
  workspace: Workspace,
  compute: Compute,
  hooks: TrainHooks,
): Promise<TrainedModel> {
  refuseSharing(experiment, compute);
  const digest = await digestTableFile(file);
  const hash = hashJson({ experiment: { ...experiment, table: { ...experiment.table, file: null } }, data: digest.hash });
  return trainOnce(workspace, `${experiment.name}-${hash.slice(0, 12)}`, hooks, async (folder) => ({
    kind: "table",
    experiment,
    file,
    digest,
    cache: join(workspace.root, "tables"),
    folder: { id: folder.id, path: folder.path },
    codeVersion: codeVersion(),
    compute,
  }));
}

/** Throws `bad-config`, `bad-key`, `no-such-dataset`, `no-data`, `busy`, or `interrupted`. */
export async function performTrainStudy(
  asked: Experiment,
  seeds: number,
  workspace: Workspace,
  compute: Compute,
  hooks: TrainHooks,
): Promise<TrainedModel> {
  refuseSharing(asked, compute);
  const { experiment, dataset, facts } = await openExperiment(workspace, asked);
  openUniverse(experiment, dataset, facts); // what cannot run leaves no model behind
  const dataId = dataIdentity(dataset.manifest.id, facts);
  const { lake, facts: sets, names } = workspace;
  const hash = hashJson({ experiment, seeds, data: dataId, names: dataset.manifest.names });
  return trainOnce(workspace, `${experiment.name}-${hash.slice(0, 12)}`, hooks, async (folder, state) => ({
    kind: "study",
    experiment,
    places: { lake, facts: sets, names },
    seeds,
    dataId,
    folder: { id: folder.id, path: folder.path },
    codeVersion: codeVersion(),
    compute,
    trialsBefore: await state.trials.distinctTrials(dataset.manifest.lineage),
  }));
}

function refuseSharing({ model }: Experiment | TableExperiment, { processes }: Compute): void {
  if (processes === 1 || model.family === "neural") return;
  throw new TruewindError(
    "bad-usage",
    `Only nets can be trained by several processes, and the model is ${model.family}: leave --workers out.`,
  );
}

async function trainOnce(
  workspace: Workspace,
  id: string,
  hooks: TrainHooks,
  jobOf: (folder: ModelFolder, state: StateDatabase) => Promise<TrainJob>,
): Promise<TrainedModel> {
  const folder = openModelFolder(workspace, id);
  const release = acquireRun(folder);
  try {
    const before = readCard(folder) as ModelOfExperiment | null;
    if (before?.codeVersion === codeVersion()) return { folder, card: before, found: true };
    if (existsSync(folder.file(CARD_FILE))) rmSync(folder.file(CARD_FILE));
    const state = await openStateDatabase(workspace.stateDb);
    try {
      const outcome = await runTrainer(await jobOf(folder, state), hooks);
      for (const trial of trialsOf(outcome)) await state.trials.record(trial);
      writeCard(folder, outcome.card);
      return { folder, card: outcome.card, found: false };
    } finally {
      await state.close();
    }
  } finally {
    release();
  }
}

/** Each seed is a fit that was looked at; the outcomes of a table are those of its last split. */
function trialsOf(outcome: TrainOutcome): readonly Trial[] {
  const { dataId } = outcome.card;
  if (outcome.kind === "table") {
    const { experiment, splits } = outcome.card;
    const { from, to } = splits.at(-1) ?? experiment.splits.validation;
    const { name: label, model, seed, table } = experiment;
    const subject = { experimentHash: tableExperimentHash(experiment), label, family: model.family };
    const window = { dataId, lineage: dataId, from: dayOf(from), to: dayOf(to), kind: "fit" as const };
    const measure = table.task === "direction" ? "right calls" : "rank IC";
    return outcome.trials.map((series, i) => trialOf({ ...subject, seed: `${seed}/${i + 1}` }, { ...window, measure, series }));
  }
  const { experiment, lineage, from, to } = outcome.card;
  const window = { dataId, lineage, from: dayOf(from), to: dayOf(to), kind: "fit" as const, measure: "rank IC" as const };
  return outcome.trials.map((series, i) => trialOf({ ...subjectOf(experiment), seed: seedOf(experiment, i) }, { ...window, series }));
}
