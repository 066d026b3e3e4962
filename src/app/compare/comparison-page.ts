// A comparison as a page: which model may be the best, how sure that is, and what it was worth after costs. Self-contained, like every page of
// ours; the same bytes for the same result.
import { type BandRow, renderBandRows } from "../report/band-rows.js";
import { type Html, html } from "../report/html.js";
import {
  counted,
  formatValue,
  grouped,
  MISSING,
  type Maybe,
  percent,
  pValue,
  ratio,
  signedPercent,
  times,
} from "../report/number-format.js";
import { renderPage } from "../report/page-shell.js";
import { facts, renderSection, type Section } from "../report/section.js";
import type { Stamp } from "../report/verdict-words.js";
import type { ComparedModel } from "./compared-model.js";
import { betterSentence, meanings, moneySentence, setSentence } from "./comparison-words.js";
import type { ComparisonResult } from "./comparison-result.js";

export function renderComparison(result: ComparisonResult, codeVersion: string): string {
  const stamps: readonly Stamp[] = result.dataset.survivorsOnly
    ? [{ label: "Survivors only", meaning: "Names that failed or left are missing from these data, so that every return here flatters." }]
    : [];
  const sections = [orderSection(result), testSection(result), moneySection(result), foldSection(result)].filter(
    (section) => section !== null,
  );
  return renderPage({
    codeVersion,
    title: `${result.name} compared: ${setSentence(result)}`,
    heading: result.name,
    subheading: `${counted(result.models.length, "model")} on ${result.dataset.name} · ${result.from} to ${result.to}`,
    stamps,
    sections: [{ id: "answer", title: "Answer" }, ...sections],
    main: html`${hero(result)}${sections.map((section): Html => renderSection(section, stamps))}`,
    foot: html`Made by Truewind ${codeVersion}. Past results do not promise future ones.`,
    dates: [],
  });
}

function hero(result: ComparisonResult): Html {
  const { models, tested, trials } = result;
  const inside = models.filter(({ set }) => set?.inside === true).length;
  return html`<section id="answer" class="verdict calm" aria-labelledby="answer-title"><p class="eyebrow">Which model is best?</p><h2 id="answer-title">${
    inside === 0 ? "Not enough evidence." : inside === 1 ? "One is best." : `One of ${inside}.`
  }</h2>
<p class="because">${[setSentence(result), betterSentence(result), moneySentence(result)].filter((sentence) => sentence !== null).join(" ")}</p>
${facts([
  ["Models", grouped(models.length)],
  ["May be the best", inside === 0 ? MISSING : grouped(inside)],
  ["Decisions", grouped(tested.decisions)],
  ["Experiments tried on these data", grouped(trials)],
])}</section>
`;
}

function orderSection(result: ComparisonResult): Section {
  const { models, baseline } = result;
  const rows = models.flatMap(({ name, overBaseline: pair, set }): BandRow[] =>
    pair === null
      ? []
      : [{ name, value: pair.difference, low: pair.low, high: pair.high, note: set?.inside === true ? "may be the best" : null }],
  );
  return {
    id: "order",
    title: "Which orders best",
    lead: "How well predictions ordered the instruments by what followed, decision by decision, out of sample.",
    body: html`${
      rows.length > 0 &&
      html`<figure class="chart"><figcaption><h3>Rank IC over ${baseline}</h3><p>Right of the line a model orders better than ${baseline}; a band that holds the line is a difference that chance makes, too.</p></figcaption>${renderBandRows(`Rank IC over ${baseline}`, rows, signedCorrelation)}</figure>`
    }
<figure class="chart"><figcaption><h3>By itself</h3><p>Mean correlation of predictions with the returns that followed: of values (IC), and of ranks. 0 is chance, .03 to .05 is much; t beyond 2 is more than chance, for one model that nobody chose.</p></figcaption>
${table("Correlations", ["Model", "IC", "t", "ICIR", "Rank IC", "t", "ICIR of ranks"], models, ({ ic, rankIc }) => [
  ratio(ic.mean, 4),
  ratio(ic.tStat),
  ratio(ic.ratio, 3),
  ratio(rankIc.mean, 4),
  ratio(rankIc.tStat),
  ratio(rankIc.ratio, 3),
])}</figure>`,
  };
}

