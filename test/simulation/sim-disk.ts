// A disk that a process can die on: what was written but not synced survives a killed process and may be lost or torn when power fails;
// it takes less than it is given, runs full and fails to sync. Every change is one numbered point at which the process can be killed.
import type { Disk, DiskFile } from "#adapters/stores/journal/disk.js";
import type { Rng } from "#base/rng.js";

/** The process is dead: nothing that it still does has any effect. */
export class Killed extends Error {}
/** What the system says: no space, or no answer from the device. */
export class DiskError extends Error {}

export interface DiskFaults {
  /** Chance that a write takes only part of what it is given. */
  readonly shortWrites: number;
  /** Chance that a sync fails. */
  readonly failingSyncs: number;
}

type Pending = { readonly at: number; readonly bytes: Uint8Array } | { readonly size: number };

/** Bytes that grow. */
class Content {
  bytes: Uint8Array = new Uint8Array(1 << 14);
  size = 0;
  apply(change: Pending): void {
    if ("size" in change) {
      this.bytes.fill(0, Math.min(this.size, change.size), Math.max(this.size, change.size));
      this.size = change.size;
      return;
    }
    const end = change.at + change.bytes.length;
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(change.bytes, change.at);
    this.size = Math.max(this.size, end);
  }
  copy(): Content {
    const copy = new Content();
    copy.bytes = this.bytes.slice();
    copy.size = this.size;
    return copy;
  }
}

class Inode {
  cached = new Content();
  durable = new Content();
  pending: Pending[] = [];
  sync(): void {
    for (const change of this.pending) this.durable.apply(change);
    this.pending = [];
  }
}

const SECTOR = 512;

export class SimDisk {
  /** Changes so far. */
  points = 0;
  /** The point at which the process dies; before, within or after it by chance. */
  killAt = Number.POSITIVE_INFINITY;
  /** No byte is free. */
  full = false;
  private names = new Map<string, Inode>();
  private durableNames = new Map<string, Inode>();

  constructor(
    private readonly rng: Rng,
    private faults: DiskFaults,
  ) {}

  /** From now on it works. */
  heal(): void {
    this.faults = { shortWrites: 0, failingSyncs: 0 };
    this.full = false;
  }

  /** The disk as one process sees it; `died` is told when it is killed at a point. */
  mount(process: { alive: boolean }, died: () => void): Disk {
    const { rng } = this;
    const live = (): void => {
      if (!process.alive) throw new Killed();
    };
    /** Runs one change, or part of it, or none, and the process with it. */
    const point = (whole: () => void, part: () => void = whole): void => {
      live();
      if (++this.points !== this.killAt) return whole();
      const when = rng.int(4);
      if (when === 1) whole();
      if (when > 1) part();
      process.alive = false;
      died();
      throw new Killed();
    };
    const put = (inode: Inode, change: Pending): void => {
      inode.cached.apply(change);
      inode.pending.push(change);
    };
    const file = (inode: Inode): DiskFile => ({
      size: () => {
        live();
        return inode.cached.size;
      },
      read: (into, at) => {
        live();
        into.set(inode.cached.bytes.subarray(at, Math.min(at + into.length, inode.cached.size)));
      },
      write: (bytes, from, at) => {
        live();
        let length = bytes.length - from;
        if (this.full) {
          // What is left of the last sector is taken, then nothing.
          length = Math.min(length, (SECTOR - (inode.cached.size % SECTOR)) % SECTOR);
          if (length === 0) throw new DiskError("ENOSPC: no space left on device");
        } else if (length > 1 && rng.next() < this.faults.shortWrites) {
          length = 1 + rng.int(length - 1);
        }
        const taken = bytes.slice(from, from + length);
        point(
          () => put(inode, { at, bytes: taken }),
          () => put(inode, { at, bytes: taken.subarray(0, rng.int(taken.length + 1)) }),
        );
        return length;
      },
      truncate: (size) => point(() => put(inode, { size })),
      sync: () => {
        if (rng.next() < this.faults.failingSyncs) throw new DiskError("EIO: the device does not answer");
        point(() => inode.sync());
      },
      close: live,
    });
    const at = (path: string): Inode => {
      live();
      const inode = this.names.get(path);
      if (inode === undefined) throw new DiskError(`ENOENT: ${path}`);
      return inode;
    };
    return {
      create: (path) => {
        const inode = new Inode();
        point(() => this.names.set(path, inode));
        return file(inode);
      },
      open: (path) => file(at(path)),
      rename: (from, to) => {
        const inode = at(from);
        point(() => {
          this.names.delete(from);
          this.names.set(to, inode);
          this.durableNames = new Map(this.names);
        });
      },
    };
  }

  has(path: string): boolean {
    return this.names.has(path);
  }

  /** Whole content of a file as the system holds it. */
  content(path: string): Uint8Array {
    const content = (this.names.get(path) as Inode).cached;
    return content.bytes.slice(0, content.size);
  }

  /** What would be there after a loss of power in which the disk kept nothing that it need not keep. */
  durable(path: string): DiskFile {
    const content = this.durableNames.get(path)?.durable ?? new Content();
    const refuse = (): never => {
      throw new Error("only for reading");
    };
    return {
      size: () => content.size,
      read: (into, at) => into.set(content.bytes.subarray(at, Math.min(at + into.length, content.size))),
      write: refuse,
      truncate: refuse,
      sync: refuse,
      close() {},
    };
  }

  /** Of what was not synced each sector survives or not; a change may also be whole, lost, or cut off at any byte. */
  losePower(): void {
    const { rng } = this;
    this.names = new Map(this.durableNames);
    for (const inode of this.names.values()) {
      for (const change of inode.pending) this.survive(inode.durable, change, rng.int(4));
      inode.pending = [];
      inode.cached = inode.durable.copy();
    }
  }

  private survive(durable: Content, change: Pending, fate: number): void {
    if (fate === 0) return;
    if (fate === 1 || "size" in change) return durable.apply(change);
    const { at, bytes } = change;
    if (fate === 2) return durable.apply({ at, bytes: bytes.subarray(0, this.rng.int(bytes.length + 1)) });
    // The file has grown, and only some of its sectors hold what was written.
    durable.apply({ size: Math.max(durable.size, at + bytes.length) });
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR));
      if (this.rng.next() < 0.5) durable.apply({ at: at + from, bytes: bytes.subarray(from, to) });
      from = to;
    }
  }
}
