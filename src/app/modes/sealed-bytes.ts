// Bytes that know whether they are whole: a checksum before them. For snapshots, which are made again where they are not.
import { crc32 } from "node:zlib";
import { ByteReader, ByteWriter } from "#base/bytes.js";

export function sealBytes(body: Uint8Array): Uint8Array {
  return new ByteWriter(body.length + 8).u32(crc32(body)).bytes(body).finish();
}

/** What `read` makes of the bytes behind the seal; null when they are damaged. */
export function readSealed<T>(bytes: Uint8Array, read: (reader: ByteReader) => T): T | null {
  try {
    const outer = new ByteReader(bytes);
    const sum = outer.u32();
    const body = outer.bytes();
    return crc32(body) === sum ? read(new ByteReader(body)) : null;
  } catch {
    return null;
  }
}
