// The journal's file: a magic line, a header block, then blocks of entries. A block is [length u32][crc32 u32][payload];
// it is written whole at a barrier (or when full), so a torn tail is the last, incomplete block, and is cut.
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";

const MAGIC = Buffer.from("TRUEWIND-JOURNAL-1\n");
const BLOCK_LIMIT = 1 << 20;
const FRAME = 8;

export interface JournalFile {
  readonly fd: number;
  /** Where the next block goes: the end of the last whole one. */
  end: number;
}

export function createJournalFile(path: string, header: unknown): JournalFile {
  const fd = openSync(path, "w+");
  writeSync(fd, MAGIC, 0, MAGIC.length, 0);
  const file = { fd, end: MAGIC.length };
  const first = new ByteWriter(4096).json(header);
  appendBlock(file, first.view());
  fdatasyncSync(fd);
  return file;
}

/** Opens for appending: anything behind the last whole block is cut off. */
export function openJournalFile(path: string): { readonly file: JournalFile; readonly header: unknown; readonly cutBytes: number } {
  const fd = openSync(path, "r+");
  const { size } = fstatSync(fd);
  const header = readHeader(fd, size, path);
  const file = { fd, end: MAGIC.length };
  for (const block of blocks(fd, size, MAGIC.length)) file.end = block.end;
  if (file.end < size) ftruncateSync(fd, file.end);
  return { file, header, cutBytes: size - file.end };
}

export function readJournalHeader(path: string): unknown {
  const fd = openSync(path, "r");
  try {
    return readHeader(fd, fstatSync(fd).size, path);
  } finally {
    closeSync(fd);
  }
}

export interface Block {
  readonly payload: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Whole blocks from `from` on, the header's among them; stops quietly at the first that is torn. */
export function* blocks(fd: number, size: number, from: number): Generator<Block> {
  const frame = Buffer.alloc(FRAME);
  for (let at = from; at + FRAME <= size; ) {
    readSync(fd, frame, 0, FRAME, at);
    const length = frame.readUInt32LE(0);
    if (length === 0 || length > 64 * BLOCK_LIMIT || at + FRAME + length > size) return;
    const payload = Buffer.allocUnsafe(length);
    readSync(fd, payload, 0, length, at + FRAME);
    if (crc32(payload) !== frame.readUInt32LE(4)) return;
    yield { payload, start: at, end: at + FRAME + length };
    at += FRAME + length;
  }
}

/** Where the entries begin: behind the header's block. */
export function firstEntryBlock(fd: number, size: number): number {
  for (const block of blocks(fd, size, MAGIC.length)) return block.end;
  return size;
}

export function appendBlock(file: JournalFile, payload: Uint8Array): void {
  const frame = Buffer.allocUnsafe(FRAME + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(crc32(payload), 4);
  frame.set(payload, FRAME);
  writeSync(file.fd, frame, 0, frame.length, file.end);
  file.end += frame.length;
}

export const blockIsFull = (bytes: number): boolean => bytes >= BLOCK_LIMIT;

function readHeader(fd: number, size: number, path: string): unknown {
  const magic = Buffer.alloc(MAGIC.length);
  readSync(fd, magic, 0, MAGIC.length, 0);
  if (!magic.equals(MAGIC)) throw new TruewindError("corrupt-journal", `${path} is not a Truewind journal of this version.`);
  for (const block of blocks(fd, size, MAGIC.length)) return new ByteReader(block.payload).json();
  throw new TruewindError("corrupt-journal", `${path} has no whole header: nothing can be recovered from it.`);
}
