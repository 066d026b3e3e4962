// The key of a dataset's anonymized names as a file of the workspace, for its owner alone. It is changed by one process at a time and replaced
// in one step: who reads it meets the old one or the new one. The secret in it is never told.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lockFile } from "#adapters/stores/sqlite/file-lock.js";
import { TruewindError } from "#base/errors.js";
import { type NameKey, keyAsText, parseKey } from "#data/names/name-key.js";

/** Another process writes a key in an instant. */
const WAIT_MS = 10_000;

export function keyFile(folder: string, lineage: string): string {
  return join(folder, `${lineage.slice(0, 16)}.json`);
}

/** Null when there is none. Throws `bad-key` for one that is damaged, of a newer Truewind, or of another dataset. */
export function readKey(path: string, lineage: string): NameKey | null {
  if (!existsSync(path)) return null;
  const key = parseKey(readFileSync(path, "utf8"));
  if (key === "newer")
    throw new TruewindError(
      "bad-key",
      `The key of names ${path} was made by a newer Truewind: update Truewind, or use its workspace there.`,
    );
  if (key === "damaged")
    throw new TruewindError(
      "bad-key",
      `The key of names ${path} is damaged: restore it from a copy. Without one, remove it: a new key is made, and names of earlier runs cannot be read back.`,
    );
  if (key.lineage !== lineage)
    throw new TruewindError(
      "bad-key",
      `The key of names ${path} belongs to another dataset (${key.lineage.slice(0, 12)} instead of ${lineage.slice(0, 12)}): put the right one there, or remove it.`,
    );
  return key;
}

/** Makes of the key that is there by then, or of none, the one that `change` returns. Throws `bad-key`, or `busy`. */
export function changeKey(path: string, lineage: string, change: (key: NameKey | null) => NameKey): NameKey {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const release = lockFile(`${path}.lock`, WAIT_MS);
  if (release === null) throw new TruewindError("busy", `Another process writes the key of names ${path}: give the same command again.`);
  try {
    const before = readKey(path, lineage);
    const after = change(before);
    if (before === null || keyAsText(before) !== keyAsText(after)) writePrivately(path, keyAsText(after));
    return after;
  } finally {
    release();
  }
}

function writePrivately(path: string, text: string): void {
  const fd = openSync(`${path}.part`, "w", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.part`, path);
}
