// The family `calibrated`: any other family, and how sure its predictions may be. Errors are measured on the end of the training set, which the
// member has not seen then; the member that predicts is fitted on all of it, and is the very one that it would be without this.
import { TruewindError } from "#base/errors.js";
import { holdOut } from "#models/samples/hold-out.js";
import { opineSamples } from "#models/samples/opine-samples.js";
import { samplesAt } from "#models/samples/subset.js";
import type { FitContext, ModelFamily, TrainingSet } from "#ports/model.js";
import { loadCalibrated } from "./artifact.js";
import { type Assurance, scaleOf, scoreOf, toCalibratedModel } from "./calibrated-model.js";
import { fitCalibrator } from "./calibrator.js";
import { type CalibratedConfig, parseCalibratedConfig } from "./config.js";
import { fitConformal, USUAL_STEP } from "./conformal.js";
import { fitDomain } from "./out-of-domain.js";

/** `familyOf` is the table of families, this one included: members may be wrapped again. */
export function createCalibrated(familyOf: (name: string) => ModelFamily<unknown>): ModelFamily<CalibratedConfig> {
  return {
    name: "calibrated",
    parseConfig: (raw) => parseCalibratedConfig(raw, familyOf),
    steps: ({ member: { family, config } }) => family.steps(config),
    async fit(config, train, context) {
      const assurance = await measure(config, train, context);
      const { family, config: settings } = config.member;
      const member = await family.fit(settings, train, {
        ...context,
        onProgress: (done, metrics) => context.onProgress(0.5 + done / 2, metrics),
      });
      return toCalibratedModel(member, assurance);
    },
    load(artifact) {
      const { member, assurance } = loadCalibrated(artifact, familyOf);
      return toCalibratedModel(member, assurance);
    },
  };
}

async function measure(config: CalibratedConfig, train: TrainingSet, context: FitContext): Promise<Assurance> {
  const { member, coverage, adaptation, step, pool, volatility } = config;
  const column = volatility === null ? -1 : train.features.indexOf(volatility);
  if (volatility !== null && column < 0) {
    throw new TruewindError(
      "bad-config",
      `calibrated: its volatility is to be ${volatility}, which is none of the model's ${train.features.length} features: add it to features, or name another.`,
    );
  }
  const { training, validation } = holdOut(train, config.holdOut);
  if (training.length === 0) {
    throw new TruewindError(
      "no-data",
      `calibrated has ${train.rows} training samples, and none is left whose label ends before those that it holds out: start the training earlier.`,
    );
  }
  const trial = await member.family.fit(member.config, samplesAt(train, training), {
    ...context,
    checkpoint: undefined, // it is that of the member which is kept
    rng: context.rng.fork("held-out"),
    onProgress: (done, metrics) => context.onProgress(0.45 * done, metrics),
  });
  const { expectedReturn, confidence } = await opineSamples(trial, train, validation);
  const k = train.features.length;
  const kept: number[] = [];
  const scores: number[] = [];
  const misses: number[] = [];
  validation.forEach((row, i) => {
    const expected = expectedReturn[i] as number;
    const scale = column < 0 ? 1 : scaleOf(train.x[row * k + column] as number);
    const score = scoreOf(expected, confidence === null ? null : (confidence[i] as number), scale);
    if (!Number.isFinite(score)) return;
    kept.push(row);
    scores.push(score);
    misses.push(Math.abs((train.y[row] as number) - expected) / scale);
  });
  const conformal = fitConformal({ coverage, adaptation, step: step ?? USUAL_STEP[adaptation] }, Float64Array.from(misses));
  const calibrator = fitCalibrator(
    config.calibration,
    Float64Array.from(scores),
    Uint8Array.from(kept, (row) => ((train.y[row] as number) > 0 ? 1 : 0)),
    train.weight === null ? null : Float64Array.from(kept, (row) => train.weight?.[row] as number),
  );
  context.onProgress(0.5, {});
  return { calibrator, conformal, domain: fitDomain(train.x, k), pool, volatility };
}
