// What `truewind compare` prints: one line per model, then which is better and whether that may be luck.
import type { IcSummary } from "#research/metrics/mean-ic.js";
import { betterSentence, chance, meanings, moneySentence, setSentence } from "./comparison-words.js";
import type { ComparisonResult } from "./comparison-result.js";

/** Of columns, at least: wider where a figure is. */
const WIDTHS = [8, 7, 7, 9, 7, 11, 9, 8, 13, 18, 9, 9];
const TEST_WIDTHS = [11, 20, 7, 9, 16, 9, 14, 9, 9];

export function comparisonLines(result: ComparisonResult): readonly string[] {
  const { dataset, features, label, folds, from, to, decisions, equalWeight, models, over, trials } = result;
  const count = models.length;
  return [
    `${result.name}: ${dataset.instruments} instruments of ${dataset.name}, ${features} features, ${label.kind === "forward" || label.kind === "excess" ? `${label.kind} return` : label.kind} over ${label.horizon}`,
    `OUT OF SAMPLE ${from} to ${to}: ${decisions.toLocaleString("en")} decisions in ${folds.length} ${folds.length === 1 ? "fold" : "folds"}`,
    "",
    ...table(result, WIDTHS, [
      ["", "IC", "t", "ICIR", "rank IC", "t", "turnover", "net p.a.", "Sharpe", "excess p.a.", "90 % band", "p", `p of ${count}`],
      ...models.map(({ name, ic, rankIc, turnover, netReturn, sharpe, excess }) => [
        name,
        ...shown(ic, 4),
        fixed(ic.ratio, 3),
        ...shown(rankIc, 4),
        `${turnover.toFixed(1)} x`,
        percent(netReturn),
        fixed(sharpe, 2),
        percent(excess.value),
        `${percent(excess.low)} ..${percent(excess.high).padStart(7)}`,
        chance(excess.pValue),
        excess.pValueOfAll === null ? "-" : chance(excess.pValueOfAll),
      ]),
      [
        "equal weight",
        ...Array<string>(5).fill(""),
        `${equalWeight.turnover.toFixed(1)} x`,
        percent(equalWeight.netReturn),
        fixed(equalWeight.sharpe, 2),
      ],
    ]),
    "",
    `Excess is the net return over ${over}; t is Newey-West's; p of ${count} is p with all ${count} counted.`,
    ...testLines(result),
    "",
    `Experiments tried on these data so far: ${trials.toLocaleString("en")}. The best of so many looks better than it is.`,
    ...(dataset.survivorsOnly
      ? ["SURVIVORS ONLY: names that failed or left are missing from these data, so that every return here flatters."]
      : []),
  ];
}

function testLines(result: ComparisonResult): readonly string[] {
  const { models, baseline } = result;
  const sentences = [setSentence(result), betterSentence(result), moneySentence(result)].filter((sentence) => sentence !== null);
  if (models.every(({ overBaseline, set }) => overBaseline === null && set === null)) return ["", ...sentences];
  const told = meanings(result);
  const longest = Math.max(...told.map(({ title }) => title.length)) + 2;
  return [
    "",
    `WHICH ORDERS BETTER? Loss of a decision: 1 - rank IC, held against ${baseline}`,
    ...table(result, TEST_WIDTHS, [
      ["", "over base", "90 % band", "t", "p", "p if dependent", `p of ${models.length - 1}`, "foretold, p", "set, p", "in set"],
      ...models.map(({ name, overBaseline: pair, set }) => [
        name,
        ...(pair === null
          ? Array<string>(7).fill(name === baseline ? "" : "-")
          : [
              pair.difference.toFixed(4),
              `${pair.low.toFixed(4)} ..${pair.high.toFixed(4).padStart(8)}`,
              pair.statistic.toFixed(2),
              chance(pair.pValue),
              chance(pair.pValueAnyDependence),
              chance(pair.pValueOfAll),
              chance(pair.conditionalPValue),
            ]),
        set === null ? "-" : chance(set.pValue),
        set === null ? "-" : set.inside ? "yes" : "no",
      ]),
    ]),
    "",
    ...sentences,
    "",
    ...told.map(({ title, meaning }) => `${title.padEnd(longest)}${meaning}`),
  ];
}

/** The first cell of a row is a name. */
function table({ models }: ComparisonResult, least: readonly number[], rows: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(12, ...models.map(({ name }) => name.length)) + 1;
  const widths = least.map((most, i) => Math.max(most, ...rows.map((row) => (row[i + 1]?.length ?? 0) + 1)));
  return rows.map(([name = "", ...cells]) =>
    `${name.padEnd(width)}${cells.map((cell, i) => cell.padStart(widths[i] as number)).join("")}`.trimEnd(),
  );
}

const fixed = (value: number | null, digits: number): string => (value === null ? "-" : value.toFixed(digits));
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const shown = ({ mean, tStat }: IcSummary, digits: number): readonly [string, string] => [fixed(mean, digits), fixed(tStat, 2)];
