// The verb behind `truewind train` for tables: one process per model, every seed a trial, the card last.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock.js";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { hashJson } from "#base/hash.js";
import { digestTableFile } from "#data/table/file-digest.js";
import { utcMidnight } from "#domain/time.js";
import { codeVersion } from "../config/code-version.js";
import { type TableExperiment, tableExperimentHash } from "../config/table-experiment.js";
import type { Workspace } from "../config/workspace.js";
import { acquireRun } from "../runs/lock.js";
import type { TableModelCard } from "./card.js";
import { CARD_FILE, type ModelFolder, openModelFolder, readCard, writeCard } from "./model-folder.js";
import type { TrainHooks } from "./train-hooks.js";
import type { TableJob, TableOutcome } from "./train-table.js";
import { runTrainer } from "./train-thread.js";

export interface TrainedModel {
  readonly folder: ModelFolder;
  readonly card: TableModelCard;
  /** True when it was there already. */
  readonly found: boolean;
}

/** Throws `no-such-file`, `bad-file`, `no-data`, `busy` while another process trains the same model, or `interrupted`. */
export async function performTrain(
  experiment: TableExperiment,
  file: string,
  workspace: Workspace,
  hooks: TrainHooks,
): Promise<TrainedModel> {
  const digest = await digestTableFile(file);
  const hash = hashJson({ experiment: { ...experiment, table: { ...experiment.table, file: null } }, data: digest.hash });
  const folder = openModelFolder(workspace, `${experiment.name}-${hash.slice(0, 12)}`);
  const release = acquireRun(folder);
  try {
    const before = readCard(folder) as TableModelCard | null;
    if (before?.codeVersion === codeVersion()) return { folder, card: before, found: true };
    if (existsSync(folder.file(CARD_FILE))) rmSync(folder.file(CARD_FILE));
    const job: TableJob = {
      kind: "table",
      experiment,
      file,
      digest,
      cache: join(workspace.root, "tables"),
      folder: { id: folder.id, path: folder.path },
      codeVersion: codeVersion(),
    };
    const outcome = await runTrainer(job, hooks);
    await recordTrials(workspace, outcome);
    writeCard(folder, outcome.card);
    return { folder, card: outcome.card, found: false };
  } finally {
    release();
  }
}

/** Each seed is a fit that was looked at; its outcomes are those of the last split, by day. */
async function recordTrials(workspace: Workspace, { card, trials }: TableOutcome): Promise<void> {
  const { experiment, dataId } = card;
  const last = experiment.splits[card.splits.at(-1)?.split ?? "validation"] ?? experiment.splits.validation;
  const state = await openStateDatabase(workspace.stateDb);
  try {
    for (const [i, outOfSample] of trials.entries()) {
      await state.trials.record({
        experimentHash: tableExperimentHash(experiment),
        dataId,
        lineage: dataId,
        from: utcMidnight(last.from),
        to: utcMidnight(last.to),
        kind: "fit",
        codeVersion: card.codeVersion,
        seed: `${experiment.seed}/${i + 1}`,
        recordedAt: systemClock.now(),
        outOfSample,
      });
    }
  } finally {
    await state.close();
  }
}
