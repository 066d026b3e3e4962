// What a table file is, by its content: its SHA-256, and whether it is CSV, packed CSV or Parquet. Packed data are read to their end, so
// that a file that was cut off is refused before anything is made of it.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { TruewindError } from "#base/errors.js";

export type TableFormat = "csv" | "csv.gz" | "parquet";

export interface FileDigest {
  readonly format: TableFormat;
  /** SHA-256 of the file's bytes, hex. */
  readonly hash: string;
}

/** Throws `no-such-file`, and `bad-file` for an empty file or packed data that are cut off. */
export async function digestTableFile(path: string): Promise<FileDigest> {
  if (!existsSync(path)) throw new TruewindError("no-such-file", `Cannot read ${path}: there is no such file. Check the path.`);
  const { size } = statSync(path);
  if (statSync(path).isDirectory())
    throw new TruewindError("no-such-file", `Cannot read ${path}: it is a folder, and a table file is needed.`);
  if (size === 0) throw new TruewindError("bad-file", `${path} is empty: a table needs a header and rows.`);
  const format = await formatOf(path);
  const hash = createHash("sha256");
  const hashed = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const toTheEnd = async (source: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of source);
  };
  if (format !== "csv.gz") await pipeline(createReadStream(path), hashed, toTheEnd);
  else {
    try {
      await pipeline(createReadStream(path), hashed, createGunzip(), toTheEnd);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code?.startsWith("Z_") !== true) throw cause;
      throw new TruewindError(
        "bad-file",
        `${path} is cut off or damaged: its packed data cannot be read to the end; copy the file again.`,
        { cause },
      );
    }
  }
  return { format, hash: hash.digest("hex") };
}

async function formatOf(path: string): Promise<TableFormat> {
  const file = await open(path);
  const head = Buffer.alloc(4);
  try {
    await file.read(head, 0, 4, 0);
  } finally {
    await file.close();
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return "csv.gz";
  return head.toString("latin1") === "PAR1" ? "parquet" : "csv";
}
