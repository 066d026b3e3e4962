// The verdict and its caveats in plain words, shared by the page and the terminal. Never softens what a test said.
import type { RunResult, Verdict } from "#domain/run-result.js";
import { worthOf } from "#research/verdict/adjust-for-trials.js";
import type { ReportExtras } from "./extras.js";
import { counted } from "./number-format.js";

/** The verdict as a sentence anyone understands. */
export function verdictHeadline(decision: Verdict["decision"]): string {
  switch (decision) {
    case "edge":
      return "There is an edge.";
    case "no edge":
      return "No edge was found.";
    case "not enough evidence":
      return "Not enough evidence.";
    default:
      return decision satisfies never;
  }
}

/** A warning that stands on every section of results. */
export interface Stamp {
  readonly label: string;
  readonly meaning: string;
}

export const SIMULATED: Stamp = {
  label: "Simulated data",
  meaning: "These prices come from the market simulator. Nothing here says anything about a real market.",
};

const basisWords = { raw: "raw, as quoted on the day", split: "adjusted for splits", full: "adjusted for splits and dividends" } as const;

export function priceBasisWords(basis: RunResult["dataset"]["priceBasis"]): string {
  return basisWords[basis];
}

export function stampsOf(dataset: RunResult["dataset"]): readonly Stamp[] {
  const stamps: Stamp[] = [];
  if (dataset.plantedEdge !== null) {
    stamps.push(SIMULATED);
  }
  if (dataset.survivorsOnly) {
    stamps.push({
      label: `Survivors only${dataset.survivorsAssumed ? " (assumed)" : ""}`,
      meaning:
        "The data holds only names that were still listed at its end, so every long portfolio, the baseline included, looks better than it could have been.",
    });
  } else if (dataset.survivorsAssumed) {
    stamps.push({
      label: "Survivorship not declared",
      meaning: "Nobody declared whether delisted names are in this data; it was assumed that they are.",
    });
  }
  if (dataset.priceBasisAssumed) {
    stamps.push({
      label: "Price basis assumed",
      meaning: `Nobody declared how these prices are adjusted; they were taken as ${priceBasisWords(dataset.priceBasis)}.`,
    });
  }
  for (const { name, vintage, lagAssumed } of dataset.facts ?? []) {
    if (vintage === "latest") {
      stamps.push({
        label: `Latest vintage: facts ${name}`,
        meaning: `These values are the newest revision under their old dates${lagAssumed ? ", and how late they became known is assumed" : ""}: history is better informed here than it was.`,
      });
    } else if (lagAssumed) {
      stamps.push({
        label: `Lag assumed: facts ${name}`,
        meaning: "The source does not say when its facts became known; a declared delay stands in.",
      });
    }
  }
  return stamps;
}

/** How many attempts the verdict has to answer for, and whether they changed it. */
export function trialsSentence(
  { trials, effectiveTrials = trials, adjustedVerdict }: Pick<ReportExtras, "trials" | "effectiveTrials" | "adjustedVerdict">,
  alone: Verdict,
): string {
  const count =
    trials <= 1
      ? "This is the first trial recorded on this data."
      : `${counted(trials, "different experiment")} have been recorded on this data${worthOf(trials, effectiveTrials)}, and the verdict counts them all.`;
  return alone.decision === adjustedVerdict.decision
    ? count
    : `${count} Taken alone, this run would have read \u201c${alone.decision}\u201d.`;
}
