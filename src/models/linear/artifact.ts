// A fitted linear model as bytes: magic, version, fields, SHA-256 of all before it. The same model gives the same bytes.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { TruewindError } from "#base/errors.js";

const MAGIC = "truewind-linear";
const VERSION = 2;

export type LinearFamily = "ridge" | "lasso" | "elastic-net" | "huber" | "logistic" | "factor";

/** Everything a prediction needs. */
export interface LinearParameters {
  readonly family: LinearFamily;
  readonly features: readonly string[];
  /** Training mean per feature. */
  readonly mean: Float64Array;
  /** 1 / training standard deviation per feature; 0 switches a feature off. */
  readonly inverseDeviation: Float64Array;
  /** Coefficient per standardised feature. */
  readonly weights: Float64Array;
  readonly intercept: number;
  /** Mean absolute training label: what a sure direction is worth. Used by `logistic` only; 0 for the others. */
  readonly scale: number;
  /** The penalty it was fitted with, also where the model chose it: `alpha`, or 1 / `c`; NaN for `factor`, which has none, and in models of version 1, which did not keep it. */
  readonly penalty: number;
}

export function saveLinear(model: LinearParameters): Uint8Array {
  const writer = new ByteWriter();
  writer.text(MAGIC).u8(VERSION).text(model.family).json(model.features);
  writer.f64s(model.mean).f64s(model.inverseDeviation).f64s(model.weights).f64(model.intercept).f64(model.scale).f64(model.penalty);
  return withChecksum(writer).finish();
}

/** Throws `corrupt-artifact` when the bytes are not a whole, unchanged model of this family. */
export function loadLinear(family: LinearFamily, artifact: Uint8Array): LinearParameters {
  const body = checkedBody(artifact);
  const reader = new ByteReader(body ?? artifact);
  const bad = (what: string): TruewindError =>
    new TruewindError("corrupt-artifact", `This is no usable ${family} model: ${what}. Train it again.`);
  let magic: string;
  try {
    magic = reader.text();
  } catch (cause) {
    throw new TruewindError("corrupt-artifact", `This is no usable ${family} model: the bytes end early. Train it again.`, { cause });
  }
  if (magic !== MAGIC) throw bad("it does not start as a linear model does");
  if (body === null) throw bad("its checksum differs, so bytes were lost or changed");
  const version = reader.u8();
  if (version < 1 || version > VERSION) throw bad(`it has version ${version}, and this program reads versions 1 to ${VERSION}`);
  const saved = reader.text();
  if (saved !== family) throw bad(`it holds a ${saved} model`);
  return {
    family,
    features: reader.json() as string[],
    mean: reader.f64s(),
    inverseDeviation: reader.f64s(),
    weights: reader.f64s(),
    intercept: reader.f64(),
    scale: reader.f64(),
    penalty: version === 1 ? Number.NaN : reader.f64(),
  };
}