function testSection(result: ComparisonResult): Section | null {
  const { models, baseline } = result;
  if (models.every(({ overBaseline, set }) => overBaseline === null && set === null)) return null;
  return {
    id: "tests",
    title: "Is it more than chance",
    lead: `Loss of a decision is 1 − rank IC, half the squared error of standardized ranks: the one unit that models of returns, classes and orders share. All are held against ${baseline}.`,
    body: html`<figure class="chart">${table(
      "Tests",
      ["Model", `Over ${baseline}`, "t", "p", "p if dependent", `p of ${models.length - 1}`, "Foretold, p", "Set, p", "May be best"],
      models,
      ({ overBaseline: pair, set }) => [
        signedCorrelation(pair?.difference),
        ratio(pair?.statistic),
        pValue(pair?.pValue),
        pValue(pair?.pValueAnyDependence),
        pValue(pair?.pValueOfAll),
        pValue(pair?.conditionalPValue),
        pValue(set?.pValue),
        set === null ? MISSING : set.inside ? html`<b>yes</b>` : "no",
      ],
    )}
<dl class="identity">${meanings(result).map(({ title, meaning }) => html`<div><dt>${title}</dt><dd>${meaning}</dd></div>`)}</dl></figure>`,
  };
}

function moneySection(result: ComparisonResult): Section {
  const { models, over, equalWeight } = result;
  return {
    id: "money",
    title: "What it was worth",
    lead: `Each model in an account of its own, with the same portfolio, costs and limits. ${moneySentence(result) ?? ""}`,
    body: html`<figure class="chart"><figcaption><h3>Net return over ${over}, a year</h3><p>With the band that holds it nine times in ten.</p></figcaption>${renderBandRows(
      `Net return over ${over}`,
      models.map(({ name, excess }) => ({ name, ...excess })),
    )}
${table(
  "Accounts",
  ["Model", "Turnover a year", "Net a year", "Sharpe", "Drawdown", `Over ${over}`, "p", `p of ${models.length}`],
  models,
  ({ turnover, netReturn, sharpe, maxDrawdown, excess }) => [
    times(turnover),
    percent(netReturn),
    ratio(sharpe),
    percent(maxDrawdown),
    signedPercent(excess.value),
    pValue(excess.pValue),
    pValue(excess.pValueOfAll),
  ],
)}
<p class="fine">Equal weight of the same names: turnover ${times(equalWeight.turnover)}, ${percent(equalWeight.netReturn)} a year, Sharpe ratio ${ratio(equalWeight.sharpe)}. p is the chance of so much over ${over} by luck; p of ${models.length} is the same with all ${models.length} counted (step-wise test of superior ability): whoever looks at the best of so many must read this one.</p></figure>`,
  };
}

function foldSection({ folds, features, label, dataset, decisions }: ComparisonResult): Section {
  return {
    id: "folds",
    title: "On what",
    lead: `${counted(dataset.instruments, "instrument")} of ${dataset.name}, ${counted(features, "feature")}, label ${label.kind} over ${label.horizon}; ${counted(decisions, "decision")} out of sample. Models of a fold learned from labels that had ended before it.`,
    body: html`<figure class="chart"><div class="scroll" role="region" aria-label="Folds" tabindex="0"><table class="days"><thead><tr><th scope="col">Fold</th><th scope="col">Trained from</th><th scope="col">to</th><th scope="col">Tested from</th><th scope="col">to</th></tr></thead><tbody>${folds.map(
      ({ trainFrom, trainTo, testFrom, testTo }, i) =>
        html`<tr><th scope="row">${i + 1}</th><td>${trainFrom}</td><td>${trainTo}</td><td>${testFrom}</td><td>${testTo}</td></tr>
`,
    )}</tbody></table></div></figure>`,
  };
}

function table(
  label: string,
  titles: readonly string[],
  models: readonly ComparedModel[],
  cells: (model: ComparedModel) => readonly (string | Html)[],
): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table class="days"><thead><tr>${titles.map(
    (title) => html`<th scope="col">${title}</th>`,
  )}</tr></thead><tbody>${models.map(
    (model) =>
      html`<tr><th scope="row">${model.name}</th>${cells(model).map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

function signedCorrelation(value: Maybe): string {
  const text = formatValue(value, { factor: 1, digits: 4, unit: "" });
  return typeof value === "number" && value > 0 ? `+${text}` : text;
}
