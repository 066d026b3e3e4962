// The verb behind `truewind model import`: an ONNX file of another maker, or a model text of LightGBM, becomes a model of the workspace that
// `truewind predict` finds.
import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import { isModelText } from "#models/lightgbm/artifact.js";
import { importLightGbm } from "#models/lightgbm/import.js";
import { importOnnx } from "#models/onnx/import.js";
import { modelFamily } from "#models/registry/families.js";
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
  readonly family: "onnx" | "lightgbm";
  readonly steps: number;
  readonly table: TableColumnsOf;
  readonly seeds: readonly [{ readonly seed: 1; readonly artifact: string; readonly hash: string }];
}

/** What the families ask for; what only files of ONNX have is null, or 1, for the others. */
export interface ImportSettings {
  /** Null: as they stand in the file. */
  readonly features: readonly string[] | null;
  readonly part: number | null;
  readonly probability: boolean;
  readonly inputs: Readonly<Record<string, readonly string[]>> | null;
  readonly output: string | null;
  readonly steps: number;
}

export interface ImportOptions {
  readonly workspace: Workspace;
  readonly file: string;
  readonly name: string;
  readonly settings: ImportSettings;
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
  const family = isModelText(bytes) ? "lightgbm" : "onnx";
  const artifact = family === "lightgbm" ? takeText(bytes, settings) : await takeOnnx(bytes, settings);
  const model = modelFamily(family).load(artifact);
  const hash = sha256(artifact);
  const folder = openModelFolder(workspace, `${name}-${hash.slice(0, 12)}`);
  const kept = family === "lightgbm" ? "imported.txt" : "imported.onnx";
  const card: ImportedModelCard = {
    kind: "imported",
    id: folder.id,
    source: { file: basename(file), hash: sha256(bytes) },
    family,
    steps: model.steps,
    table: tableExperimentSchema.shape.table.parse({ features: model.features, task }),
    seeds: [{ seed: 1, artifact: kept, hash }],
  };
  writeWhole(folder.file(kept), artifact);
  writeCard(folder, card);
  return { folder, card };
}

function takeText(bytes: Uint8Array, { features, part, probability, inputs, output, steps }: ImportSettings): Uint8Array {
  if (inputs !== null || output !== null || steps !== 1)
    throw new TruewindError(
      "bad-config",
      "A model text of LightGBM has one input, one output and one step: leave --input, --output and --steps out.",
    );
  return importLightGbm(bytes, { features, part, probability });
}

function takeOnnx(bytes: Uint8Array, settings: ImportSettings): Promise<Uint8Array> {
  if (settings.features === null)
    throw new TruewindError(
      "bad-config",
      "An ONNX file does not name its features: name them with --features, in the order of its training.",
    );
  return importOnnx(bytes, settings);
}
