// What a control says, in the words of its page and of the terminal.
import { counted, percent, ratio } from "../report/number-format.js";
import type { ControlResult, Place, Rate } from "./control-result.js";

export function gateHeadline({ gate }: Pick<ControlResult, "gate">): string {
  return gate.passes ? "The control gate is open." : "The control gate is closed.";
}

export function gateReason({ gate }: Pick<ControlResult, "gate">): string {
  if (gate.checks.length === 0) return "No null was run.";
  if (gate.passes)
    return "The pipeline finds nothing where nothing is, and the real result lies beyond what markets without an edge give it.";
  return gate.checks
    .filter(({ passes }) => !passes)
    .map(({ because }) => because)
    .join(" ");
}

/** `2 of 20, 10.0% (1.2% to 31.7%)`, the last being the 95 % interval. */
export function rateWords({ count, of, low, high }: Rate): string {
  return of === 0 ? "none run" : `${count} of ${of}, ${percent(count / of)} (${percent(low)} to ${percent(high)})`;
}

export function powerSentence({ power, detectable }: Pick<ControlResult, "power" | "detectable">): string {
  const last = power.at(-1);
  if (last === undefined) return "No edge was planted, so that nothing is known of how small an edge can be found.";
  return detectable === null
    ? `Not even the largest planted edge, an information coefficient of ${last.size} from one session to the next, is found four times in five: a real edge of these sizes would more often be missed.`
    : `A planted edge with an information coefficient of about ${ratio(detectable, 3)} from one session to the next is found four times in five; smaller ones are missed more often.`;
}

/** Null where nothing was searched. */
export function searchSentence({ search }: Pick<ControlResult, "search">): string | null {
  if (search === null) return null;
  return `The search is under control, too: on every market ${counted(search.trials, "trial")} over ${search.settings.join(", ")} chose the settings anew, before the first test.`;
}

export function placeSentence(place: Place, draws: number, written: (value: number) => string): string {
  if (place.real === null) return "The real run has no such figure.";
  const share = `${Math.round(place.pValue * (draws + 1)) - 1} of ${draws}`;
  return `The real run has ${written(place.real)}; ${share} markets without an edge have as much or more (p ${place.pValue.toFixed(3)}), and their mean is ${written(place.mean)}.`;
}
