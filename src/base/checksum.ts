// The SHA-256 that stands behind kept bytes: what was lost or changed is noticed before anything of it is believed.
import { ByteWriter } from "./bytes.js";
import { sha256 } from "./hash.js";

/** A length, and the digest as text. */
const LENGTH = 4 + 64;

/** Writes the checksum of all that was written so far. Nothing may follow. */
export function withChecksum(writer: ByteWriter): ByteWriter {
  return writer.text(sha256(writer.view()));
}

/** All before the checksum; null unless the bytes are whole and unchanged. */
export function checkedBody(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length <= LENGTH) return null;
  const body = bytes.subarray(0, -LENGTH);
  const expected = new ByteWriter(LENGTH).text(sha256(body)).view();
  return Buffer.from(bytes.buffer, bytes.byteOffset + body.length, LENGTH).equals(expected) ? body : null;
}
