// A fitted ensemble as bytes: magic, what was learned of the members, the members' own artifacts, SHA-256 of all before it.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { TruewindError } from "#base/errors.js";
import { linearFamilies } from "#models/linear/family.js";
import type { FittedModel, ModelFamily } from "#ports/model.js";
import type { Combination } from "./combination.js";
import type { EnsembleParts } from "./ensemble-model.js";

const MAGIC = "truewind-ensemble-1";

type Facts = Pick<EnsembleParts, "features" | "report" | "voices"> & {
  readonly combination: Exclude<Combination, { kind: "stacking" }> | { readonly kind: "stacking"; readonly shares: readonly number[] };
};

export function saveEnsemble({ features, members, combination, voices, report }: EnsembleParts): Uint8Array {
  const { meta, ...kept } = { meta: null, ...combination };
  const facts: Facts = { features, voices, report, combination: kept };
  const writer = new ByteWriter(1 << 16).text(MAGIC).json(facts).u32(members.length);
  for (const { name, model } of members) writer.text(name).text(model.family).bytes(model.save());
  if (meta !== null) writer.text(meta.family).bytes(meta.save());
  return withChecksum(writer).finish();
}

/** Throws `corrupt-artifact` when the bytes are not a whole, unchanged ensemble of families that are known. */
export function loadEnsemble(artifact: Uint8Array, familyOf: (name: string) => ModelFamily<unknown>): EnsembleParts {
  const reader = new ByteReader(artifact);
  if (checkedBody(artifact) === null || reader.text() !== MAGIC)
    throw new TruewindError(
      "corrupt-artifact",
      "This is no usable ensemble: bytes were lost or changed, or it is a model of another kind. Train it again.",
    );
  const { combination, ...facts } = reader.json() as Facts;
  const members: { readonly name: string; readonly model: FittedModel }[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    const name = reader.text();
    members.push({ name, model: familyOf(reader.text()).load(reader.bytes()) });
  }
  if (combination.kind !== "stacking") return { ...facts, members, combination };
  const name = reader.text();
  const family = linearFamilies.find((one) => one.name === name);
  if (family === undefined)
    throw new TruewindError("corrupt-artifact", `This ensemble is stacked by a ${name} model, which is not linear. Train it again.`);
  return { ...facts, members, combination: { ...combination, meta: family.load(reader.bytes()) } };
}
