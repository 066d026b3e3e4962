// What a control of the same run says, in the few figures that a gate asks for and the page draws.
import { NULL_KINDS } from "#research/controls/null-kind.js";
import type { ControlResult } from "../control/control-result.js";
import type { ControlFound } from "./validation-result.js";

/** Null when the pipeline has not been controlled. Diagnostics do not count. `rank` is that of the least favorable null. */
export function controlFound(control: ControlResult | null): ControlFound | null {
  if (control === null) return null;
  const { gate, power, detectable } = control;
  const nulls = control.nulls.filter(({ kind }) => NULL_KINDS[kind].evidence);
  return {
    passed: gate.passes,
    runs: nulls.reduce((sum, { falseAlarms }) => sum + falseAlarms.of, 0),
    falseAlarms: nulls.reduce((sum, { falseAlarms }) => sum + falseAlarms.count, 0),
    rank: nulls.reduce((worst, { information }) => Math.max(worst, information.pValue), 0),
    nulls: nulls.map(({ kind, information, repetitions }) => ({
      kind,
      information,
      values: repetitions.map((repetition) => repetition.information ?? 0),
    })),
    power,
    detectable,
  };
}
