// Whether a frame shows what a model was trained on.
import { TruewindError } from "#base/errors.js";
import type { FeatureFrame } from "#domain/frame.js";

/** Throws `bad-config` unless the frame has the model's features in their order. */
export function checkFeatures(family: string, features: readonly string[], frame: FeatureFrame): void {
  if (frame.features.length === features.length && frame.features.every((name, j) => name === features[j])) return;
  const missing = features.filter((name) => !frame.features.includes(name));
  const what =
    missing.length > 0 ? `lacks ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}` : "has others or another order";
  throw new TruewindError(
    "bad-config",
    `The ${family} model was trained on ${features.length} features, but the frame ${what}: use the experiment it was trained with.`,
  );
}
