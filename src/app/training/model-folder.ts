// The folder of a trained model in the workspace: artifacts, the past that a prediction needs, and `model.json`, written last. A folder
// without it holds a training that has not come to its end.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import type { PastRows } from "#data/table/windows.js";
import type { CheckpointStore, FittedModel, ModelFamily } from "#ports/model.js";
import type { Workspace } from "../config/workspace.js";
import { type RunFolder, readJson, writeWhole } from "../runs/run-folder.js";

export type ModelFolder = RunFolder;

export const CARD_FILE = "model.json";
export const PAST_FILE = "past.bin";

/** Makes the folder. */
export function openModelFolder(workspace: Workspace, id: string): ModelFolder {
  const path = join(modelsOf(workspace), id);
  mkdirSync(path, { recursive: true });
  return { id, path, file: (name) => join(path, name) };
}

/** A finished model, by its path, its id, or a beginning of the id that no other has. Throws `no-such-model`. */
export function findModelFolder(workspace: Workspace, name: string): ModelFolder {
  const at = (path: string): ModelFolder => ({ id: basename(path), path, file: (file) => join(path, file) });
  const models = modelsOf(workspace);
  const ids = existsSync(models) ? readdirSync(models).filter((id) => id.startsWith(name)) : [];
  const found =
    /[\\/]/.test(name) || (ids.length === 0 && isFolder(name))
      ? [resolve(name)]
      : ids.includes(name)
        ? [join(models, name)]
        : ids.map((id) => join(models, id));
  const [path] = found;
  if (path === undefined || !isFolder(path))
    throw new TruewindError("no-such-model", `There is no model "${name}" in ${models}: \`truewind train\` makes one.`);
  if (found.length > 1)
    throw new TruewindError("no-such-model", `"${name}" fits more than one model: ${ids.slice(0, 5).join(", ")}. Name more of its id.`);
  if (!existsSync(join(path, CARD_FILE)))
    throw new TruewindError("no-such-model", `${path} holds no finished model: give the command \`truewind train\` that began it again.`);
  return at(path);
}

/** Null where the training has not come to its end. Throws `corrupt-artifact`. */
export function readCard(folder: ModelFolder): unknown {
  return existsSync(folder.file(CARD_FILE)) ? readJson(folder.file(CARD_FILE)) : null;
}

export function writeCard(folder: ModelFolder, card: unknown): void {
  writeWhole(folder.file(CARD_FILE), `${JSON.stringify(card, null, 1)}\n`);
}

/** Throws `corrupt-artifact` when the file is not the one that the card speaks of. */
export function readArtifact(folder: ModelFolder, file: string, hash: string): Uint8Array {
  // A card names files of its own folder, and never leads out of it.
  const path = folder.file(basename(file));
  const bytes = existsSync(path) ? readFileSync(path) : null;
  if (bytes === null || sha256(bytes) !== hash)
    throw new TruewindError(
      "corrupt-artifact",
      `${path} is ${bytes === null ? "gone" : "damaged"}: remove the folder and train the model again.`,
    );
  return bytes;
}

/** A model that an unfinished training has kept. Throws `corrupt-artifact` naming the file: without it, it is trained again. */
export function loadKept(family: ModelFamily<unknown>, path: string): FittedModel {
  try {
    return family.load(readFileSync(path));
  } catch (cause) {
    if (!(cause instanceof TruewindError) || cause.code !== "corrupt-artifact") throw cause;
    throw new TruewindError("corrupt-artifact", `${path} is damaged: remove it, and give the same command again.`, { cause });
  }
}

export function checkpointAt(folder: ModelFolder, name: string): CheckpointStore {
  const path = folder.file(name);
  return {
    name: path,
    read: () => (existsSync(path) ? readFileSync(path) : null),
    write: (state) => writeWhole(path, state),
    remove: () => rmSync(path, { force: true }),
  };
}

const MAGIC = "truewind-past";

export function pastToBytes(features: number, past: ReadonlyMap<string, PastRows>): Uint8Array {
  const writer = new ByteWriter();
  writer.text(MAGIC).u8(1).u32(features).u32(past.size);
  for (const [symbol, { times, x }] of past)
    writer
      .text(symbol)
      .f64s(times)
      .bytes(new Uint8Array(x.buffer, x.byteOffset, x.byteLength));
  return writer.finish();
}

/** Throws `corrupt-artifact`. */
export function pastFromBytes(bytes: Uint8Array): ReadonlyMap<string, PastRows> {
  const reader = new ByteReader(bytes);
  if (reader.text() !== MAGIC || reader.u8() !== 1)
    throw new TruewindError("corrupt-artifact", "The past of the model is of another kind: train it again.");
  reader.u32();
  const past = new Map<string, PastRows>();
  for (let left = reader.u32(); left > 0; left--) {
    const symbol = reader.text();
    const times = reader.f64s();
    past.set(symbol, { times, x: new Float32Array(reader.bytes().slice().buffer) });
  }
  return past;
}

function modelsOf(workspace: Workspace): string {
  return join(workspace.root, "models");
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
