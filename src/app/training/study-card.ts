// What is told of the models of a dataset experiment: `model.json`, and what `truewind train` prints.
import type { ModelCard } from "#domain/model-card.js";
import type { Micros } from "#domain/time.js";
import type { Experiment } from "../config/experiment.js";

/** Rank IC over decisions: mean, mean over deviation, Newey-West t. Null where there is too little. */
export interface IcReport {
  readonly ic: number | null;
  readonly icir: number | null;
  readonly tStat: number | null;
}

export interface FoldReport {
  /** Days of the first and last decision that were tested. */
  readonly from: string;
  readonly to: string;
  /** Training samples. */
  readonly rows: number;
  /** Mean rank IC within the fold. */
  readonly perSeed: readonly (number | null)[];
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly ridge: number | null;
}

export interface StudyModelCard {
  readonly kind: "study";
  readonly id: string;
  readonly codeVersion: string;
  readonly experiment: Experiment;
  readonly dataId: string;
  readonly lineage: string;
  /** Id of the key under which the experiment names instruments; absent where it names symbols. */
  readonly names?: string;
  readonly family: string;
  /** Their number. */
  readonly features: number;
  /** Days of the first and last decision out of sample. */
  readonly from: string;
  readonly to: string;
  readonly decisions: number;
  readonly perSeed: readonly IcReport[];
  readonly mean: IcReport;
  /** Standard deviation over seeds; null with one seed. */
  readonly deviation: IcReport | null;
  /** Of the mean of the seeds' predictions. */
  readonly ensemble: IcReport;
  /** With a penalty that it chooses itself, on the same folds. */
  readonly ridge: IcReport;
  /** The ensemble's rank IC less ridge's, decision by decision. */
  readonly advantage: { readonly value: number; readonly tStat: number | null };
  readonly folds: readonly FoldReport[];
  /** Of an ensemble: the members of the first seed in the last fold, line by line. */
  readonly members?: readonly string[];
  /** Per seed, per fold: the model's passport, its file, and its first decision. */
  readonly models: readonly (readonly (ModelCard & { readonly artifact: string; readonly from: Micros })[])[];
}

const WIDTH = 34;
const number = (digits: number) => (value: number | null) => (value === null ? "-" : value.toFixed(digits)).padStart(11);

export function studyLines(card: StudyModelCard): readonly string[] {
  const { family, features, experiment, perSeed, mean, deviation, ensemble, ridge, folds, advantage, from, to, decisions } = card;
  const line = (name: string, { ic, icir, tStat }: IcReport): string =>
    `${name.padEnd(WIDTH)}${number(4)(ic)}${number(3)(icir)}${number(2)(tStat)}`;
  const by = `${advantage.value >= 0 ? "+" : "−"}${Math.abs(advantage.value).toFixed(4)} of rank IC (t ${advantage.tStat === null ? "-" : advantage.tStat.toFixed(2)})`;
  const words =
    advantage.tStat !== null && advantage.tStat > 1.96
      ? `Better than ridge by ${by}.`
      : advantage.tStat !== null && advantage.tStat < -1.96
        ? `Worse than ridge by ${by}: use ridge.`
        : `Not better than ridge beyond chance: ${by}. Ridge is as good here.`;
  return [
    `${family} on ${features} features of ${experiment.data.dataset}: ${folds.length} folds, ${perSeed.length} ${perSeed.length === 1 ? "seed" : "seeds"}`,
    "",
    `OUT OF SAMPLE ${from} to ${to}: ${decisions.toLocaleString("en")} decisions`,
    `${"".padEnd(WIDTH)}${["rank IC", "ICIR", "t"].map((title) => title.padStart(11)).join("")}`,
    line(perSeed.length === 1 ? "the model" : `one seed, mean of ${perSeed.length}`, mean),
    ...(deviation === null ? [] : [line("  spread over seeds (s.d.)", deviation), line("mean of the seeds' predictions", ensemble)]),
    line("ridge on the same folds", ridge),
    words,
    "",
    `${"FOLD".padEnd(WIDTH)}${["rank IC", "spread", "ridge"].map((title) => title.padStart(11)).join("")}`,
    ...folds.map(
      (fold) => `${`${fold.from} to ${fold.to}`.padEnd(WIDTH)}${[fold.mean, fold.deviation, fold.ridge].map(number(4)).join("")}`,
    ),
    ...(card.members === undefined ? [] : ["", ...card.members]),
  ];
}
