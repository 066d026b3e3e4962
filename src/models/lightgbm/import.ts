// Takes a model text of LightGBM in: reads it, tries it, and seals it with a card that says what goes in and comes out.
import { TruewindError } from "#base/errors.js";
import { sealText } from "./artifact.js";
import { parseLightGbm } from "./parse-trees.js";
import { parseLightGbmSettings } from "./settings.js";
import { badText } from "./text-fields.js";

/** The artifact of a model. Throws `bad-config` for the settings, `bad-file` for the text. */
export function importLightGbm(file: Uint8Array, raw: unknown): Uint8Array {
  const { features, part, probability } = parseLightGbmSettings(raw);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(file);
  } catch (cause) {
    throw badText("it is no UTF-8 text", { cause });
  }
  const { ensemble, objective } = parseLightGbm(text);
  if (features !== null && features.length !== ensemble.features.length)
    throw badText(`it was trained on ${ensemble.features.length} features, and ${features.length} are named`);
  if (probability && !objective.probability) throw badText(`its objective "${objective.name}" gives no probabilities`);
  const { outputs } = ensemble;
  if (part === null && outputs > 1) throw badText(`it gives ${outputs} numbers per row: choose one with --part 0 to ${outputs - 1}`);
  if (part !== null && part >= outputs)
    throw badText(`it gives ${outputs === 1 ? "one number" : `${outputs} numbers`} per row, and part ${part} is none of them`);
  const names = features ?? ensemble.features;
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new TruewindError("bad-config", `The file names two features "${twice}": name all of them with --features.`);
  return sealText(file, { version: 1, features: names, part: part ?? 0, probability });
}
