// Why: what drove the predictions over all, and single decisions that somebody asked about.
import { renderAttention } from "./attention-map.js";
import { renderBeeswarm, toneLegend } from "./beeswarm.js";
import { amountsFor } from "./amounts.js";
import { percentOf } from "./chart.js";
import { renderDependence } from "./dependence.js";
import type { DecisionExplanation, Explanation, ExplainedName, OverallExplanation, ScoreDrop } from "./explanation.js";
import { nameSentence, orderWords, waySentence } from "./explanation-words.js";
import { type Html, html } from "./html.js";
import { counted, percent, ratio } from "./number-format.js";
import type { Section } from "./section.js";
import { renderWaterfall } from "./waterfall.js";

const MOST_FEATURES = 15;
const MOST_GROUPS = 10;
const DEPENDENCES = 4;

export function whySection({ overall, decisions }: Explanation): Section {
  return {
    id: "why",
    title: "Why",
    lead: "What each feature added to the predictions. It says what the model went by, not why prices move.",
    body: html`${overall !== null && overallBody(overall)}${decisions.map(decisionBody)}`,
  };
}

function overallBody(overall: OverallExplanation): Html {
  const { rows, from, to, spread, way, error, points, unit } = overall;
  const { size } = amountsFor(
    unit,
    overall.features.slice(0, 1).map(({ meanAbsolute }) => meanAbsolute),
  );
  return html`<figure class="chart"><figcaption><h3>What drove the predictions</h3><p>Mean absolute contribution of each feature over ${counted(rows, "row")} ${overall.sample}, ${from} to ${to}; predictions lie ${size(spread)} from ${way.baseIs} on average. ${waySentence(way, error, unit)}${scoreWords(overall)}</p></figcaption>
${importanceTable(
  "Feature",
  unit,
  overall.features.slice(0, MOST_FEATURES).map(({ feature, meanAbsolute, drop }) => ({ name: feature, meanAbsolute, drop })),
)}
${overall.features.length > MOST_FEATURES && html`<p class="fine">${counted(overall.features.length - MOST_FEATURES, "more feature")} add less.</p>`}</figure>
<figure class="chart"><figcaption><h3>Row by row</h3><p>What the strongest features added${unit === "return" && ", in points"}: one dot per row, colored by the feature's own value. Blue on the right and orange on the left: more of it pushes up.</p></figcaption>${toneLegend(points)}${renderBeeswarm(points, unit)}</figure>
<div class="pair">${points.slice(0, DEPENDENCES).map((one) => renderDependence(one, unit))}</div>
<div class="pair">${
    overall.groups.length > 1 &&
    html`<figure class="chart"><figcaption><h3>Families of features</h3><p>What the features of a family add together, absolute mean.</p></figcaption>${importanceTable(
      "Family",
      unit,
      overall.groups
        .slice(0, MOST_GROUPS)
        .map(({ group, features, meanAbsolute, drop }) => ({ name: `${group} (${features})`, meanAbsolute, drop })),
    )}</figure>`
  }${
    overall.pairs !== null &&
    overall.pairs.length > 0 &&
    html`<figure class="chart"><figcaption><h3>Stronger together</h3><p>Pairs whose effect the trees make depend on each other, as a share of all effects.</p></figcaption>${pairTable(overall.pairs)}</figure>`
  }</div>`;
}

function scoreWords({ score }: OverallExplanation): string {
  if (score === null) return "";
  return ` The last column: what the score (${score.name} ${ratio(score.value, 4)} on ${counted(score.rows, "row")}) loses when the values are dealt out to other rows, ${score.repeats} times, ± one standard deviation.`;
}

function importanceTable(
  head: string,
  unit: OverallExplanation["unit"],
  entries: readonly { readonly name: string; readonly meanAbsolute: number; readonly drop: ScoreDrop | null }[],
): Html {
  const largest = Math.max(1e-12, ...entries.map(({ meanAbsolute }) => meanAbsolute));
  const { plain, parts } = amountsFor(unit, [entries[Math.min(4, entries.length - 1)]?.meanAbsolute ?? 0]);
  const scored = entries.some(({ drop }) => drop !== null);
  return html`<table class="days importance"><thead><tr><th scope="col">${head}</th><th scope="col"><span class="sr">Size</span></th><th scope="col">Adds${parts !== "" && ", points"}</th>${scored && html`<th scope="col">Score loses</th>`}</tr></thead><tbody>${entries.map(
    ({ name, meanAbsolute, drop }) =>
      html`<tr><th scope="row">${name}</th><td class="size"><i style="width:${percentOf(meanAbsolute / largest)}"></i></td><td>${plain(meanAbsolute)}</td>${scored && html`<td>${drop !== null && html`${ratio(drop.mean, 4)} <small>± ${drop.deviation.toFixed(4)}</small>`}</td>`}</tr>
`,
  )}</tbody></table>`;
}

function pairTable(pairs: NonNullable<OverallExplanation["pairs"]>): Html {
  const largest = Math.max(1e-12, ...pairs.map(({ share }) => share));
  return html`<table class="days importance"><tbody>${pairs.map(
    ({ first, second, share }) =>
      html`<tr><th scope="row">${first} <small>with</small> ${second}</th><td class="size"><i style="width:${percentOf(share / largest)}"></i></td><td>${percent(share)}</td></tr>
`,
  )}</tbody></table>`;
}

function decisionBody(decision: DecisionExplanation): Html {
  const { asOf, model, journaled, way, left, trouble } = decision;
  const error = decision.names.reduce((most, name) => Math.max(most, name.error), 0);
  const source = journaled ? "as the session journaled it" : "computed again from the kept model";
  return html`<h3 class="moment">Decision of ${asOf.slice(0, 16).replace("T", " ")} UTC</h3><p class="fine">Model ${model}, ${source}. ${way !== null && waySentence(way, error, decision.unit)}${left > 0 && ` ${counted(left, "more name")} of that decision were beyond the budget of reasons.`}${trouble !== null && ` ${trouble}`}</p>
<div class="pair">${decision.names.map((name) => nameFigure(name, decision))}</div>`;
}

function nameFigure(name: ExplainedName, decision: DecisionExplanation): Html {
  const order = orderWords(name);
  return html`<figure class="chart"><figcaption><h3>${name.instrument}${order !== null && html` <small>${order}</small>`}</h3><p>${nameSentence(name, decision, 3)}</p></figcaption>${renderWaterfall(name, decision)}</figure>${name.attention.map(renderAttention)}`;
}
