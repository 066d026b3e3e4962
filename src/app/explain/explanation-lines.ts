// Explanations as lines of a terminal.
import { amountsFor } from "../report/amounts.js";
import type { DecisionExplanation, ExplainedName, OverallExplanation } from "../report/explanation.js";
import { amountsOf, featureValue, nameSentence, orderWords, shareBelow, waySentence } from "../report/explanation-words.js";
import { counted, grouped, isKnown, percent, ratio } from "../report/number-format.js";

const WORDY = 3;
const MOST_FEATURES = 15;
const MOST_GROUPS = 12;

export function decisionLines(decision: DecisionExplanation, whole: boolean): readonly string[] {
  const { asOf, model, names, way, journaled, left, trouble } = decision;
  const source = journaled ? "as the session journaled it" : "as it can be computed again";
  const lines = [`DECISION of ${asOf.slice(0, 16).replace("T", " ")} UTC by ${model}, ${source}`];
  for (const name of names) {
    const order = orderWords(name);
    lines.push("", `${nameSentence(name, decision, WORDY)}${order === null ? "" : ` It was ${order}.`}`);
    if (whole && way !== null) lines.push(...nameTable(name, decision, way.base));
  }
  lines.push("");
  if (way !== null)
    lines.push(
      waySentence(
        way,
        names.reduce((most, { error }) => Math.max(most, error), 0),
        decision.unit,
      ),
    );
  if (left > 0) lines.push(`${counted(left, "more name")} of that decision ${left === 1 ? "is" : "are"} not in the journal.`);
  if (trouble !== null) lines.push(`! ${trouble}`);
  return lines;
}

function nameTable(name: ExplainedName, decision: DecisionExplanation, base: number): readonly string[] {
  const { part, whole, parts } = amountsOf(name, decision);
  const row = (feature: string, value: string, below: string, adds: string): string =>
    `  ${feature.padEnd(30)}${value.padStart(14)}${below.padStart(14)}${adds.padStart(14)}`;
  return [
    row("FEATURE", "VALUE", "HIGHER THAN", parts === "" ? "ADDS" : "ADDS, POINTS"),
    row("(to start from)", "", "", whole(base)),
    ...name.features.map(({ feature, value, below, adds }) => row(feature, featureValue(value), shareBelow(below), part(adds))),
    ...(name.others === 0 ? [] : [row(`${grouped(name.others)} others`, "", "", part(name.rest))]),
    row("prediction", "", "", whole(name.prediction)),
  ];
}

export function overallLines(overall: OverallExplanation): readonly string[] {
  const { way, from, to, rows, spread, error, features, groups, score, pairs, unit, sample } = overall;
  const drop = (of: { readonly mean: number; readonly deviation: number } | null): string =>
    of === null ? "" : `${ratio(-of.mean, 4)} ± ${of.deviation.toFixed(4)}`;
  const row = (name: string, group: string, adds: string, direction: string, without: string): string =>
    `  ${name.padEnd(28)}${group.padEnd(14)}${adds.padStart(8)}${direction.padStart(10)}${without.padStart(20)}`;
  const { plain: size } = amountsFor(unit, [features[Math.min(4, features.length - 1)]?.meanAbsolute ?? 0]);
  const lines = [
    `WHAT DROVE THE PREDICTIONS, ${from} to ${to}`,
    "",
    row("FEATURE", "GROUP", "ADDS", "MORE IS", score === null ? "" : "SCORE CHANGES"),
    ...features
      .slice(0, MOST_FEATURES)
      .map(({ feature, group, meanAbsolute, direction, drop: fall }) =>
        row(feature, group, size(meanAbsolute), directionWord(direction), drop(fall)),
      ),
  ];
  if (features.length > MOST_FEATURES) lines.push(`  and ${counted(features.length - MOST_FEATURES, "feature")} that add less`);
  if (groups.length > 1) {
    lines.push("", row("GROUP", "FEATURES", "ADDS", "", score === null ? "" : "SCORE CHANGES"));
    for (const group of groups.slice(0, MOST_GROUPS))
      lines.push(row(group.group, String(group.features), size(group.meanAbsolute), "", drop(group.drop)));
    if (groups.length > MOST_GROUPS) lines.push(`  and ${counted(groups.length - MOST_GROUPS, "group")} that add less`);
  }
  if (pairs !== null && pairs.length > 0) {
    lines.push("", "  STRONGEST TOGETHER (share of all effects)");
    for (const { first, second, share } of pairs.slice(0, 5)) lines.push(`  ${`${first} with ${second}`.padEnd(58)}${percent(share)}`);
  }
  lines.push(
    "",
    `ADDS: mean absolute contribution${unit === "return" ? " in points of per cent" : ""}, over ${counted(rows, "row")} ${sample}; predictions lie ${size(spread)} from ${way.baseIs} on average.`,
    waySentence(way, error, unit),
  );
  if (score !== null)
    lines.push(
      `SCORE: ${score.name} ${ratio(score.value, 4)} on ${counted(score.rows, "row")}; changes: by how much when the values are dealt out to other rows, ${score.repeats} times, ± one standard deviation.`,
    );
  else lines.push("There are no labels to say how much worse the predictions get without a feature.");
  return lines;
}

function directionWord(direction: number | null): string {
  if (!isKnown(direction)) return "-";
  if (direction > 0.3) return "up";
  return direction < -0.3 ? "down" : "mixed";
}
