// A fitted ensemble at work: every member is asked, and what they say becomes one. Pure: the same frame gives the same bits.
import type { EnsembleReport } from "#domain/ensemble-report.js";
import type { FeatureFrame } from "#domain/frame.js";
import { checkFeatures } from "#models/samples/check-features.js";
import { opinionOf } from "#models/samples/opine-samples.js";
import type { FittedModel, Opinion } from "#ports/model.js";
import { saveEnsemble } from "./artifact.js";
import { type Combination, type Voice, combine } from "./combination.js";
import { onlineOf } from "./online.js";
import { meanOfKnown } from "./regime.js";

export interface EnsembleParts {
  readonly features: readonly string[];
  readonly members: readonly { readonly name: string; readonly model: FittedModel }[];
  readonly combination: Combination;
  readonly voices: readonly Voice[];
  readonly report: EnsembleReport;
}

export interface EnsembleModel extends FittedModel, EnsembleParts {}

export function toEnsembleModel(parts: EnsembleParts): EnsembleModel {
  const { features, members, combination, voices } = parts;
  const column = combination.kind === "dynamic" && combination.regime !== null ? features.indexOf(combination.regime) : -1;
  const regimeAt = (frame: FeatureFrame): number => regimeOf(frame, column);
  const say = async (frame: FeatureFrame, now: Combination, opinions: readonly Opinion[]): Promise<Opinion> => {
    checkFeatures("ensemble", features, frame);
    const { expectedReturn, uncertainty } = await combine(now, voices, opinions, regimeAt(frame));
    return { expectedReturn, uncertainty, confidence: null };
  };
  const all = async (ask: (model: FittedModel) => Promise<Opinion>): Promise<readonly Opinion[]> => {
    const opinions: Opinion[] = [];
    for (const { model } of members) opinions.push(await ask(model));
    return opinions;
  };
  const online = onlineOf({ combination, members, regimeOf: regimeAt, say });
  return {
    ...parts,
    family: "ensemble",
    steps: members.reduce((most, { model }) => Math.max(most, model.steps), 1),
    async predict(frame) {
      // How sure the members are is only asked where it decides.
      const ask = async (model: FittedModel): Promise<Opinion> =>
        combination.kind === "confidence"
          ? opinionOf(model, frame)
          : { expectedReturn: await model.predict(frame), uncertainty: null, confidence: null };
      return (await say(frame, combination, await all(ask))).expectedReturn;
    },
    opine: async (frame) => say(frame, combination, await all((model) => opinionOf(model, frame))),
    ...(online === undefined ? {} : { online }),
    save: () => saveEnsemble(parts),
  };
}

/** Mean of a feature over the members of a frame, rounded as in training. */
function regimeOf({ member, values, features }: FeatureFrame, column: number): number {
  if (column < 0) return Number.NaN;
  const rows = Int32Array.from(member.keys()).filter((row) => member[row] === 1);
  return meanOfKnown(rows, (row) => Math.fround(values[row * features.length + column] as number));
}
