// The folder of one run and what lies in it. Files are written whole or not at all: a reader never meets half a result.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import type { ModelCard } from "#domain/model-card.js";
import type { RunResult } from "#domain/run-result.js";
import type { FittedModel } from "#ports/model.js";
import { modelFamily } from "#models/registry/families.js";
import type { Micros } from "#domain/time.js";
import type { Workspace } from "../config/workspace.js";

export interface RunFolder {
  readonly id: string;
  readonly path: string;
  file(name: string): string;
}

export const RESULT_FILE = "result.json";
export const REPORT_FILE = "report.html";
export const JOURNAL_FILE = "journal.twj";
export const PAPER_FILE = "paper.json";
export const PAPER_PAGE = "paper.html";
export const EXPECTATION_FILE = "expectation.json";
export const QUARANTINE_FILE = "quarantine.ndjson";
/** Corporate actions that a polled feed has brought. */
export const ACTIONS_FILE = "actions.ndjson";
export const CERTIFICATE_FILE = "certificate.json";
export const CERTIFICATE_PAGE = "certificate.html";
export const EXTRAS_FILE = "extras.json";
export const EXPLANATION_FILE = "explanation.json";
export const TCA_FILE = "tca.json";
export const TCA_PAGE = "tca.html";

export function openRunFolder(workspace: Workspace, id: string): RunFolder {
  const folder = runFolderAt(workspace, id);
  mkdirSync(join(folder.path, "models"), { recursive: true });
  return folder;
}

/** Whether or not it is there. */
export function runFolderAt(workspace: Workspace, id: string): RunFolder {
  const path = join(workspace.runs, id);
  return { id, path, file: (name) => join(path, name) };
}

/** Throws `no-such-run`, naming where it looked. A unique beginning of an id is enough. */
export function findRunFolder(workspace: Workspace, id: string): RunFolder {
  // An unset variable of a shell is no choice, even where there is but one run.
  if (id.trim() === "") throw new TruewindError("bad-usage", "The id of the run is empty: say which one; `truewind runs` lists them.");
  const matches = readdirSync(workspace.runs).filter((name) => name === id || name.startsWith(id));
  const exact = matches.includes(id) ? id : matches.length === 1 ? matches[0] : undefined;
  if (exact === undefined) {
    const found = matches.length > 1 ? `it fits ${matches.slice(0, 5).join(", ")}` : `look at \`truewind runs\``;
    throw new TruewindError("no-such-run", `There is no single run "${id}" in ${workspace.runs}: ${found}.`);
  }
  return runFolderAt(workspace, exact);
}

/** After a crash, that of the machine included, the file is the old one or the new one. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const fd = openSync(`${path}.part`, "w");
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.part`, path);
}

export function writeResult(folder: RunFolder, result: RunResult): void {
  writeWhole(folder.file(RESULT_FILE), `${JSON.stringify(result)}\n`);
  writeWhole(folder.file("experiment.yaml"), stringify(result.experiment));
}

/** Throws `no-such-run` when the run has not come to a result. */
export function readResult(folder: RunFolder): RunResult {
  const path = folder.file(RESULT_FILE);
  if (existsSync(folder.file(PAPER_FILE)))
    throw new TruewindError(
      "no-such-run",
      `Run ${folder.id} is a paper session, and reports are of backtests: \`truewind status ${folder.id}\` draws its page.`,
    );
  if (!existsSync(path))
    throw new TruewindError("no-such-run", `Run ${folder.id} has no result: it did not come to its end. Run its experiment again.`);
  return readJson(path) as RunResult;
}

/** Throws `corrupt-artifact` when the file is damaged or gone. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TruewindError("corrupt-artifact", `${path} is missing or damaged: restore it from a copy, or run again what wrote it.`, {
      cause,
    });
  }
}

/** One model of a walk-forward schedule, as kept beside the run. */
export interface StoredModel {
  readonly card: ModelCard;
  /** First decision it may make. */
  readonly from: Micros;
}

/** Saves the models of a schedule: what paper and replay load instead of training again. */
export function writeModels(folder: RunFolder, models: readonly (StoredModel & { readonly model: FittedModel })[]): void {
  for (const { card, model } of models) writeWhole(folder.file(join("models", `${card.id}.model`)), model.save());
  const schedule = models.map(({ card, from }): StoredModel => ({ card, from }));
  writeWhole(folder.file(join("models", "schedule.json")), `${JSON.stringify(schedule, null, 1)}\n`);
}

/** Throws `no-such-run` without a schedule, and `corrupt-artifact` when a model is not, to the bit, the one that was kept. */
export function readModels(folder: RunFolder): readonly { readonly id: string; readonly model: FittedModel; readonly testFrom: Micros }[] {
  const path = folder.file(join("models", "schedule.json"));
  if (!existsSync(path)) throw new TruewindError("no-such-run", `Run ${folder.id} has no models: run its backtest first.`);
  const stored = readJson(path) as readonly StoredModel[];
  return stored.map(({ card, from }) => ({
    id: card.id,
    model: modelFamily(card.family).load(readModelFile(folder, card)),
    testFrom: from,
  }));
}

function readModelFile(folder: RunFolder, { id, artifactHash }: ModelCard): Uint8Array {
  const path = folder.file(join("models", `${id}.model`));
  const bytes = existsSync(path) ? readFileSync(path) : null;
  // A changed coefficient is a number like any other: only the hash tells.
  if (bytes === null || sha256(bytes) !== artifactHash) {
    throw new TruewindError(
      "corrupt-artifact",
      `${path} is ${bytes === null ? "gone" : "damaged"}: restore it from a copy, or move the folder of run ${folder.id} away and run its experiment again.`,
    );
  }
  return bytes;
}
