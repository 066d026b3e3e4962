// The journal's file: a magic line, a header block, then blocks of entries. A block is [length u32][crc32 of the payload u32]
// [crc32 of these eight bytes u32][payload]; it is written whole at a barrier (or when full), so what a crash leaves is a last
// block that is not whole: it is cut. Damage anywhere else is an error, never a shorter journal.
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";

const MAGIC = Buffer.from("TRUEWIND-JOURNAL-2\n");
const BLOCK_LIMIT = 1 << 20;
const FRAME = 12;
const SUMMED = 8;

export interface JournalFile {
  readonly fd: number;
  /** Where the next block goes: the end of the last whole one. */
  end: number;
}

/** Under its name only once its header is whole: a crash in between leaves no journal at all. Replaces one that was there. */
export function createJournalFile(path: string, header: unknown): JournalFile {
  const unnamed = `${path}.new`;
  const fd = openSync(unnamed, "w+");
  const file = { fd, end: 0 };
  append(file, MAGIC);
  appendBlock(file, new ByteWriter(4096).json(header).view());
  fdatasyncSync(fd);
  renameSync(unnamed, path);
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

/**
 * Whole blocks from `from` on, the header's among them; stops quietly at a last one that is torn.
 * Throws `corrupt-journal` when a block is damaged that a crash cannot have left so.
 */
export function* blocks(fd: number, size: number, from: number): Generator<Block> {
  const frame = Buffer.alloc(FRAME);
  for (let at = from; at + FRAME <= size; ) {
    readSync(fd, frame, 0, FRAME, at);
    if (frame.every((byte) => byte === 0)) return; // the file grew, its content never arrived
    const length = frame.readUInt32LE(0);
    if (crc32(frame.subarray(0, SUMMED)) !== frame.readUInt32LE(SUMMED)) throw damaged(at, size);
    const end = at + FRAME + length;
    if (end > size) return;
    const payload = Buffer.allocUnsafe(length);
    readSync(fd, payload, 0, length, at + FRAME);
    if (crc32(payload) !== frame.readUInt32LE(4)) {
      if (end === size) return;
      throw damaged(at, size);
    }
    yield { payload, start: at, end };
    at = end;
  }
}

function damaged(at: number, size: number): TruewindError {
  return new TruewindError(
    "corrupt-journal",
    `The journal is damaged at byte ${at} of ${size}, before its end: restore it from a copy, or delete it and start again.`,
  );
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
  frame.writeUInt32LE(crc32(frame.subarray(0, SUMMED)), SUMMED);
  frame.set(payload, FRAME);
  append(file, frame);
}

/** The system may take less than it was given; a full disk throws, and `end` still stands behind the last whole block. */
function append(file: JournalFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file.fd, bytes, done, bytes.length - done, file.end + done);
  file.end += bytes.length;
}

export const blockIsFull = (bytes: number): boolean => bytes >= BLOCK_LIMIT;

function readHeader(fd: number, size: number, path: string): unknown {
  const magic = Buffer.alloc(MAGIC.length);
  readSync(fd, magic, 0, MAGIC.length, 0);
  if (!magic.equals(MAGIC)) throw new TruewindError("corrupt-journal", `${path} is not a Truewind journal of this version.`);
  for (const block of blocks(fd, size, MAGIC.length)) return new ByteReader(block.payload).json();
  throw new TruewindError("corrupt-journal", `${path} has no whole header: nothing can be recovered from it.`);
}
