// What every linear fit checks first, and the standardisation it starts from.
import { TruewindError, invariant } from "#base/errors.js";
import { refuseNonsense } from "#models/samples/refuse-nonsense.js";
import type { TrainingSet } from "#ports/model.js";
import { fitScaling } from "./scaling.js";
import type { Scaling } from "./scaling.js";

/** `among`: positions of the samples to learn from, ascending; null for all. Throws `no-data` when they cannot teach anything, and `bad-file` for a label or a weight that is none. */
export function prepare(family: string, train: TrainingSet, among: Int32Array | null = null): Scaling {
  const k = train.features.length;
  invariant(train.x.length === train.rows * k && train.y.length === train.rows, "a training set's columns differ in length");
  refuseNonsense(family, train);
  const scaling = fitScaling(train, among);
  if (scaling.rows.length < 2) {
    throw new TruewindError(
      "no-data",
      `${family} has ${scaling.rows.length} training rows with a known feature and needs at least 2: start the training earlier or choose other features.`,
    );
  }
  const { weight } = train;
  if (weight !== null && scaling.rows.every((row) => weight[row] === 0))
    throw new TruewindError(
      "no-data",
      `${family} has ${scaling.rows.length} training rows, and the weight of each is 0: weight some of them.`,
    );
  return scaling;
}

/** What to do when the features cannot be told apart. */
export function collinear(family: string, name: string, value: number, other: string): TruewindError {
  return new TruewindError(
    "bad-config",
    `${family} cannot separate its features with ${name} = ${value}, as some are copies of each other: choose a ${other} ${name}.`,
  );
}
