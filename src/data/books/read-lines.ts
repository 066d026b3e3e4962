// Lines of a recording, block by block: plain, gzip, or the first file of a zip. Memory is bounded by one block and one line.
// What is broken is told in one sentence with the file and the line.
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip, createInflateRaw } from "node:zlib";
import { TruewindError } from "#base/errors.js";

const BLOCK_BYTES = 1 << 18;
const LONGEST_LINE = 1 << 26;
const LF = 10;
const CR = 13;

/** Blocks of lines without their ends; empty lines are left out. Throws `no-such-file`, or `bad-file` when it cannot be unpacked. */
export async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  let rest: Buffer | null = null;
  let count = 0;
  try {
    for await (const block of await unpacked(path)) {
      const bytes: Buffer = rest === null ? (block as Buffer) : Buffer.concat([rest, block as Buffer]);
      const end = bytes.lastIndexOf(LF);
      if (bytes.length - end > LONGEST_LINE) throw notText(path, count);
      rest = end === bytes.length - 1 ? null : bytes.subarray(end + 1);
      if (end < 0) continue;
      const lines = split(bytes, end);
      count += lines.length;
      yield lines;
    }
  } catch (error) {
    throw explained(error, path, count);
  }
  if (rest !== null) yield split(Buffer.concat([rest, Buffer.from("\n")]), rest.length);
}

/** The first lines, at most `most`. */
export async function firstLines(path: string, most: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const block of readLines(path)) {
    lines.push(...block.slice(0, most - lines.length));
    if (lines.length >= most) break;
  }
  return lines;
}

function split(bytes: Buffer, end: number): string[] {
  const lines: string[] = [];
  for (let from = 0; from <= end; ) {
    const to = bytes.indexOf(LF, from);
    const last = to > from && bytes[to - 1] === CR ? to - 1 : to;
    // Names may hold other letters; numbers and keys, which are what is read, never do. Latin-1 never fails and is quick.
    if (last > from) lines.push(bytes.toString("latin1", from, last));
    from = to + 1;
  }
  return lines;
}

async function unpacked(path: string): Promise<AsyncIterable<unknown>> {
  const head = Buffer.alloc(30);
  const file = await open(path, "r");
  const { bytesRead } = await file.read(head, 0, 30, 0).finally(() => file.close());
  if (bytesRead === 0) throw new TruewindError("bad-file", `${path} is empty: a recording of an order book is needed.`);
  const options = { highWaterMark: BLOCK_BYTES };
  if (head.readUInt16BE(0) === 0x1f8b) return piped(createReadStream(path, options), createGunzip({ chunkSize: BLOCK_BYTES }));
  if (bytesRead === 30 && head.readUInt32BE(0) === 0x504b0304) {
    const start = 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    const method = head.readUInt16LE(8);
    if (method === 8) return piped(createReadStream(path, { ...options, start }), createInflateRaw({ chunkSize: BLOCK_BYTES }));
    const size = head.readUInt32LE(18);
    if (method === 0 && size > 0) return createReadStream(path, { ...options, start, end: start + size - 1 });
    throw new TruewindError("bad-file", `${path} is a zip packed in a way that is not known here: unpack it first.`);
  }
  return createReadStream(path, options);
}

function piped<T extends NodeJS.ReadWriteStream & AsyncIterable<unknown>>(
  from: NodeJS.ReadableStream & { destroy(error?: Error): void },
  into: T,
): T {
  from.on("error", (error: Error) => (into as unknown as { destroy(error: Error): void }).destroy(error));
  // The end of the reader ends the file.
  (into as unknown as NodeJS.EventEmitter).on("close", () => from.destroy());
  return from.pipe(into);
}

function notText(path: string, line: number): TruewindError {
  return new TruewindError(
    "bad-file",
    `${path} has a line of more than 64 MB after line ${line}: it is no recording of messages in lines.`,
  );
}

function explained(error: unknown, path: string, lines: number): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const where = lines === 0 ? "before its first line" : `after line ${lines}`;
  if (code === "ENOENT") return new TruewindError("no-such-file", `There is no file ${path}.`, { cause: error });
  if (code === "Z_BUF_ERROR")
    return new TruewindError("bad-file", `${path} is cut off: its packed data end ${where}; copy the file again.`, { cause: error });
  if (code?.startsWith("Z_"))
    return new TruewindError("bad-file", `${path} is damaged: its packed data make no sense ${where}; copy the file again.`, {
      cause: error,
    });
  return error;
}
