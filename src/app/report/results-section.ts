// What was earned: the table of accounts, growth, drawdown, rolling Sharpe, months and worst days.
import type { AccountMetrics, AccountSeries, RunResult } from "#domain/run-result.js";
import { type ChartSeries, emptyFigure, renderChart } from "./chart.js";
import { fullColorAt, renderHeatTable } from "./heat-table.js";
import { type Html, html } from "./html.js";
import type { Tone } from "./marks.js";
import { counted, formats, isKnown, money, percent, ratio, signedPercent, times } from "./number-format.js";
import type { Section } from "./section.js";
import { byPeriod, difference, drawdown, growth, lowestIndex, quotient, rollingSharpe, sessionsPerYear } from "./series.js";

interface Account {
  readonly name: string;
  readonly tone: Tone;
  readonly series: AccountSeries;
  readonly metrics: AccountMetrics;
}

function accountsOf(result: RunResult): readonly Account[] {
  const { benchmark, oracle, metrics } = result;
  const accounts: Account[] = [
    { name: "Strategy", tone: "strategy", series: result.strategy, metrics: metrics.strategy },
    { name: "Equal weight", tone: "baseline", series: result.baseline, metrics: metrics.baseline },
  ];
  if (benchmark && metrics.benchmark) {
    accounts.push({ name: `Hold ${benchmark.instrument}`, tone: "benchmark", series: benchmark, metrics: metrics.benchmark });
  }
  if (oracle && metrics.oracle) accounts.push({ name: "Oracle", tone: "oracle", series: oracle, metrics: metrics.oracle });
  return accounts;
}

