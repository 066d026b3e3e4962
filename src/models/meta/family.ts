// The family `meta`: meta-labels (Lopez de Prado 2018, section 3.6). A primary model takes the side. It is fitted once without each block of the
// training samples and asked for its sides there: whether acting on those paid is what the second model learns, from errors such as the first
// will make again. Then the first is fitted on all of them.
import { TruewindError } from "#base/errors.js";
import { opineSamples } from "#models/samples/opine-samples.js";
import { usableFolds } from "#models/samples/purged-folds.js";
import { samplesAt } from "#models/samples/subset.js";
import type { FitContext, FittedModel, ModelFamily, TrainingSet } from "#ports/model.js";
import { loadMeta } from "./artifact.js";
import { type MetaConfig, parseMetaConfig } from "./config.js";
import { PRIMARY, chanceToPay, toMetaModel } from "./meta-model.js";

/** `familyOf` is the table of families, this one included. */
export function createMeta(familyOf: (name: string) => ModelFamily<unknown>): ModelFamily<MetaConfig> {
  return {
    name: "meta",
    parseConfig: (raw) => parseMetaConfig(raw, familyOf),
    steps: ({ primary }) => primary.family.steps(primary.config),
    async fit(config, train, context) {
      const { primary, folds } = config;
      const parts = folds + 2;
      const sides = await sidesOf(config, train, {
        ...context,
        onProgress: (done, metrics) => context.onProgress((done * folds) / parts, metrics),
      });
      const secondary = await fitSecondary(config, metaSamples(train, sides, config.cost), context);
      const first = await primary.family.fit(primary.config, train, {
        ...context,
        onProgress: (done, metrics) => context.onProgress((folds + 1 + done) / parts, metrics),
      });
      return toMetaModel({ features: train.features, primary: first, secondary });
    },
    load: (artifact) => toMetaModel(loadMeta(artifact, familyOf)),
  };
}

/** What the primary model says of each sample when it has not learned from it; NaN where it says nothing. */
async function sidesOf({ primary, folds }: MetaConfig, train: TrainingSet, context: FitContext): Promise<Float64Array> {
  const usable = usableFolds(train, folds);
  const said = new Float64Array(train.rows).fill(Number.NaN);
  for (const [fold, { training, validation }] of usable.entries()) {
    const model = await primary.family.fit(primary.config, samplesAt(train, training), {
      ...context,
      checkpoint: undefined, // it is that of the model which is kept
      exchange: undefined,
      rng: context.rng.fork(`fold-${fold}`),
      onProgress: (done, metrics) => context.onProgress((fold + done) / usable.length, metrics),
    });
    const { expectedReturn } = await opineSamples(model, train, validation);
    validation.forEach((row, i) => (said[row] = expectedReturn[i] as number));
  }
  return said;
}

/**
 * Samples of the second model: those on which the first took a side, its word a column more, and what acting earned beyond its cost as the
 * label, which is above 0 where it paid.
 */
export function metaSamples(train: TrainingSet, sides: Float64Array, cost: number): TrainingSet {
  const rows = Int32Array.from(sides.keys()).filter((row) => Math.abs(sides[row] as number) > 0);
  const { x, y, features, ...facts } = samplesAt(train, rows);
  const k = features.length;
  const wide = new Float32Array(rows.length * (k + 1));
  rows.forEach((row, i) => {
    wide.set(x.subarray(i * k, (i + 1) * k), i * (k + 1));
    wide[i * (k + 1) + k] = sides[row] as number;
  });
  const earned = y.map((value, i) => Math.sign(sides[rows[i] as number] as number) * value - cost);
  return { ...facts, features: [...features, PRIMARY], x: wide, y: earned, past: null };
}

async function fitSecondary({ secondary }: MetaConfig, samples: TrainingSet, context: FitContext): Promise<FittedModel> {
  if (samples.rows === 0)
    throw new TruewindError(
      "no-data",
      "meta: its primary model takes no side on any training sample that it was not fitted on, so that there is nothing to learn of: start the training earlier, or take another primary.",
    );
  const paid = samples.y.filter((earned) => earned > 0).length;
  if (paid === 0 || paid === samples.rows)
    throw new TruewindError(
      "no-data",
      `meta: ${paid === 0 ? "none" : "each"} of the ${samples.rows} sides that its primary model took would have earned more than its cost, so that there is nothing to learn: look at cost, which is in the unit of the label.`,
    );
  const model = await secondary.family.fit(secondary.config, samples, {
    ...context,
    checkpoint: undefined,
    exchange: undefined,
    rng: context.rng.fork("secondary"),
    onProgress: () => undefined, // one short part of the whole
  });
  if (chanceToPay(await opineSamples(model, samples, Int32Array.of(0))) === null)
    throw new TruewindError(
      "bad-config",
      `meta: its secondary model, ${secondary.family.name}, gives no probabilities: name it as the member of a calibrated one.`,
    );
  return model;
}
