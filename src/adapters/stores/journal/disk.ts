// What the journal asks of a disk, and the disk of the operating system. The other disk is that of the fault simulation (test/simulation):
// it loses what was not synced, tears what was being written and fills up.
import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface DiskFile {
  /** Bytes. */
  size(): number;
  /** Fills `into` with what stands at byte `at`. */
  read(into: Uint8Array, at: number): void;
  /** Writes what stands in `bytes` behind `from`, at byte `at`. Returns the bytes taken: fewer than given when the system took no more. */
  write(bytes: Uint8Array, from: number, at: number): number;
  truncate(size: number): void;
  /** Returns when all that was written is durable. */
  sync(): void;
  close(): void;
}

export interface Disk {
  /** For writing and reading; empties what was there. */
  create(path: string): DiskFile;
  /** `append` writes and reads, `read` only reads. */
  open(path: string, how: "append" | "read"): DiskFile;
  /** Whole or not at all, and durable when it returns. */
  rename(from: string, to: string): void;
}

export const systemDisk: Disk = {
  create: (path) => fileOf(openSync(path, "w+")),
  open: (path, how) => fileOf(openSync(path, how === "append" ? "r+" : "r")),
  rename(from, to) {
    renameSync(from, to);
    if (process.platform === "win32") return; // a folder cannot be opened there, and NTFS journals its names
    const folder = openSync(dirname(to), "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  },
};

function fileOf(fd: number): DiskFile {
  return {
    size: () => fstatSync(fd).size,
    read: (into, at) => void readSync(fd, into, 0, into.length, at),
    write: (bytes, from, at) => writeSync(fd, bytes, from, bytes.length - from, at),
    truncate: (size) => ftruncateSync(fd, size),
    sync: () => fdatasyncSync(fd),
    close: () => closeSync(fd),
  };
}
