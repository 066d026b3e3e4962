// Files of the emergency stop: there, whole and on the disk when the call returns, or an error is thrown.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export function writeDurably(path: string, text: string): void {
  const part = `${path}.part`;
  const fd = openSync(part, "w");
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(part, path);
  syncFolderOf(path);
}

/** One line more. A torn line that a crash has left before it is closed off. */
export function appendLineDurably(path: string, line: string): void {
  const fd = openSync(path, "a");
  try {
    const whole = readFileSync(path, "utf8");
    writeSync(fd, `${whole === "" || whole.endsWith("\n") ? "" : "\n"}${line}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncFolderOf(path);
}

export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncFolderOf(path);
}

/** False only when it is known not to be there: what cannot be looked at counts as there. */
export function mayExist(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function syncFolderOf(path: string): void {
  if (process.platform === "win32") return; // a folder cannot be opened there, and renaming is durable by itself
  const fd = openSync(dirname(path), "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
