// The newest bytes of each name in one file, written whole and renamed into place: what a restart without a server reads.
// Written at most once a second, in the background; a disk that is full is said once and tried again.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import type { LatestMirror, MirrorCounters } from "#ports/latest-mirror.js";

export interface FileMirrorOptions {
  readonly file: string;
  /** Told once when it cannot be written and once when it can again. */
  readonly say: (sentence: string) => void;
  /** Least distance between writes, milliseconds. */
  readonly everyMs?: number;
}

const MAGIC = "truewind latest 1";

export class FileMirror implements LatestMirror {
  private readonly all = new Map<string, Uint8Array>();
  private readonly waiting = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> | null = null;
  private closed = false;
  private written = 0;
  private superseded = 0;
  private failures = 0;
  private trouble: string | null = null;

  constructor(private readonly options: FileMirrorOptions) {}

  get counters(): MirrorCounters {
    const { written, superseded, failures, waiting, trouble } = this;
    return { written, superseded, failures, waiting: waiting.size, trouble };
  }

  put(name: string, bytes: Uint8Array): void {
    if (this.closed) return;
    this.all.set(name, bytes);
    if (this.waiting.has(name)) this.superseded++;
    else this.waiting.add(name);
    this.plan();
  }

  async load(): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    try {
      const reader = new ByteReader(await readFile(this.options.file));
      if (reader.text() !== MAGIC) return found;
      while (!reader.done) found.set(reader.text(), reader.bytes());
    } catch {
      // None yet, or one that ends early: what was read up to there is whole.
    }
    // The first write must not forget what this process does not make.
    for (const [name, bytes] of found) if (!this.all.has(name)) this.all.set(name, bytes);
    return found;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.writing;
    if (this.waiting.size > 0) await this.write();
  }

  private plan(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.writing ??= this.write().finally(() => {
        this.writing = null;
        if (this.waiting.size > 0 && !this.closed) this.plan();
      });
    }, this.options.everyMs ?? 1000).unref();
  }

  private async write(): Promise<void> {
    const { file, say } = this.options;
    const names = [...this.waiting];
    this.waiting.clear();
    const writer = new ByteWriter().text(MAGIC);
    for (const [name, bytes] of this.all) writer.text(name).bytes(bytes);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.unfinished`, writer.view());
      await rename(`${file}.unfinished`, file);
      this.written += names.length;
      if (this.trouble !== null) say(`${file} is written again, and has all feature vectors.`);
      this.trouble = null;
    } catch (error) {
      this.failures++;
      for (const name of names) this.waiting.add(name);
      const reason = (error as NodeJS.ErrnoException).code ?? "it cannot be written";
      if (this.trouble === null) say(`Feature vectors are not written to ${file} for now (${reason}). The run goes on without it.`);
      this.trouble = reason;
    }
  }
}
