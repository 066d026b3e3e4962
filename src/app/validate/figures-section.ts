// The headline figures with their bands, and how much trading and how much money the result can bear.
import type { BandedFigure, ValidationResult } from "./validation-result.js";
import { renderChart } from "../report/chart.js";
import { type Html, html } from "../report/html.js";
import { formats, formatValue, isKnown, MISSING, money, ratio, type Maybe } from "../report/number-format.js";
import { facts, type Section } from "../report/section.js";

const FORMATS = { percent: formats.percent, ratio: formats.ratio, correlation: { factor: 1, digits: 4, unit: "" } } as const;

export function figuresSection(result: ValidationResult, currency: string): Section {
  return {
    id: "figures",
    title: "How sure the figures are",
    lead: "Each figure with the band in which it would fall nine times in ten, had the same market come again in another order.",
    body: html`<figure class="chart"><table class="evidence"><thead><tr><th scope="col">Figure</th><th scope="col">Value</th><th scope="col">90% band</th><th scope="col"><span class="sr">Meaning</span></th></tr></thead><tbody>${result.figures.map(row)}</tbody></table></figure>
${bearing(result, currency)}`,
  };
}

function row({ name, value, low, high, unit, meaning }: BandedFigure): Html {
  const shown = (figure: Maybe): string => formatValue(figure, FORMATS[unit]);
  return html`<tr><th scope="row">${name}</th><td><b>${shown(value)}</b></td><td>${isKnown(low) && isKnown(high) ? `${shown(low)} to ${shown(high)}` : MISSING}</td><td class="words">${meaning}</td></tr>
`;
}

function bearing({ costBreakEven, capacity }: ValidationResult, currency: string): Html {
  const { found, accounts } = capacity;
  const most =
    found.kind === "none"
      ? "nothing at any size"
      : found.kind === "beyond"
        ? `more than ${money(found.cash, currency)}`
        : `about ${money(found.cash, currency)}`;
  return html`<div class="pair"><figure class="chart"><figcaption><h3>What it can bear</h3><p>Costs as multiples of those assumed, and money as the size of the account.</p></figcaption>
${facts([
  ["Costs at which nothing is left over the baseline", costBreakEven === null ? "none" : `${ratio(costBreakEven)} x`],
  ["Capacity", most],
])}<p class="fine">${costWords(costBreakEven)}</p></figure>
${
  accounts.length > 1 &&
  renderChart({
    title: "Capacity",
    note: "Annual net return over an equally large baseline, for accounts of growing size through the same simulated venue with its limits on volume and its impact.",
    labels: accounts.map(({ cash }) => money(cash, currency)),
    labelsFrom: "own",
    axis: "each",
    series: [
      { name: "Over the baseline, a year", tone: "strategy", mark: "bars", values: accounts.map(({ activeReturn }) => activeReturn) },
    ],
    format: formats.percent,
    rule: 0,
    height: "short",
  })
}</div>`;
}

function costWords(multiple: number | null): string {
  if (multiple === null) return "The strategy pays no more for trading than its baseline, so no costs would end what it earns over it.";
  if (multiple < 0) return "Even trading for nothing would not have paid.";
  if (multiple < 1) return `Nothing is left at the costs assumed; it would have paid at less than ${ratio(multiple)} times of them.`;
  return `If trading cost more than ${ratio(multiple)} times what is assumed, nothing would be left over the baseline.`;
}
