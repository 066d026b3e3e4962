// The journal's file: a magic line, a header block, then blocks of entries. A block is [length u32][crc32 of the payload u32]
// [crc32 of these eight bytes u32][payload]; it is written whole at a barrier (or when full), so what a crash leaves is a last
// block that is not whole: it is cut. Damage anywhere else is an error, never a shorter journal.
import { crc32 } from "node:zlib";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import { type Disk, type DiskFile, systemDisk } from "./disk.js";

const MAGIC = Buffer.from("TRUEWIND-JOURNAL-3\n");
const BLOCK_LIMIT = 1 << 20;
const FRAME = 12;
const SUMMED = 8;

export interface JournalFile {
  readonly disk: DiskFile;
  /** Where the next block goes: the end of the last whole one. */
  end: number;
}

/** Under its name only once its header is whole: a crash in between leaves no journal at all. Replaces one that was there. */
export function createJournalFile(path: string, header: unknown, on: Disk = systemDisk): JournalFile {
  const unnamed = `${path}.new`;
  const disk = on.create(unnamed);
  const file = { disk, end: 0 };
  append(file, MAGIC);
  appendBlock(file, new ByteWriter(4096).json(header).view());
  disk.sync();
  on.rename(unnamed, path);
  return file;
}

/** Opens for appending: anything behind the last whole block is cut off. */
export function openJournalFile(
  path: string,
  on: Disk = systemDisk,
): { readonly file: JournalFile; readonly header: unknown; readonly cutBytes: number } {
  const disk = on.open(path, "append");
  const size = disk.size();
  const header = readHeader(disk, size, path);
  const file = { disk, end: MAGIC.length };
  for (const block of blocks(disk, size, MAGIC.length)) file.end = block.end;
  if (file.end < size) disk.truncate(file.end);
  disk.sync(); // a killed process leaves a last block that the system holds and the disk may not
  return { file, header, cutBytes: size - file.end };
}

export function readJournalHeader(path: string): unknown {
  const disk = systemDisk.open(path, "read");
  try {
    return readHeader(disk, disk.size(), path);
  } finally {
    disk.close();
  }
}

export interface Block {
  readonly payload: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Whole blocks from `from` on, the header's among them; stops quietly at a last one that is torn: behind it stands no whole block.
 * Throws `corrupt-journal` when a block is damaged that a crash cannot have left so.
 */
export function* blocks(disk: DiskFile, size: number, from: number): Generator<Block> {
  for (let at = from; at + FRAME <= size; ) {
    const block = blockAt(disk, size, at);
    if (block === null) {
      if (followed(disk, size, at)) throw damaged(at, size);
      return;
    }
    yield block;
    at = block.end;
  }
}

/** Null when what stands there is no whole block. */
function blockAt(disk: DiskFile, size: number, start: number): Block | null {
  const frame = Buffer.alloc(FRAME);
  disk.read(frame, start);
  const end = start + FRAME + frame.readUInt32LE(0);
  if (end > size || crc32(frame.subarray(0, SUMMED)) !== frame.readUInt32LE(SUMMED)) return null;
  const payload = Buffer.allocUnsafe(end - start - FRAME);
  disk.read(payload, start + FRAME);
  return crc32(payload) === frame.readUInt32LE(4) ? { payload, start, end } : null;
}

/**
 * Whether any whole block begins behind `at`. Only one block at a time is not yet durable, and a disk that loses power may keep any part
 * of it: its frame without its payload, some of its sectors, zeros. What stands before a whole block was durable, and its damage is another.
 */
function followed(disk: DiskFile, size: number, at: number): boolean {
  const rest = Buffer.alloc(size - at);
  disk.read(rest, at);
  for (let i = 1; i + FRAME <= rest.length; i++) {
    const length = rest.readUInt32LE(i);
    if (length === 0 || i + FRAME + length > rest.length) continue;
    if (crc32(rest.subarray(i, i + SUMMED)) === rest.readUInt32LE(i + SUMMED) && blockAt(disk, size, at + i) !== null) return true;
  }
  return false;
}

function damaged(at: number, size: number): TruewindError {
  return new TruewindError(
    "corrupt-journal",
    `The journal is damaged at byte ${at} of ${size}, before its end: restore it from a copy, or delete it and start again.`,
  );
}

/** Where the entries begin: behind the header's block. */
export function firstEntryBlock(disk: DiskFile, size: number): number {
  for (const block of blocks(disk, size, MAGIC.length)) return block.end;
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
  for (let done = 0; done < bytes.length; ) done += file.disk.write(bytes, done, file.end + done);
  file.end += bytes.length;
}

export const blockIsFull = (bytes: number): boolean => bytes >= BLOCK_LIMIT;

function readHeader(disk: DiskFile, size: number, path: string): unknown {
  const magic = Buffer.alloc(MAGIC.length);
  disk.read(magic, 0);
  if (!magic.equals(MAGIC)) throw new TruewindError("corrupt-journal", `${path} is not a Truewind journal of this version.`);
  for (const block of blocks(disk, size, MAGIC.length)) return new ByteReader(block.payload).json();
  throw new TruewindError("corrupt-journal", `${path} has no whole header: nothing can be recovered from it.`);
}
