// What `truewind compare` prints: one line per model.
import type { IcSummary } from "#research/metrics/mean-ic.js";
import type { ComparisonResult } from "./perform-compare.js";

const TITLES = ["IC", "t", "ICIR", "rank IC", "t", "over first", "t", "turnover", "net p.a.", "Sharpe", "excess p.a.", "90 % band", "p"];
const WIDTHS = [8, 7, 7, 9, 7, 11, 7, 9, 9, 8, 12, 18, 9];

export function comparisonLines(result: ComparisonResult): readonly string[] {
  const { dataset, features, label, folds, from, to, decisions, equalWeight, models, over, trials } = result;
  const width = Math.max(12, ...models.map(({ name }) => name.length)) + 1;
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(width)}${cells.map((cell, i) => cell.padStart(WIDTHS[i] as number)).join("")}`.trimEnd();
  const first = models[0]?.name ?? "";
  return [
    `${result.name}: ${dataset.instruments} instruments of ${dataset.name}, ${features} features, ${label.kind === "forward" || label.kind === "excess" ? `${label.kind} return` : label.kind} over ${label.horizon}`,
    `OUT OF SAMPLE ${from} to ${to}: ${decisions.toLocaleString("en")} decisions in ${folds.length} ${folds.length === 1 ? "fold" : "folds"}`,
    "",
    row("", TITLES),
    ...models.map(({ name, ic, rankIc, overFirst, turnover, netReturn, sharpe, excess }) =>
      row(name, [
        ...shown(ic, 4),
        fixed(ic.ratio, 3),
        ...shown(rankIc, 4),
        ...(name === first ? ["", ""] : shown(overFirst, 4)),
        `${turnover.toFixed(1)} x`,
        percent(netReturn),
        fixed(sharpe, 2),
        percent(excess.value),
        `${percent(excess.low)} ..${percent(excess.high).padStart(7)}`,
        excess.pValue < 0.001 ? "< 0.001" : excess.pValue.toFixed(3),
      ]),
    ),
    row("equal weight", [
      ...Array<string>(7).fill(""),
      `${equalWeight.turnover.toFixed(1)} x`,
      percent(equalWeight.netReturn),
      fixed(equalWeight.sharpe, 2),
    ]),
    "",
    `Excess is the net return over ${over}; t is Newey-West's; "over first" is the rank IC less that of ${first}.`,
    `Experiments tried on these data so far: ${trials.toLocaleString("en")}. The best of so many looks better than it is.`,
    ...(dataset.survivorsOnly
      ? ["SURVIVORS ONLY: names that failed or left are missing from these data, so that every return here flatters."]
      : []),
  ];
}

const fixed = (value: number | null, digits: number): string => (value === null ? "-" : value.toFixed(digits));
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const shown = ({ mean, tStat }: IcSummary, digits: number): readonly [string, string] => [fixed(mean, digits), fixed(tStat, 2)];
