// Whole lines that were added to a file, to the files of a folder, or to what a web address answers, since they were last asked for. It keeps
// nothing between starts: who goes on reads everything again and knows what he has seen. Each reading begins a little before what is new: where
// that is not what was read there, another stream stands in its place (a page of errors, a file that was rewritten) and is read from its start.
import { open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { TruewindError } from "#base/errors.js";
import { answerOf } from "./web-answer.js";

export interface FeedLine {
  /** Name of its file in a folder; empty where there is one. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** First line of a CSV file; null where lines are JSON. */
  readonly header: string | null;
  readonly text: string;
}

export interface FeedTail {
  /**
   * Null: the answer is under way. Throws `bad-file` while the source cannot be read; the next call tries again, and nothing is lost. `signal` gives
   * up what is under way, also between calls.
   */
  read(signal: AbortSignal): Promise<readonly FeedLine[] | null>;
}

/** Milliseconds without a byte after which an answer is given up; a call waits no longer for one that is under way. */
const PATIENCE_MS = 10_000;

/** Bytes of an answer that are new: what lies beyond is asked for the next time. */
const LARGEST = 256 << 20;

/** Bytes of a line without an end that is waited for. */
const LONGEST_LINE = 1 << 20;

/** A URL (http or https), a file, or a folder whose *.csv and *.ndjson files are read in the order of their names. */
export function createTail(location: string, patienceMs = PATIENCE_MS): FeedTail {
  return /^https?:/.test(location) ? webTail(location, patienceMs) : pathTail(location);
}

/** Bytes at the end of what was read that must stand there again. */
const OVERLAP = 256;

const NONE = Buffer.alloc(0);

/** As far as both go. */
function isAlike(a: Buffer, b: Buffer): boolean {
  const length = Math.min(a.length, b.length);
  return a.subarray(0, length).equals(b.subarray(0, length));
}

/** What has been read of one stream of bytes. */
class Progress {
  private offset = 0;
  /** The last bytes before `offset`. */
  private last = Buffer.alloc(0);
  private rest = Buffer.alloc(0);
  private count = 0;
  private header: string | null = null;

  constructor(private readonly file: string) {}

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

  /** Whether bytes from `from` on come to where it was read to. */
  reaches(bytes: Buffer): boolean {
    return bytes.length >= this.last.length;
  }

  /** Whether bytes from `from` on, too few perhaps, say what was read. */
  isAlike(bytes: Buffer): boolean {
    return isAlike(bytes, this.last);
  }

  /** Bytes from `from` on; a last line without its end waits. Throws, and takes nothing in, where a stream begins as no feed does. */
  take(bytes: Buffer): readonly FeedLine[] {
    const all = Buffer.concat([this.rest, bytes.subarray(this.last.length)]);
    const end = all.lastIndexOf(10) + 1;
    const lines = end === 0 ? [] : all.toString("utf8", 0, end - 1).split("\n");
    if (all.length - end > LONGEST_LINE) throw new Error(`line ${this.count + lines.length + 1} does not end within ${LONGEST_LINE} bytes`);
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
          if (progress === undefined) known.set(file, (progress = new Progress(file === path ? "" : basename(file))));
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
    if (progress.reaches(bytes) && progress.isAlike(bytes)) return progress.take(bytes);
    progress.restart();
    return progress.take(await readFrom(0));
  } finally {
    await file.close();
  }
}

function webTail(url: string, patienceMs: number): FeedTail {
  const progress = new Progress("");
  // What has come of an answer that broke off, from `progress.from` on. It is told with the rest: an action may stand behind the bars of its day.
  let held: Buffer = NONE;
  let asked: Promise<readonly FeedLine[]> | null = null;

  const ask = async (signal: AbortSignal): Promise<readonly FeedLine[]> => {
    const kept = Math.max(0, held.length - OVERLAP);
    const from = progress.from + kept;
    const { status, bytes, broken } = await answerOf(url, { from, room: LARGEST - held.length, patienceMs }, signal);
    if (status === 304) return [];
    // 416: the stream has become shorter.
    if (status >= 300 && (status !== 416 || from === 0)) throw new Error(`it answers ${status}`);
    const overlap = held.subarray(kept);
    const all = Buffer.concat([held, bytes.subarray(overlap.length)]);
    const whole = bytes.length >= overlap.length && progress.reaches(all);
    const other = !isAlike(bytes, overlap) || !progress.isAlike(all);
    if (broken !== null) {
      if (other) again();
      else if (whole) held = all;
      throw broken;
    }
    if (whole && !other && status !== 416) {
      held = NONE;
      return progress.take(all);
    }
    again();
    // A part of a stream cannot be its start.
    return from === 0 ? progress.take(bytes) : ask(signal);
  };
  const again = (): void => {
    held = NONE;
    progress.restart();
  };

  return {
    async read(signal) {
      asked ??= ask(signal);
      let timer: NodeJS.Timeout | undefined;
      const later = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), patienceMs)));
      try {
        const lines = await Promise.race([asked, later]);
        if (lines !== null) asked = null;
        return lines;
      } catch (cause) {
        asked = null;
        throw unreadable(url, cause);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
