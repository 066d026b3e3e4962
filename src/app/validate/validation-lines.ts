// What `truewind validate` prints: the decision, its gates with their figures, and what else there is to know.
import { verdictHeadline } from "../report/verdict-words.js";
import type { ValidationResult } from "./validation-result.js";

export function validationLines(result: ValidationResult): readonly string[] {
  const { gates, trials, capacity, costBreakEven, dataset } = result;
  const width = Math.max(...gates.map(({ title }) => title.length)) + 2;
  return [
    `${result.name} on ${dataset.name}, out of sample ${result.from} to ${result.to}, ${result.sessions} sessions`,
    "",
    verdictHeadline(result.decision).toUpperCase(),
    result.because,
    "",
    ...gates.map(
      ({ title, passed, figure, bar }) =>
        `${(passed === true ? "passed" : passed === false ? "NOT PASSED" : "not measured").padEnd(14)}${title.padEnd(width)}${(figure ?? "-").padEnd(16)}${bar}`,
    ),
    "",
    `${trials.distinct} ${trials.distinct === 1 ? "experiment" : "experiments"} on these data, as many as ${trials.effective.toFixed(1)} independent ones.`,
    `${costWords(costBreakEven)}; capacity ${capacityWords(capacity.found)}.`,
    ...pathLines(result),
  ];
}

function pathLines({ paths, verdict }: ValidationResult): readonly string[] {
  if (paths === null) return [];
  if (paths.kind === "one") return ["The model is declared and not fitted: one path is all paths."];
  const range = (values: readonly (number | null)[], digits: number): string => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? "-" : `${Math.min(...known).toFixed(digits)} to ${Math.max(...known).toFixed(digits)}`;
  };
  const { paths: histories, fits } = paths;
  const information = range(
    histories.map(({ walked }) => walked.information),
    2,
  );
  const rankIc = range(
    histories.map(({ walked }) => walked.rankIc),
    4,
  );
  const lost = histories.filter(({ walked }) => walked.activeReturn <= 0).length;
  return [
    `${histories.length} other histories of ${fits} fits: information ratio ${information}, rank IC ${rankIc}; ${lost} below ${verdict.over}.`,
  ];
}

function costWords(multiple: number | null): string {
  if (multiple === null) return "No costs would end what is left";
  if (multiple < 0) return "Even trading for nothing would not have paid";
  return `Nothing is left at ${multiple.toFixed(2)} times the costs assumed`;
}

function capacityWords(found: ValidationResult["capacity"]["found"]): string {
  const money = (cash: number): string => Math.round(cash).toLocaleString("en");
  if (found.kind === "none") return "none";
  return found.kind === "beyond" ? `more than ${money(found.cash)}` : `about ${money(found.cash)}`;
}
