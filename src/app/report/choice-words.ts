// How far a choice among names can have been from the best one.
import type { RunResult } from "#domain/run-result.js";

/** A sentence with a blank before it; empty where nobody chose among names. */
export function choiceWords(answers: NonNullable<RunResult["answers"]>): string {
  const gap = answers.reduce((widest, one) => Math.max(widest, one.gap ?? -1), -1);
  return gap < 0 ? "" : ` The best choice of names would never have added more than ${gap.toPrecision(2)} to the objective.`;
}
