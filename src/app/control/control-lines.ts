// What `truewind control` prints: the nulls, the planted markets, the gate.
import { NULL_KINDS } from "#research/controls/null-kind.js";
import type { ControlResult, NullOutcome, PowerPoint } from "./control-result.js";
import { gateHeadline, powerSentence, rateWords, searchSentence } from "./control-words.js";

const WIDTH = 30;
const COLUMNS = [34, 18, 18, 20];

export function controlLines(result: ControlResult): readonly string[] {
  const { name, dataset, from, to, real, nulls, power, gate } = result;
  const search = searchSentence(result);
  return [
    `${name}: controlled on ${dataset.name}, out of sample ${from} to ${to}`,
    "",
    row("", ['verdict "edge" (95 % interval)', "rank IC", "information ratio", "net excess p.a."]),
    row("the real market", [real.decision, number(real.rankIc, 4), number(real.information, 2), percent(real.excess)]),
    ...nulls.map(nullRow),
    ...power.map(plantedRow),
    "",
    "Of drawn markets: mean +- standard deviation over the draws.",
    powerSentence(result),
    ...(search === null ? [] : [search]),
    ...nulls.filter(({ proof }) => !proof.holds).map(({ proof }) => proof.because),
    "",
    gateHeadline(result),
    ...gate.checks.map(({ name: check, passes, because }) => `  ${passes ? "yes" : "NO "}  ${check}: ${because}`),
    ...(dataset.survivorsOnly
      ? ["SURVIVORS ONLY: names that failed or left are missing from these data, so that every return here flatters."]
      : []),
  ];
}

const row = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(WIDTH)}${cells.map((cell, i) => cell.padStart(COLUMNS[i] as number)).join("")}`.trimEnd();

function nullRow({ kind, falseAlarms, rankIc, information, excess }: NullOutcome): string {
  const title = NULL_KINDS[kind].evidence ? NULL_KINDS[kind].title : `(${NULL_KINDS[kind].title})`;
  if (falseAlarms.of === 0) return row(title, ["not run"]);
  return row(title, [
    rateWords(falseAlarms),
    `${number(rankIc.mean, 4)} +- ${rankIc.deviation.toFixed(4)}`,
    `${number(information.mean, 2)} +- ${information.deviation.toFixed(2)}`,
    `${percent(excess.mean)} +- ${(100 * excess.deviation).toFixed(1)}`,
  ]);
}

function plantedRow({ size, found, rankIc, information, oracleInformation }: PowerPoint): string {
  return row(`planted ${size}`, [rateWords(found), number(rankIc, 4), `${number(information, 2)} of ${oracleInformation.toFixed(2)}`]);
}

const number = (value: number | null, digits: number): string => (value === null ? "-" : value.toFixed(digits));
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
