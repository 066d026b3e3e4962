// Whole lines that were added to a file, to the files of a folder, or to what a web address answers, since they were last asked for. It keeps
// nothing between starts: who goes on reads everything again and knows what he has seen. Each reading begins a little before what is new: where
// that is not what was read there, another stream stands in its place (a page of errors, a file that was rewritten) and is read from its start.
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

/** Bytes at the end of what was read that must stand there again. */
const OVERLAP = 256;

/** What has been read of one stream of bytes. */
class Progress {
  private offset = 0;
  /** The last bytes before `offset`. */
  private last = Buffer.alloc(0);
  private rest = Buffer.alloc(0);
  private count = 0;
  private header: string | null = null;

  constructor(private readonly file: number) {}

  /** Where to read from. */
  get from(): number {
    return this.offset - this.last.length;
  }

  restart(): void {
    this.offset = 0;
    this.last = this.rest = Buffer.alloc(0);
    this.count = 0;
    this.header = null;
  }

  /** Whether bytes from `from` on, too few perhaps, go on with what was read. */
  continues(bytes: Buffer): boolean {
    return bytes.subarray(0, this.last.length).equals(this.last);
  }

  /** Bytes from `from` on; a last line without its end waits. Throws, and takes nothing in, where a stream begins as no feed does. */
  take(bytes: Buffer): readonly FeedLine[] {
    const all = Buffer.concat([this.rest, bytes.subarray(this.last.length)]);
    const end = all.lastIndexOf(10) + 1;
    const lines = end === 0 ? [] : all.toString("utf8", 0, end - 1).split("\n");
    if (this.count === 0 && lines[0] !== undefined) refuseOther(textOf(lines[0]));
    this.offset += bytes.length - this.last.length;
    this.last = Buffer.from(Buffer.concat([this.last, bytes.subarray(this.last.length)]).subarray(-OVERLAP));
    this.rest = all.subarray(end);
    const found: FeedLine[] = [];
    for (const raw of lines) {
      const text = textOf(raw);
      this.count++;
      if (text.trim() === "") continue;
      if (this.count === 1 && !isJson(text)) this.header = text;
      else found.push({ file: this.file, line: this.count, header: this.header, text });
    }
    return found;
  }
}

const textOf = (raw: string): string => raw.replace(/\r$/, "").replace(/^\uFEFF/, "");

const isJson = (text: string): boolean => text.trimStart().startsWith("{");

function refuseOther(first: string): void {
  if (first.trim() === "" || isJson(first)) return;
  const names = first.split(",").map((name) => name.trim().toLowerCase());
  if (names.includes("symbol") || names.includes("until")) return;
  throw new Error("its first line is neither JSON nor a CSV header with a column symbol");
}

function unreadable(place: string, cause: unknown): TruewindError {
  const { message, cause: deeper } = cause as Error;
  const why = deeper instanceof Error ? `${message} (${deeper.message})` : message;
  return new TruewindError("bad-file", `The feed ${place} cannot be read: ${why}.`, { cause });
}

function pathTail(path: string): FeedTail {
  const known = new Map<string, Progress>();
  return {
    async read() {
      const lines: FeedLine[] = [];
      let place = path;
      try {
        for (const file of await filesAt(path)) {
          place = file;
          let progress = known.get(file);
          if (progress === undefined) known.set(file, (progress = new Progress(known.size)));
          lines.push(...(await linesOf(file, progress)));
        }
      } catch (cause) {
        // What the files before it have told is told now: it would not be read again.
        if (lines.length === 0) throw unreadable(place, cause);
      }
      return lines;
    },
  };
}

async function filesAt(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => /\.(csv|ndjson)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

async function linesOf(path: string, progress: Progress): Promise<readonly FeedLine[]> {
  const file = await open(path, "r");
  const readFrom = async (from: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(Math.max(0, (await file.stat()).size - from));
    return bytes.subarray(0, (await file.read(bytes, 0, bytes.length, from)).bytesRead);
  };
  try {
    const bytes = await readFrom(progress.from);
    if (progress.continues(bytes)) return progress.take(bytes);
    progress.restart();
    return progress.take(await readFrom(0));
  } finally {
    await file.close();
  }
}

function webTail(url: string): FeedTail {
  const progress = new Progress(0);
  const ask = async (signal: AbortSignal): Promise<readonly FeedLine[]> => {
    const { from } = progress;
    const answer = await fetch(url, { signal, headers: from === 0 ? {} : { range: `bytes=${from}-` } });
    if (answer.status === 304) return [];
    // 416: the stream has become shorter.
    if (!answer.ok && (answer.status !== 416 || from === 0)) throw new Error(`it answers ${answer.status}`);
    const body = Buffer.from(await answer.arrayBuffer());
    const bytes = answer.status === 206 ? body : body.subarray(from);
    if (answer.status !== 416 && progress.continues(bytes)) return progress.take(bytes);
    progress.restart();
    // A part of a stream cannot be its start.
    return answer.status === 200 ? progress.take(body) : ask(signal);
  };
  return {
    async read(signal) {
      const timeout = AbortSignal.timeout(PATIENCE_MS);
      try {
        return await ask(signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
      } catch (cause) {
        throw unreadable(url, cause);
      }
    },
  };
}
