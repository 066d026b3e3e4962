// Whole lines that were added to a file, to the files of a folder, or to what a web address answers, since they were last asked for. It keeps
// nothing between starts: who goes on reads everything again and knows what he has seen.
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";

export interface FeedLine {
  /** Place of its file in the order of names; 0 where there is one. */
  readonly file: number;
  /** From 1. */
  readonly line: number;
  /** First line of a CSV file; null where lines are JSON. */
  readonly header: string | null;
  readonly text: string;
}

export interface FeedTail {
  /** Throws `bad-file` while the source cannot be read; the next call tries again, and nothing is lost. */
  read(signal?: AbortSignal): Promise<readonly FeedLine[]>;
}

/** Milliseconds that an answer may take. */
const PATIENCE_MS = 10_000;

/** A URL (http or https), a file, or a folder whose *.csv and *.ndjson files are read in the order of their names. */
export function createTail(location: string): FeedTail {
  return /^https?:/.test(location) ? webTail(location) : pathTail(location);
}

/** What has been read of one stream of bytes. */
class Progress {
  offset = 0;
  private rest = Buffer.alloc(0);
  private count = 0;
  private header: string | null = null;

  constructor(private readonly file: number) {}

  /** The stream has been replaced by another one: it is read from its start. */
  restart(): void {
    this.offset = 0;
    this.rest = Buffer.alloc(0);
    this.count = 0;
    this.header = null;
  }

  /** Bytes that follow; a last line without its end waits. */
  take(bytes: Buffer): readonly FeedLine[] {
    this.offset += bytes.length;
    const all = Buffer.concat([this.rest, bytes]);
    const end = all.lastIndexOf(10) + 1;
    this.rest = all.subarray(end);
    const found: FeedLine[] = [];
    if (end === 0) return found;
    for (const raw of all.toString("utf8", 0, end - 1).split("\n")) {
      const text = raw.replace(/\r$/, "").replace(/^\uFEFF/, "");
      this.count++;
      if (text.trim() === "") continue;
      if (this.count === 1 && !text.trimStart().startsWith("{")) this.header = text;
      else found.push({ file: this.file, line: this.count, header: this.header, text });
    }
    return found;
  }
}

function pathTail(path: string): FeedTail {
  const known = new Map<string, Progress>();
  return {
    async read() {
      const lines: FeedLine[] = [];
      for (const file of await filesAt(path)) {
        let progress = known.get(file);
        if (progress === undefined) known.set(file, (progress = new Progress(known.size)));
        lines.push(...progress.take(await readFrom(file, progress)));
      }
      return lines;
    },
  };
}

async function filesAt(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => /\.(csv|ndjson)$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch (cause) {
    throw new TruewindError("bad-file", `The feed ${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

async function readFrom(path: string, progress: Progress): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size < progress.offset) progress.restart();
    const bytes = Buffer.alloc(size - progress.offset);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, progress.offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function webTail(url: string): FeedTail {
  const progress = new Progress(0);
  return {
    async read(signal) {
      const timeout = AbortSignal.timeout(PATIENCE_MS);
      const { offset } = progress;
      try {
        const answer = await fetch(url, {
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
          headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
        });
        // 416: nothing lies behind what was read.
        if (answer.status === 416 || answer.status === 304) return [];
        if (!answer.ok) throw new Error(`it answers ${answer.status}`);
        const body = Buffer.from(await answer.arrayBuffer());
        if (answer.status === 206) return progress.take(body);
        if (body.length < offset) progress.restart();
        return progress.take(body.subarray(progress.offset));
      } catch (cause) {
        throw new TruewindError("bad-file", `The feed ${url} cannot be read: ${(cause as Error).message}.`, { cause });
      }
    },
  };
}
