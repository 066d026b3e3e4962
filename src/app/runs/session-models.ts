// What a paper session measures once at its start and keeps, so that going on depends on nothing that may have changed: models and what is expected.
import { existsSync } from "node:fs";
import type { StateDatabase } from "#adapters/stores/sqlite/database.js";
import type { Session } from "#domain/session.js";
import type { Expectation } from "#monitoring/expectation.js";
import type { ModelSchedule } from "#ports/model.js";
import type { RiskLimits } from "#risk/limits.js";
import type { Experiment } from "../config/experiment.js";
import { expectationBefore } from "../modes/expectation.js";
import { dataIdentity } from "../modes/run-facts.js";
import { type Progress, runStudy } from "../modes/study.js";
import type { Universe } from "../modes/universe.js";
import { keepModels } from "./keep-models.js";
import { EXPECTATION_FILE, type RunFolder, readJson, readModels, writeWhole } from "./run-folder.js";

interface Waiting {
  readonly onProgress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Measured once and kept: what is watched for must not change on the way. */
export async function expectation(
  experiment: Experiment,
  universe: Universe,
  folder: RunFolder,
  models: ModelSchedule,
  limits: RiskLimits,
  first: Session,
  { onProgress, signal }: Waiting,
) {
  const path = folder.file(EXPECTATION_FILE);
  if (!existsSync(path)) {
    const found = await expectationBefore(experiment, universe, models, limits, first, onProgress, signal);
    writeWhole(path, `${JSON.stringify(found)}\n`);
  }
  return readJson(path) as Expectation | null;
}

/** Trained once and kept: a session that goes on must not depend on training again. */
export async function fittedModels(state: StateDatabase, experiment: Experiment, universe: Universe, folder: RunFolder, options: Waiting) {
  if (existsSync(folder.file("models/schedule.json"))) return readModels(folder);
  const { manifest } = universe.dataset;
  const study = await runStudy(experiment, universe, options.onProgress, options.signal);
  await keepModels(state, folder, experiment, { ...manifest, id: dataIdentity(manifest.id, universe.facts) }, study);
  return readModels(folder);
}
