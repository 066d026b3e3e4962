// A meta model as bytes: magic, features, the two models with their families, SHA-256 of all before it.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { TruewindError } from "#base/errors.js";
import type { FittedModel, ModelFamily } from "#ports/model.js";
import type { MetaParts } from "./meta-model.js";

const MAGIC = "truewind-meta-1";

export function saveMeta({ features, primary, secondary }: MetaParts): Uint8Array {
  const writer = new ByteWriter(1 << 16).text(MAGIC).json(features);
  for (const model of [primary, secondary]) writer.text(model.family).bytes(model.save());
  return withChecksum(writer).finish();
}

/** Throws `corrupt-artifact` when the bytes are not a whole, unchanged model of the family. */
export function loadMeta(artifact: Uint8Array, familyOf: (name: string) => ModelFamily<unknown>): MetaParts {
  const reader = new ByteReader(artifact);
  if (checkedBody(artifact) === null || reader.text() !== MAGIC)
    throw new TruewindError(
      "corrupt-artifact",
      "This is no usable meta model: bytes were lost or changed, or it is of another kind. Train it again.",
    );
  const features = reader.json() as readonly string[];
  const part = (): FittedModel => familyOf(reader.text()).load(reader.bytes());
  return { features, primary: part(), secondary: part() };
}
