// From the repetitions to what they say: how often the pipeline cries "edge" where there is none, where the real result lies among the nulls,
// how large an edge must be to be found, and whether the gate opens.
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import { binomialTail, exactInterval } from "#research/metrics/binomial.js";
import { upperTail } from "#base/student-t.js";
import { NULL_KINDS, type NullKind } from "#research/controls/null-kind.js";
import type { NullProof } from "#research/controls/prove-null.js";
import type { ControlFigures, ControlResult, GateCheck, NullOutcome, Place, PowerPoint, Rate, Repetition } from "./control-result.js";

/** What was declared beforehand: of the gate's own tests, each at a level at which an honest pipeline seldom fails. */
const GATE_LEVEL = { alarms: 0.05, ic: 0.01, real: 0.05 } as const;
const WANTED_POWER = 0.8;
const CONFIDENCE = 0.95;

export function judgeControl(
  real: ControlFigures,
  proofs: readonly NullProof[],
  repetitions: readonly Repetition[],
  level: number,
): Pick<ControlResult, "nulls" | "power" | "detectable" | "gate"> {
  const nulls = proofs.map((proof) =>
    outcomeOf(
      real,
      proof,
      repetitions.filter(({ kind }) => kind === proof.kind),
      level,
    ),
  );
  const power = powerOf(repetitions);
  const alarms = nulls.find(({ kind }) => kind === "market")?.falseAlarms;
  const checks = nulls.filter(({ kind }) => NULL_KINDS[kind].evidence).flatMap((outcome) => checksOf(outcome, level));
  return {
    nulls,
    power,
    detectable: detectableSize(power, alarms === undefined || alarms.of === 0 ? 0 : alarms.count / alarms.of),
    gate: { passes: checks.length > 0 && checks.every(({ passes }) => passes), checks },
  };
}

function outcomeOf(real: ControlFigures, proof: NullProof, repetitions: readonly Repetition[], level: number): NullOutcome {
  const falseAlarms = rateOf(repetitions);
  const known = (pick: (figures: ControlFigures) => number | null): number[] => repetitions.map((one) => pick(one) ?? 0);
  const ics = known(({ rankIc }) => rankIc);
  return {
    kind: proof.kind,
    proof,
    repetitions,
    falseAlarms,
    alarmsPValue: binomialTail(falseAlarms.count, falseAlarms.of, level),
    icPValue: meanIsZero(ics),
    rankIc: placeOf(real.rankIc, ics),
    information: placeOf(
      real.information,
      known(({ information }) => information),
    ),
    excess: placeOf(
      real.excess,
      known(({ excess }) => excess),
    ),
  };
}

function rateOf(repetitions: readonly Repetition[]): Rate {
  const count = repetitions.filter(({ decision }) => decision === "edge").length;
  const of = repetitions.length;
  const [low, high] = exactInterval(count, of, CONFIDENCE);
  return { count, of, low, high };
}

function placeOf(real: number | null, values: readonly number[]): Place {
  const above = real === null ? values.length : values.filter((value) => value >= real).length;
  return {
    real,
    mean: values.length === 0 ? 0 : mean(values),
    deviation: values.length < 2 ? 0 : standardDeviation(values),
    lowest: values.length === 0 ? 0 : Math.min(...values),
    highest: values.length === 0 ? 0 : Math.max(...values),
    pValue: (1 + above) / (1 + values.length),
  };
}

/** Two-sided. */
function meanIsZero(values: readonly number[]): number {
  if (values.length < 2) return 1;
  const deviation = standardDeviation(values);
  const centre = mean(values);
  if (!(deviation > 1e-15)) return centre === 0 ? 1 : 0;
  return 2 * upperTail(Math.abs(centre) / (deviation / Math.sqrt(values.length)), values.length - 1);
}

function powerOf(repetitions: readonly Repetition[]): readonly PowerPoint[] {
  const sizes = [...new Set(repetitions.flatMap(({ planted }) => (planted === null ? [] : [planted.size])))].sort((a, b) => a - b);
  return sizes.map((size) => {
    const of = repetitions.filter(({ planted }) => planted?.size === size);
    const average = (pick: (one: Repetition) => number | null | undefined): number => mean(of.map((one) => pick(one) ?? 0));
    return {
      size,
      found: rateOf(of),
      measuredIc: average(({ planted }) => planted?.measuredIc),
      oracleInformation: average(({ planted }) => planted?.oracleInformation),
      information: average(({ information }) => information),
      rankIc: average(({ rankIc }) => rankIc),
    };
  });
}

/** On the line between the last point below the wanted power and the first above it; with nothing planted, false alarms are all there is. */
export function detectableSize(power: readonly Pick<PowerPoint, "size" | "found">[], alarmRate: number): number | null {
  let [before, share] = [0, alarmRate];
  for (const { size, found } of power) {
    const now = found.of === 0 ? 0 : found.count / found.of;
    if (now >= WANTED_POWER) return now === share ? size : before + ((WANTED_POWER - share) / (now - share)) * (size - before);
    [before, share] = [size, now];
  }
  return null;
}

function checksOf(outcome: NullOutcome, level: number): readonly GateCheck[] {
  const { kind, proof, falseAlarms, alarmsPValue, icPValue, rankIc, information } = outcome;
  const title = NULL_KINDS[kind].title.toLowerCase();
  const check = (name: string, passes: boolean, because: string): GateCheck => ({ name: `${name} (${title})`, passes, because });
  if (!proof.holds) return [check("the null is one", false, proof.because)];
  const draws = falseAlarms.of;
  const chance = (p: number): string => (p < 0.001 ? "below 0.001" : p.toFixed(3));
  return [
    check("the null is one", true, proof.because),
    check(
      "false alarms",
      alarmsPValue >= GATE_LEVEL.alarms,
      `The verdict was "edge" on ${falseAlarms.count} of ${draws} markets without one; a test at ${level} gives so many with a chance of ${chance(alarmsPValue)}.`,
    ),
    check(
      "nothing predicted",
      icPValue >= GATE_LEVEL.ic,
      `The rank IC on these markets is ${signed(rankIc.mean, 4)} on average, ${
        icPValue >= GATE_LEVEL.ic
          ? "as it is where nothing can be known"
          : "and so far from zero that the pipeline must know what it cannot"
      } (p ${chance(icPValue)}).`,
    ),
    check("the real result beyond them", information.pValue <= GATE_LEVEL.real, realSentence(kind, information, draws)),
  ];
}

function realSentence(kind: NullKind, { real, pValue, highest }: Place, draws: number): string {
  const least = 1 / (1 + draws);
  if (real === null) return "The real account did not differ from its baseline: there is no result to compare.";
  const where = `The real information ratio is ${signed(real, 2)}, the highest of ${draws} markets with ${NULL_KINDS[kind].title.toLowerCase()} ${signed(highest, 2)}: p ${pValue.toFixed(3)}`;
  return least > GATE_LEVEL.real
    ? `${where}, and ${draws} draws cannot give less than ${least.toFixed(3)}: at least ${Math.ceil(1 / GATE_LEVEL.real) - 1} are needed.`
    : `${where}${pValue <= GATE_LEVEL.real ? "" : ": such markets give as much by luck"}.`;
}

const signed = (value: number, digits: number): string => `${value > 0 ? "+" : ""}${value.toFixed(digits)}`;
