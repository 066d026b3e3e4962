// The verb behind `truewind model import`: an ONNX file of another maker becomes a model of the workspace that `truewind predict` finds.
import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import { importOnnx } from "#models/onnx/import.js";
import { onnx } from "#models/onnx/family.js";
import type { TableExperiment } from "../config/table-experiment.js";
import { tableExperimentSchema } from "../config/table-experiment.js";
import type { Workspace } from "../config/workspace.js";
import { writeWhole } from "../runs/run-folder.js";
import { type ModelFolder, openModelFolder, writeCard } from "./model-folder.js";

/** Columns of the tables that a model reads, as of a table experiment. */
export type TableColumnsOf = TableExperiment["table"];

export interface ImportedModelCard {
  readonly kind: "imported";
  readonly id: string;
  /** Name and SHA-256 of the file that was taken in. */
  readonly source: { readonly file: string; readonly hash: string };
  readonly family: "onnx";
  readonly steps: number;
  readonly table: TableColumnsOf;
  readonly seeds: readonly [{ readonly seed: 1; readonly artifact: string; readonly hash: string }];
}

export interface ImportOptions {
  readonly workspace: Workspace;
  readonly file: string;
  readonly name: string;
  /** What the family asks for. */
  readonly settings: { readonly features: readonly string[] };
  readonly task: TableColumnsOf["task"];
}

/** Throws `no-such-file`, `bad-config`, `bad-file`. The same file and settings are found again under the same id. */
export async function importModel({ workspace, file, name, settings, task }: ImportOptions): Promise<{
  readonly folder: ModelFolder;
  readonly card: ImportedModelCard;
}> {
  if (!existsSync(file)) throw new TruewindError("no-such-file", `There is no file ${resolve(file)}.`);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new TruewindError("bad-config", `A model cannot be called "${name}": use lower-case words joined by hyphens.`);
  const bytes = Uint8Array.from(readFileSync(file));
  const artifact = await importOnnx(bytes, settings);
  const hash = sha256(artifact);
  const folder = openModelFolder(workspace, `${name}-${hash.slice(0, 12)}`);
  const card: ImportedModelCard = {
    kind: "imported",
    id: folder.id,
    source: { file: basename(file), hash: sha256(bytes) },
    family: "onnx",
    steps: onnx.load(artifact).steps,
    table: tableExperimentSchema.shape.table.parse({ features: settings.features, task }),
    seeds: [{ seed: 1, artifact: "imported.onnx", hash }],
  };
  writeWhole(folder.file("imported.onnx"), artifact);
  writeCard(folder, card);
  return { folder, card };
}