export function resultsSection(result: RunResult): Section {
  const accounts = accountsOf(result);
  // Two lines tell the story here; four would only cover one another.
  const drawdowns = accounts.slice(0, 2);
  const falls = drawdowns.map((account) => drawdown(account.series.equity, result.startingCash));
  const year = sessionsPerYear(result.dataset.calendar);
  const charted = (values: (account: Account) => readonly number[], list = accounts): ChartSeries[] =>
    list.map((account) => ({ name: account.name, tone: account.tone, mark: "line", values: values(account) }));
  const gap = quotient(result.strategy.equity, result.baseline.equity);
  const common = { labels: result.dates, labelsFrom: "sessions", axis: "calendar" } as const;
  const lead =
    result.dates.length === 0
      ? "No session was judged."
      : `${counted(result.dates.length, "session")} out of sample, ${result.dates[0]} to ${result.dates[result.dates.length - 1]}, net of all costs.`;
  const body = html`${headlineTable(result, accounts)}
${renderChart({
  ...common,
  title: "Growth of the account",
  note: growthNote(result),
  series: charted((account) => growth(account.series.equity, result.startingCash)),
  format: formats.multiple,
  log: true,
  rule: 1,
  height: "tall",
})}
${renderChart({
  ...common,
  title: "Strategy against equal weight",
  note: "The ratio of the two accounts: it rises while the strategy does better than holding everything. This is what the verdict judges.",
  series: [{ name: "Strategy ÷ equal weight", tone: "strategy", mark: "line", values: gap }],
  format: formats.multiple,
  log: true,
  rule: 1,
  height: "short",
})}
<div class="pair">${renderChart({
    ...common,
    title: "Drawdown",
    note: drawdownNote(result, falls[0] ?? []),
    series: drawdowns.map((account, i) => ({
      name: account.name,
      tone: account.tone,
      mark: i === 0 ? "area" : "line",
      values: falls[i] ?? [],
    })),
    format: formats.percent,
    include: [0],
    height: "medium",
  })}
${renderChart({
  ...common,
  title: "Rolling one-year Sharpe ratio",
  note: `Over the last ${year} sessions, cash not subtracted (the table's figures are over cash). ${result.dates.length < year ? "The run is shorter than a year." : ""}`,
  series: charted((account) => rollingSharpe(account.series.netReturn, year, year), drawdowns),
  format: formats.ratio,
  rule: 0,
  height: "medium",
})}</div>
<div class="pair">${months("Months: strategy over equal weight", result.dates, (length) => difference(...periods(result, length)), "Net return of the month less that of equal weight, in percent.")}
${months("Months: strategy", result.dates, (length) => periods(result, length)[0], "Net return of the month, in percent.")}</div>
${worstDays(result)}`;
  return { id: "results", title: "Results", lead, body };
}

function growthNote(result: RunResult): string {
  const end = result.strategy.equity[result.strategy.equity.length - 1];
  const base = result.baseline.equity[result.baseline.equity.length - 1];
  if (!isKnown(end) || !isKnown(base)) return "One line per account, on a log scale: equal heights are equal percentages.";
  return `${money(result.startingCash, result.currency)} became ${money(end, result.currency)}; equal weight of the same names became ${money(base, result.currency)}. Log scale: equal heights are equal percentages.`;
}

function drawdownNote(result: RunResult, falls: readonly number[]): string {
  const worst = lowestIndex(falls);
  if (worst < 0 || (falls[worst] ?? 0) >= 0) return "Distance from the highest equity so far.";
  return `Distance from the highest equity so far. Deepest: ${percent(falls[worst])} on ${result.dates[worst]}; equal weight fell ${percent(result.metrics.baseline.maxDrawdown)} at its worst.`;
}

function headlineTable(result: RunResult, accounts: readonly Account[]): Html {
  const rows: readonly (readonly [string, (account: Account) => string])[] = [
    ["Return a year", ({ metrics }) => signedPercent(metrics.annualReturn)],
    ["Total return", ({ metrics }) => signedPercent(metrics.totalReturn)],
    ["Volatility a year", ({ metrics }) => percent(metrics.annualVolatility)],
    ["Sharpe over cash", ({ metrics }) => ratio(metrics.sharpe)],
    ["Deepest drawdown", ({ metrics }) => percent(metrics.maxDrawdown)],
    ["Turnover a year", ({ metrics }) => times(metrics.annualTurnover)],
    ["Costs a year", ({ metrics }) => percent(metrics.annualCost, 2)],
  ];
  return html`<div class="scroll" role="region" aria-label="Headline figures" tabindex="0"><table class="headline"><thead><tr><th scope="col"><span class="sr">Figure</span></th>${accounts.map(
    (account) => html`<th scope="col" class="key ${account.tone}">${account.name}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([name, figure]) => html`<tr><th scope="row">${name}</th>${accounts.map((account) => html`<td>${figure(account)}</td>`)}</tr>
`,
  )}</tbody></table></div>
<p class="fine">Equal weight holds the same point-in-time universe, with the same costs and rebalancing days.${
    result.oracle &&
    " The oracle is the same portfolio fed with the true expected returns of the simulation: what perfect foresight of the planted edge would have earned."
  }</p>`;
}

/** Compounded returns of strategy and baseline by month (7 letters of the date) or year (4). */
function periods(result: RunResult, length: 4 | 7): readonly [readonly number[], readonly number[]] {
  const of = (series: AccountSeries): readonly number[] => byPeriod(result.dates, series.netReturn, length, "compound").values;
  return [of(result.strategy), of(result.baseline)];
}

const monthHeads = ["J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"];

/** One row per year, its own figure last. */
function months(title: string, dates: readonly string[], valuesBy: (length: 4 | 7) => readonly number[], note: string): Html {
  const names = byPeriod(dates, [], 7, "sum").names;
  const values = valuesBy(7);
  const totals = valuesBy(4);
  if (names.length === 0) return emptyFigure(title, "The run holds no month.");
  const years = byPeriod(dates, [], 4, "sum").names;
  const rows = years.map((year, y) => {
    const cells = monthHeads.map((_, m) => values[names.indexOf(`${year}-${String(m + 1).padStart(2, "0")}`)] ?? null);
    return { name: year, cells, total: totals[y] ?? null };
  });
  const known = values.filter(isKnown);
  const up = known.filter((value) => value > 0).length;
  const share = known.length === 0 ? "" : ` ${up} of ${counted(known.length, "month")} above zero.`;
  return html`<figure class="chart"><figcaption><h3>${title}</h3><p>${note}${share}</p></figcaption>${renderHeatTable({
    label: title,
    corner: "",
    columns: monthHeads,
    rows,
    totalHead: "Year",
    format: (value) => percent(value).replace("%", ""),
    full: fullColorAt(values),
    printNumbers: true,
  })}</figure>`;
}

function worstDays(result: RunResult): Html {
  const title = "The worst days";
  if (result.worstDays.length === 0) return emptyFigure(title, "The run holds no day to list.");
  const deepest = Math.max(...result.worstDays.map((day) => (isKnown(day.strategy) ? Math.abs(day.strategy) : 0)), 1e-9);
  const shared = result.worstDays.filter((day) => day.baseline < 0).length;
  return html`<figure class="chart"><figcaption><h3>${title}</h3><p>On ${shared} of these ${counted(result.worstDays.length, "day")} equal weight lost as well.</p></figcaption>
<table class="days"><thead><tr><th scope="col">Session</th><th scope="col"><span class="sr">Size</span></th><th scope="col">Strategy</th><th scope="col">Equal weight</th><th scope="col">Difference</th></tr></thead><tbody>${result.worstDays.map(
    (
      day,
    ) => html`<tr><th scope="row">${day.date}</th><td class="size"><i style="width:${Math.round((Math.abs(isKnown(day.strategy) ? day.strategy : 0) / deepest) * 100)}%"></i></td><td>${signedPercent(day.strategy, 2)}</td><td>${signedPercent(day.baseline, 2)}</td><td>${isKnown(day.strategy) && isKnown(day.baseline) ? signedPercent(day.strategy - day.baseline, 2) : signedPercent(null)}</td></tr>
`,
  )}</tbody></table></figure>`;
}
