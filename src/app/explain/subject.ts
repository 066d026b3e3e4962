// Finds what is to be explained by its name: a backtest, a paper session, models trained on a dataset, or a model of tables.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import { readJournalHeader } from "#adapters/stores/journal/file.js";
import { hashJson } from "#base/hash.js";
import { modelFamily } from "#models/registry/families.js";
import type { Workspace } from "../config/workspace.js";
import type { JournalHeader } from "../runs/journal-header.js";
import { JOURNAL_FILE, type RunFolder, findRunFolder, readModels } from "../runs/run-folder.js";
import type { TableModelCard } from "../training/card.js";
import type { ImportedModelCard } from "../training/import-model.js";
import { type ModelFolder, findModelFolder, readArtifact, readCard } from "../training/model-folder.js";
import type { StudyModelCard } from "../training/study-card.js";
import type { KeptFold, RanExperiment } from "./study-subject.js";

export type Subject =
  | { readonly kind: "run"; readonly mode: "backtest" | "paper"; readonly folder: RunFolder; readonly header: JournalHeader }
  | { readonly kind: "study"; readonly folder: ModelFolder; readonly card: StudyModelCard }
  | { readonly kind: "table"; readonly folder: ModelFolder; readonly card: TableModelCard | ImportedModelCard };

/** Throws `no-such-run` when nothing has that name, naming what there is, and when a run kept no models. */
export function findSubject(workspace: Workspace, name: string): Subject {
  const runs = namesIn(workspace.runs);
  const models = namesIn(join(workspace.root, "models"));
  if (runs.some((run) => run === name || run.startsWith(name))) return runSubject(findRunFolder(workspace, name));
  if (/[\\/]/.test(name) || models.some((model) => model.startsWith(name))) return modelSubject(findModelFolder(workspace, name));
  const some = (list: readonly string[]): string => `${list.slice(0, 5).join(", ")}${list.length > 5 ? ", …" : ""}`;
  const known = [runs.length > 0 ? `runs: ${some(runs)}` : "", models.length > 0 ? `models: ${some(models)}` : ""].filter(
    (text) => text !== "",
  );
  throw new TruewindError(
    "no-such-run",
    `There is neither a run nor a model "${name}"; ${known.length > 0 ? `there are ${known.join("; ")}.` : "there are none yet: `truewind demo` makes some."}`,
  );
}

function runSubject(folder: RunFolder): Subject {
  const journal = folder.file(JOURNAL_FILE);
  if (!existsSync(journal) || !existsSync(folder.file(join("models", "schedule.json"))))
    throw new TruewindError(
      "no-such-run",
      `Run ${folder.id} has no models to be explained: it did not come to trade. Run its experiment again.`,
    );
  const header = readJournalHeader(journal) as JournalHeader;
  return { kind: "run", mode: header.mode, folder, header };
}

function modelSubject(folder: ModelFolder): Subject {
  const card = readCard(folder) as (StudyModelCard | TableModelCard | ImportedModelCard) & { readonly kind: string };
  return card.kind === "study"
    ? { kind: "study", folder, card }
    : { kind: "table", folder, card: card as TableModelCard | ImportedModelCard };
}

/** Experiment, data and models of a subject on a dataset. */
export function studyOf(subject: Exclude<Subject, { kind: "table" }>): {
  readonly ran: RanExperiment;
  readonly folds: readonly KeptFold[];
} {
  if (subject.kind === "run") {
    const { header, folder } = subject;
    const folds = readModels(folder).map(({ id, model, testFrom }) => ({ id, models: [model], from: testFrom }));
    const facts = header.facts?.map(({ id }) => id) ?? [];
    const dataId = facts.length === 0 ? header.dataId : hashJson([header.dataId, ...facts]);
    return { ran: { experiment: header.experiment, dataId, names: header.names }, folds };
  }
  const { card, folder } = subject;
  const [first = []] = card.models;
  const folds = first.map(({ id, from }, fold) => ({
    id: card.models.length === 1 ? id : `${id} and ${card.models.length - 1} more seeds`,
    models: card.models.map((seed) => {
      const one = seed[fold] as (typeof first)[number];
      return modelFamily(one.family).load(readArtifact(folder, one.artifact, one.artifactHash));
    }),
    from,
  }));
  return { ran: { experiment: card.experiment, dataId: card.dataId, names: card.names }, folds };
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
