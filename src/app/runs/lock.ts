// One process per run. Also tells a run that works from one whose process is gone.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { lockFile } from "#adapters/stores/sqlite/file-lock.js";
import { TruewindError } from "#base/errors.js";
import type { RunRecord, RunStore } from "#ports/store.js";
import type { Workspace } from "../config/workspace.js";
import { type RunFolder, runFolderAt } from "./run-folder.js";

const LOCK_FILE = "lock";
/** Who holds the lock, for messages only. */
const OWNER_FILE = "lock.owner";
/** `settleRuns` holds the lock of a run for an instant. */
const WAIT_MS = 500;

/** Returns the function that lets go. Throws `busy` while another process works on the run. */
export function acquireRun(folder: RunFolder): () => void {
  const release = lockFile(folder.file(LOCK_FILE), WAIT_MS);
  if (release === null) {
    throw new TruewindError(
      "busy",
      `${ownerOf(folder)} is working on run ${folder.id}: wait for its end, or stop it and give the same command again.`,
    );
  }
  writeFileSync(folder.file(OWNER_FILE), `${process.pid}\n`);
  return release;
}

/** Whether a process holds the run. Where nobody can tell, as on a full disk, one might. */
export function isWorkedOn(folder: RunFolder): boolean {
  if (!existsSync(folder.file(LOCK_FILE))) return false;
  try {
    const release = lockFile(folder.file(LOCK_FILE));
    release?.();
    return release === null;
  } catch {
    return true;
  }
}

/** All runs. One that is recorded as running although its process is gone was interrupted: that is recorded now. */
export async function settleRuns(workspace: Workspace, runs: RunStore): Promise<readonly RunRecord[]> {
  for (const { id, state } of await runs.list()) {
    if (state !== "running") continue;
    const folder = runFolderAt(workspace, id);
    const release = existsSync(folder.path) ? lockFile(folder.file(LOCK_FILE)) : (): void => undefined;
    if (release === null) continue;
    try {
      // It may have come to its end between the listing and the lock.
      const present = await runs.get(id);
      if (present?.state === "running") await runs.save({ ...present, state: "interrupted" });
    } finally {
      release();
    }
  }
  return runs.list();
}

function ownerOf(folder: RunFolder): string {
  const file = folder.file(OWNER_FILE);
  return existsSync(file) ? `Process ${readFileSync(file, "utf8").trim()}` : "Another process";
}
