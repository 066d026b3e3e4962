// A calibrated model as bytes: magic, the member's family and bytes, what was learned of its errors, SHA-256 of all before it.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import type { FittedModel, ModelFamily } from "#ports/model.js";
import type { Assurance } from "./calibrated-model.js";
import { readCalibrator, writeCalibrator } from "./calibrator.js";
import { readConformal, writeConformal } from "./conformal.js";
import { readDomain, writeDomain } from "./out-of-domain.js";

const MAGIC = "truewind-calibrated-1";
/** A length, and a SHA-256 as text. */
const CHECKSUM_BYTES = 4 + 64;

export function saveCalibrated(member: FittedModel, { calibrator, conformal, domain, pool, volatility }: Assurance): Uint8Array {
  const writer = new ByteWriter(1 << 16).text(MAGIC).text(member.family).bytes(member.save()).json({ pool, volatility });
  writeCalibrator(writer, calibrator);
  writeConformal(writer, conformal);
  writeDomain(writer, domain);
  return writer.text(sha256(writer.view())).finish();
}

/** Throws `corrupt-artifact` when the bytes are not a whole, unchanged model of the family. */
export function loadCalibrated(
  artifact: Uint8Array,
  familyOf: (name: string) => ModelFamily<unknown>,
): { readonly member: FittedModel; readonly assurance: Assurance } {
  const body = artifact.subarray(0, Math.max(0, artifact.length - CHECKSUM_BYTES));
  const whole = body.length > 0 && new ByteReader(artifact.subarray(body.length)).text() === sha256(body);
  const reader = new ByteReader(artifact);
  if (!whole || reader.text() !== MAGIC)
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
