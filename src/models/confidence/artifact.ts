// A calibrated model as bytes: magic, the member's family and bytes, what was learned of its errors, SHA-256 of all before it.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { TruewindError } from "#base/errors.js";
import type { FittedModel, ModelFamily } from "#ports/model.js";
import type { Assurance } from "./calibrated-model.js";
import { readCalibrator, writeCalibrator } from "./calibrator.js";
import { readConformal, writeConformal } from "./conformal.js";
import { readDomain, writeDomain } from "./out-of-domain.js";

const MAGIC = "truewind-calibrated-1";

export function saveCalibrated(member: FittedModel, { calibrator, conformal, domain, pool, volatility }: Assurance): Uint8Array {
  const writer = new ByteWriter(1 << 16).text(MAGIC).text(member.family).bytes(member.save()).json({ pool, volatility });
  writeCalibrator(writer, calibrator);
  writeConformal(writer, conformal);
  writeDomain(writer, domain);
  return withChecksum(writer).finish();
}

/** Throws `corrupt-artifact` when the bytes are not a whole, unchanged model of the family. */
export function loadCalibrated(
  artifact: Uint8Array,
  familyOf: (name: string) => ModelFamily<unknown>,
): { readonly member: FittedModel; readonly assurance: Assurance } {
  const reader = new ByteReader(artifact);
  if (checkedBody(artifact) === null || reader.text() !== MAGIC)
    throw new TruewindError(
      "corrupt-artifact",
      "This is no usable calibrated model: bytes were lost or changed, or it is of another kind. Train it again.",
    );
  const member = familyOf(reader.text()).load(reader.bytes());
  const { pool, volatility } = reader.json() as Pick<Assurance, "pool" | "volatility">;
  const calibrator = readCalibrator(reader);
  const conformal = readConformal(reader);
  return { member, assurance: { calibrator, conformal, domain: readDomain(reader), pool, volatility } };
}
