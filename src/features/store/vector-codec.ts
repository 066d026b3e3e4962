// A feature vector as bytes: for a mirror, and back. Damaged bytes and those of another set are no vector.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { sha256 } from "#base/hash.js";

/** Newest features of one instrument. */
export interface FeatureVector {
  /** Moment of the frame, Micros: how old the values are is counted from here. */
  readonly asOf: number;
  /** NaN: not known. */
  readonly values: Float64Array;
}

const FORMAT = 1;

/** `version` is the set's. */
export function encodeVector(version: string, { asOf, values }: FeatureVector): Uint8Array {
  const body = new ByteWriter(values.length * 8 + 128).u8(FORMAT).text(version).f64(asOf).f64s(values).finish();
  return new ByteWriter(body.length + 32).text(sha256(body).slice(0, 16)).bytes(body).finish();
}

/** Null for damaged bytes, another set or another number of features. */
export function decodeVector(version: string, features: number, bytes: Uint8Array): FeatureVector | null {
  try {
    const outer = new ByteReader(bytes);
    const sum = outer.text();
    const body = outer.bytes();
    if (sha256(body).slice(0, 16) !== sum) return null;
    const reader = new ByteReader(body);
    if (reader.u8() !== FORMAT || reader.text() !== version) return null;
    const asOf = reader.f64();
    const values = reader.f64s();
    return values.length === features && Number.isFinite(asOf) ? { asOf, values } : null;
  } catch {
    return null;
  }
}
