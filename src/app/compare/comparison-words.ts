// What the tests of a comparison say, in the words of its page and of the terminal. Never softens what a test said.
import type { ComparedModel } from "./compared-model.js";
import type { ComparisonResult } from "./comparison-result.js";

/** Level at which a sentence calls a difference more than chance; the chance itself stands beside it. */
const LEVEL = 0.05;

/** Which models may be the best. */
export function setSentence({ models, tested }: Pick<ComparisonResult, "models" | "tested">): string {
  if (models.length < 2) return "One model alone is the best of nothing: name several.";
  const inside = models.filter(({ set }) => set?.inside === true).map(({ name }) => name);
  if (inside.length === 0) return `${tested.decisions} decisions are too few to tell which is best.`;
  if (inside.length === models.length) return `The record does not tell these ${models.length} models apart: each may be the best.`;
  if (inside.length === 1) return `${inside[0]} orders best, with 90% confidence.`;
  return `The best is one of ${listed(inside)}, with 90% confidence; the record does not tell these apart.`;
}

/** Which models order better than the baseline, all of them counted. */
export function betterSentence({ models, baseline }: Pick<ComparisonResult, "models" | "baseline">): string | null {
  const others = models.filter(({ overBaseline }) => overBaseline !== null);
  if (others.length === 0) return null;
  const better = others.filter(({ overBaseline }) => (overBaseline?.pValueOfAll ?? 1) <= LEVEL);
  const counted = others.length === 1 ? "" : `, all ${others.length} counted`;
  return better.length === 0
    ? `None orders better than ${baseline} beyond chance${counted} (least p ${least(others, ({ overBaseline }) => overBaseline?.pValueOfAll)}).`
    : `${listed(better.map(({ name }) => name))} ${better.length === 1 ? "orders" : "order"} better than ${baseline}${counted}: p ${least(better, ({ overBaseline }) => overBaseline?.pValueOfAll)}${better.length === 1 ? "" : " and more"}.`;
}

/** Which accounts earned more than luck gives the best of so many. */
export function moneySentence({ models, over }: Pick<ComparisonResult, "models" | "over">): string | null {
  if (models.some(({ excess }) => excess.pValueOfAll === null)) return null;
  const paid = models.filter(({ excess }) => (excess.pValueOfAll as number) <= LEVEL);
  const counted = models.length === 1 ? "" : `, all ${models.length} counted`;
  return paid.length === 0
    ? `After costs none earned more than ${over} beyond chance${counted} (least p ${least(models, ({ excess }) => excess.pValueOfAll)}).`
    : `After costs ${listed(paid.map(({ name }) => name))} earned more than ${over}${counted}: p ${least(paid, ({ excess }) => excess.pValueOfAll)}${paid.length === 1 ? "" : " and more"}.`;
}

/** What each figure of the tests means: its title and one sentence. */
export function meanings({ baseline, models, tested }: Pick<ComparisonResult, "baseline" | "models" | "tested">): readonly Meaning[] {
  const others = models.length - 1;
  const lags = tested.steps - 1;
  return [
    {
      title: `over ${baseline}`,
      meaning: `The rank IC less that of ${baseline} over ${tested.decisions.toLocaleString("en")} decisions (0 where a model told no name from another), and the band that holds it nine times in ten.`,
    },
    {
      title: "t, p",
      meaning: `Were both equally good on average, they would differ as much with this chance (Diebold & Mariano, corrected by Harvey, Leybourne & Newbold; ${lags === 0 ? "labels do not overlap" : `labels overlap over ${lags} ${lags === 1 ? "decision" : "decisions"}`}).`,
    },
    {
      title: "p if dependent",
      meaning: "The same, should differences depend on each other for longer than labels overlap: believe the larger one.",
    },
    {
      title: `p of ${others}`,
      meaning: `Were none better than ${baseline}, calling this one better would be a mistake with at most this chance, all ${others} counted (step-wise test of superior ability; one-sided).`,
    },
    {
      title: "foretold, p",
      meaning:
        "Did past losses not tell which of the two will lose less next, they would seem to with this chance (Giacomini & White): where it is small, one could have known beforehand which to use.",
    },
    {
      title: "set, p",
      meaning:
        "Above .10 the model is among those that may be the best: they hold the best in nine studies of ten (model confidence set; Hansen, Lunde & Nason).",
    },
  ];
}

interface Meaning {
  readonly title: string;
  readonly meaning: string;
}

/** Three digits, `< 0.001` below. */
export function chance(value: number): string {
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

function least(models: readonly ComparedModel[], pick: (model: ComparedModel) => number | null | undefined): string {
  return chance(Math.min(...models.map((model) => pick(model) ?? 1)));
}

/** `a`, `a and b`, `a, b and c`; names with a comma in quotes. */
function listed(names: readonly string[]): string {
  const quoted = names.map((name) => (name.includes(",") ? `“${name}”` : name));
  return quoted.length < 2 ? (quoted[0] ?? "") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) as string}`;
}
