// What `truewind tune` says at its end, line by line.
import type { TuningResult } from "../report/tuning/tuning-result.js";
import { ADVICE, countsSentence, headlineOf, honestSentence, objectiveValue, settingWords } from "../report/tuning/tuning-words.js";

const SHOWN = 5;
const MOST_IMPORTANCES = 8;

export function tuningLines(result: TuningResult): readonly string[] {
  const { trials, direction, best, importances } = result;
  const sign = direction === "maximize" ? -1 : 1;
  const ranked = trials.filter(({ value }) => value !== null).sort((a, b) => sign * ((a.value as number) - (b.value as number)));
  const settings = (params: (typeof best)["params"]): string =>
    Object.entries(params)
      .map(([name, value]) => `${name} ${settingWords(value)}`)
      .join(", ");
  return [
    headlineOf(result),
    honestSentence(result),
    "",
    `Best trials by ${result.objective}, tested ${result.test.from} to ${result.test.to}:`,
    ...ranked
      .slice(0, SHOWN)
      .map(
        ({ number, value, params }) =>
          `  ${String(number + 1).padStart(4)}  ${objectiveValue(result, value).padStart(8)}  ${settings(params)}`,
      ),
    ...(importances.length === 0
      ? []
      : [
          "",
          "What mattered (share of the variance explained alone):",
          ...importances
            .slice(0, MOST_IMPORTANCES)
            .map(({ name, share }) => `  ${name.padEnd(32)} ${(100 * share).toFixed(1).padStart(5)} %`),
        ]),
    "",
    countsSentence(result),
    ADVICE,
  ];
}
