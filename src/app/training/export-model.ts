// The verb behind `truewind model export`: a model of the workspace becomes an ONNX file that other programs open.
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { TruewindError } from "#base/errors.js";
import { exportOnnx } from "#models/onnx/export.js";
import { modelFamily } from "#models/registry/families.js";
import type { FittedModel } from "#ports/model.js";
import type { Workspace } from "../config/workspace.js";
import { writeWhole } from "../runs/run-folder.js";
import type { TableModelCard } from "./card.js";
import type { ImportedModelCard } from "./import-model.js";
import { CARD_FILE, type ModelFolder, findModelFolder, readArtifact, readCard } from "./model-folder.js";
import type { StudyModelCard } from "./study-card.js";

export interface ExportOptions {
  readonly workspace: Workspace;
  /** Id, beginning of an id, or path. */
  readonly model: string;
  readonly out: string;
  /** From 1; null where there is only one. */
  readonly seed: number | null;
}

/** Throws `no-such-model`, `bad-usage`, `bad-config` for families that have no such form, `corrupt-artifact`. */
export function exportModel({ workspace, model: name, out, seed }: ExportOptions): {
  readonly folder: ModelFolder;
  readonly model: FittedModel;
  readonly bytes: number;
} {
  const folder = findModelFolder(workspace, name);
  if (!existsSync(dirname(resolve(out))))
    throw new TruewindError("bad-usage", `There is no folder ${dirname(resolve(out))} to write ${out} in.`);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new TruewindError("bad-usage", `${out} is a folder, and --out names a file.`);
  const { family, seeds } = artifactsOf(folder);
  if (seed === null && seeds.length > 1)
    throw new TruewindError(
      "bad-usage",
      `${folder.id} holds ${seeds.length} models, one per seed: choose one with --seed 1 to ${seeds.length}.`,
    );
  const chosen = seeds[(seed ?? 1) - 1];
  if (chosen === undefined) throw new TruewindError("bad-usage", `${folder.id} has the seeds 1 to ${seeds.length}, and no seed ${seed}.`);
  const model = modelFamily(family).load(readArtifact(folder, chosen.artifact, chosen.hash));
  const file = exportOnnx(model);
  writeWhole(resolve(out), file);
  return { folder, model, bytes: file.length };
}

interface Artifacts {
  readonly family: string;
  readonly seeds: readonly { readonly artifact: string; readonly hash: string }[];
}

/** Of models that were fitted fold by fold, those of the newest fold. */
function artifactsOf(folder: ModelFolder): Artifacts {
  const card = readCard(folder) as Partial<
    Pick<TableModelCard | ImportedModelCard, "family" | "seeds"> & Pick<StudyModelCard, "models">
  > | null;
  const { family, seeds, models } = card ?? {};
  if (family !== undefined && seeds !== undefined) return { family, seeds };
  if (family === undefined || models === undefined)
    throw new TruewindError("corrupt-artifact", `${folder.file(CARD_FILE)} is no card of a model: train or import the model again.`);
  const newest = models.flatMap((folds) => folds.slice(-1));
  return { family, seeds: newest.map(({ artifact, artifactHash }) => ({ artifact, hash: artifactHash })) };
}
