// Where a control lies in the workspace: `controls`, in a folder named like the run that it controls. Finished repetitions are files of
// their own; control.json is there once all is done.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import type { NullKind } from "#research/controls/null-kind.js";
import type { NullProof } from "#research/controls/prove-null.js";
import type { Tuning } from "../config/tuning.js";
import type { Workspace } from "../config/workspace.js";
import { type RunFolder, readJson, writeWhole } from "../runs/run-folder.js";
import type { ControlResult, Repetition } from "./control-result.js";
import { type ControlTask, taskName } from "./tasks.js";

export const CONTROL_FILE = "control.json";
export const CONTROL_PAGE = "control.html";
/** Between the run and the search that is repeated with it. */
const TUNED = "-tuned-";

/** `run`: id of the run that is controlled; `tuning`: the search that chose its settings and is repeated with it. The folder is made. */
export function openControlFolder(workspace: Workspace, run: string, tuning: Tuning | null): RunFolder {
  const folder = controlFolderAt(workspace, tuning === null ? run : `${run}${TUNED}${hashJson(tuning).slice(0, 8)}`);
  mkdirSync(folder.path, { recursive: true });
  return folder;
}

function controlFolderAt(workspace: Workspace, run: string): RunFolder {
  const path = join(workspace.root, "controls", run);
  return { id: run, path, file: (name) => join(path, name) };
}

/**
 * The control of a run, before others one that repeats the search which chose it; null when there is none that came to its end. Throws
 * `corrupt-artifact`.
 */
export function readControl(workspace: Workspace, run: string): ControlResult | null {
  const folder = join(workspace.root, "controls");
  const tuned = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.startsWith(`${run}${TUNED}`))
        .sort()
    : [];
  for (const name of [...tuned, run]) {
    const path = controlFolderAt(workspace, name).file(CONTROL_FILE);
    if (existsSync(path)) return readKept(path) as ControlResult;
  }
  return null;
}

export function readRepetition(folder: RunFolder, task: ControlTask): Repetition | null {
  const path = folder.file(`${taskName(task)}.json`);
  return existsSync(path) ? (readKept(path) as Repetition) : null;
}

export function writeRepetition(folder: RunFolder, task: ControlTask, repetition: Repetition): void {
  writeWhole(folder.file(`${taskName(task)}.json`), `${JSON.stringify(repetition)}\n`);
}

export function readProof(folder: RunFolder, kind: NullKind): NullProof | null {
  const path = folder.file(`proof-${kind}.json`);
  return existsSync(path) ? (readKept(path) as NullProof) : null;
}

export function writeProof(folder: RunFolder, proof: NullProof): void {
  writeWhole(folder.file(`proof-${proof.kind}.json`), `${JSON.stringify(proof)}\n`);
}

function readKept(path: string): unknown {
  try {
    return readJson(path);
  } catch (cause) {
    throw new TruewindError("corrupt-artifact", `${path} is damaged: remove it, and give the same command again.`, { cause });
  }
}
