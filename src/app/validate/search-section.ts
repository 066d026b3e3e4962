// Luck: of the search (how many were tried), of the choice (does the best stay good), and of the seed.
import type { ValidationResult } from "./validation-result.js";
import { renderChart } from "../report/chart.js";
import { type Html, html } from "../report/html.js";
import { counted, formats, grouped, percent, ratio, signedPercent } from "../report/number-format.js";
import { facts, type Section } from "../report/section.js";

export function searchSection(result: ValidationResult): Section {
  return {
    id: "luck",
    title: "Skill or luck",
    lead: "Whoever tries often enough finds something. These figures say how much of the result is the search itself.",
    body: html`${searched(result)}<div class="pair">${chosen(result.overfitting)}${seeded(result)}</div>`,
  };
}

function searched({ trials }: ValidationResult): Html {
  const { distinct, effective, sharpe, expectedBest, probabilistic, deflated, leastSessions } = trials;
  return html`<figure class="chart"><figcaption><h3>The search</h3><p>${counted(distinct, "experiment")} ${distinct === 1 ? "is" : "are"} recorded on these data; near-identical ones taken together, they are as many as ${ratio(effective, effective % 1 === 0 ? 0 : 1)} independent ${effective === 1 ? "trial" : "trials"}.${expectedBest !== null && ` The best of so many has a Sharpe ratio of about ${ratio(expectedBest)} a year by luck alone; this one has ${ratio(sharpe)}.`}</p></figcaption>
${facts([
  ["Sharpe ratio of the active return, a year", ratio(sharpe)],
  ["Best by luck alone, a year", ratio(expectedBest)],
  ["Chance that it is above zero (probabilistic)", percent(probabilistic)],
  ["Chance that it beats the luck of the search (deflated)", percent(deflated)],
  ["Sessions needed to tell it from zero", leastSessions === null ? "never" : grouped(leastSessions)],
])}</figure>`;
}

function chosen(found: ValidationResult["overfitting"]): Html {
  if (found === null)
    return html`<figure class="chart empty"><figcaption><h3>The choice</h3><p>Only one configuration with a long enough record was tried on these data, so none was chosen for its result.</p></figcaption></figure>`;
  const { labels, counts } = histogram(found.logits);
  return renderChart({
    title: "The choice",
    note: `The record is cut into ${found.blocks} blocks; the best of ${found.configurations} configurations on one half is ranked on the other half. Below zero it ends in the worse half there: ${percent(found.probability)} of ${grouped(found.logits.length)} splits.`,
    labels,
    labelsFrom: "own",
    axis: "each",
    series: [{ name: "Splits, by the logit of the rank of the chosen one", tone: "strategy", mark: "bars", values: counts }],
    format: formats.percent,
    height: "short",
  });
}

function histogram(logits: readonly number[]): { readonly labels: readonly string[]; readonly counts: readonly number[] } {
  const edges = [-4, -3, -2, -1, 0, 1, 2, 3];
  const counts = Array<number>(edges.length + 1).fill(0);
  for (const logit of logits) {
    const bin = edges.filter((edge) => logit > edge).length;
    counts[bin] = (counts[bin] as number) + 1 / logits.length;
  }
  const text = (edge: number): string => String(edge).replace("-", "\u2212");
  const labels = counts.map((_, i) =>
    i === 0 ? `≤ ${text(edges[0] as number)}` : i === edges.length ? `> ${text(edges.at(-1) as number)}` : `≤ ${text(edges[i] as number)}`,
  );
  return { labels, counts };
}

function seeded({ seeds }: ValidationResult): Html {
  return html`<figure class="chart"><figcaption><h3>The seed</h3><p>The same experiment fitted with other random numbers. What changes here is luck of the fit.</p></figcaption>
<table class="evidence"><thead><tr><th scope="col">Seed</th><th scope="col">Over the baseline, a year</th><th scope="col">Net, a year</th><th scope="col">Sharpe</th><th scope="col">Rank IC</th></tr></thead><tbody>${seeds.map(
    ({ seed, activeReturn, netReturn, sharpe, rankIc }) =>
      html`<tr><th scope="row">${seed}</th><td>${signedPercent(activeReturn)}</td><td>${signedPercent(netReturn)}</td><td>${ratio(sharpe)}</td><td>${ratio(rankIc, 4)}</td></tr>
`,
  )}</tbody></table></figure>`;
}
