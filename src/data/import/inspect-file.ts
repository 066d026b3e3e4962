// Looks at a whole file before DuckDB reads it: DuckDB takes a truncated gzip or a broken byte for the end of the data and says
// nothing. A file that is damaged is put aside as a whole: rows from it could be half of a number.
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";

export type Inspection =
  | { readonly ok: true; readonly header: readonly string[]; readonly quoted: boolean }
  | { readonly ok: false; readonly reason: string };

/** Header lines are short; a first line longer than this is not a table. */
const MAX_HEADER = 65_536;
const MAX_COLUMNS = 2_000;
/** Files up to this many bytes are read whole, a few at a time; others go by as a stream. */
const AT_ONCE = 1 << 20;

const gunzipWhole = promisify(gunzip);

/** Reads the file to its end. Never throws for what is wrong with the file. */
export async function inspectCsv(path: string, delimiter: string, signal?: AbortSignal): Promise<Inspection> {
  const scan = new TextScan();
  try {
    const sink = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of chunks) scan.add(chunk);
    };
    const { size } = await stat(path);
    if (size === 0) return { ok: false, reason: "the file is empty" };
    // One read and one call for the usual small file: streams take several times as long.
    const bytes = size <= AT_ONCE ? await readFile(path) : null;
    const gzip = isGzip(bytes ?? (await firstBytes(path)));
    if (!gzip && path.endsWith(".gz")) return { ok: false, reason: "the name says gzip, the content is not" };
    const whole = bytes !== null && gzip ? await unpack(bytes) : bytes;
    const options = signal === undefined ? {} : { signal };
    if (whole !== null) scan.add(whole);
    else if (gzip) await pipeline(createReadStream(path), createGunzip(), sink, options);
    else await pipeline(createReadStream(path), sink, options);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { ok: false, reason: readingProblem(error as NodeJS.ErrnoException) };
  }
  return scan.result(delimiter);
}

/** Null when it is too large unpacked. */
async function unpack(bytes: Buffer): Promise<Buffer | null> {
  try {
    return await gunzipWhole(bytes, { maxOutputLength: AT_ONCE * 16 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return null;
    throw error;
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function readingProblem(error: NodeJS.ErrnoException): string {
  if (error.code === "Z_BUF_ERROR") return "the gzip file is truncated";
  if (error.code?.startsWith("Z_") === true) return `the gzip file is damaged (${error.message})`;
  return `the file cannot be read (${error.code ?? error.message})`;
}

class TextScan {
  private head = Buffer.alloc(0);
  private bytes = 0;
  private carry = Buffer.alloc(0);
  private problem: string | null = null;
  private quotes = 0;

  add(chunk: Buffer): void {
    if (this.problem !== null) return;
    if (this.head.length < MAX_HEADER) this.head = Buffer.concat([this.head, chunk.subarray(0, MAX_HEADER - this.head.length)]);
    const text = this.carry.length === 0 ? chunk : Buffer.concat([this.carry, chunk]);
    const whole = wholeCharacters(text);
    if (text.includes(0)) this.problem = "it holds binary data (a zero byte), not text";
    else if (!isUtf8(text.subarray(0, whole))) this.problem = `it is not UTF-8 text (near byte ${this.bytes}): save it as UTF-8`;
    this.carry = Buffer.from(text.subarray(whole));
    this.bytes += chunk.length;
    for (let at = chunk.indexOf(0x22); at >= 0; at = chunk.indexOf(0x22, at + 1)) this.quotes++;
  }

  result(delimiter: string): Inspection {
    if (this.problem !== null) return { ok: false, reason: this.problem };
    if (this.bytes === 0) return { ok: false, reason: "the file is empty" };
    if (this.carry.length > 0) return { ok: false, reason: "it is not UTF-8 text (it ends inside a character): save it as UTF-8" };
    if (this.quotes % 2 === 1) return { ok: false, reason: "it has an odd number of quote characters, so a field never ends" };
    const line = (
      this.head
        .toString("utf8")
        .replace(/^\ufeff/, "")
        .split(/\r\n|\n|\r/, 1)[0] ?? ""
    ).trimEnd();
    const header = splitHeader(line, delimiter);
    if (line === "") return { ok: false, reason: "its first line is empty, so its columns have no names" };
    if (header.length > MAX_COLUMNS || line.length >= MAX_HEADER / 2) return { ok: false, reason: "its first line is no header" };
    return { ok: true, header, quoted: this.quotes > 0 };
  }
}

/** Length of the text up to its last whole UTF-8 character. */
function wholeCharacters(text: Buffer): number {
  for (let back = 1; back <= Math.min(4, text.length); back++) {
    const byte = text[text.length - back] as number;
    if (byte < 0x80) return text.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? text.length - back : text.length;
    }
  }
  return text.length;
}

function splitHeader(line: string, delimiter: string): string[] {
  const names: string[] = [];
  for (let at = 0; ; at++) {
    const end = line.startsWith('"', at) ? quotedEnd(line, at) : endOf(line, delimiter, at);
    const text = line.slice(at, end).trim();
    names.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    at = line.indexOf(delimiter, end);
    if (at < 0) return names;
  }
}

function endOf(line: string, delimiter: string, from: number): number {
  const end = line.indexOf(delimiter, from);
  return end < 0 ? line.length : end;
}

function quotedEnd(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] !== '"') continue;
    if (line[at + 1] !== '"') return at + 1;
    at++;
  }
  return line.length;
}
