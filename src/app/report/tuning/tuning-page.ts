// The page of a search: first whether its best is more than luck, then the course, what mattered, and every setting by itself.
import { stringify } from "yaml";
import { percentOf } from "../chart.js";
import { type Html, html } from "../html.js";
import { counted, isKnown, percent } from "../number-format.js";
import { renderPage } from "../page-shell.js";
import { type Section, facts, renderSection } from "../section.js";
import type { Stamp } from "../verdict-words.js";
import { renderCourse, renderParallel } from "./search-charts.js";
import { renderSlice } from "./slices.js";
import { tuningStyle } from "./tuning-style.js";
import type { TuningResult } from "./tuning-result.js";
import { ADVICE, countsSentence, headlineOf, honestSentence, objectiveNames, objectiveValue, settingWords } from "./tuning-words.js";

export function renderTuning(result: TuningResult): string {
  const sections = [courseSection(result), importanceSection(result), slicesSection(result), bestSection(result)];
  const stamps: readonly Stamp[] = result.dataset.survivorsOnly
    ? [{ label: "Survivors only", meaning: "Names that were delisted are missing from these data: what did well is overstated." }]
    : [];
  return renderPage({
    codeVersion: result.codeVersion,
    title: `${result.name}: ${headlineOf(result)}`,
    heading: result.name,
    subheading: `a search on ${result.dataset.name} · ${result.test.from} to ${result.test.to}`,
    stamps,
    sections: [{ id: "verdict", title: "Found" }, ...sections],
    main: html`${html`<style>${tuningStyle}</style>`}${found(result)}${sections.map((section): Html => renderSection(section, stamps))}`,
    foot: html`Made by Truewind ${result.codeVersion}: study <code>${result.id}</code> on data <code>${result.dataId.slice(0, 12)}</code>. Past results do not promise future ones.`,
    dates: [],
  });
}

function found(result: TuningResult): Html {
  const { best, luck, test, trials } = result;
  return html`<section id="verdict" class="verdict" aria-labelledby="verdict-title"><p class="eyebrow">The search found</p><h2 id="verdict-title">${headlineOf(result)}</h2>
<p class="because">${honestSentence(result)}</p>
${facts([
  [`Best ${objectiveNames[result.objective]}`, objectiveValue(result, best.value)],
  ["By luck alone", objectiveValue(result, luck.bestByLuck)],
  ["Error of one trial", objectiveValue(result, luck.error)],
  ["Trials", html`${counted(trials.length, "trial")}`],
  ["Tested on", html`${counted(test.decisions, "decision")} <small>in ${counted(test.folds, "fold")}</small>`],
])}
<div class="caveat"><p>${countsSentence(result)}</p><p>${ADVICE}</p></div></section>
`;
}

function courseSection(result: TuningResult): Section {
  return {
    id: "course",
    title: "The search",
    lead: `Sampler ${result.sampler}, pruner ${result.pruner}. Trials were fitted and tested on days before ${result.untouchedFrom} alone.`,
    body: html`${renderCourse(result)}${renderParallel(result)}`,
  };
}

function importanceSection({ importances, objective }: TuningResult): Section {
  const largest = Math.max(1e-12, ...importances.map(({ share }) => share));
  const rest = 1 - importances.filter(({ trials }) => trials === importances[0]?.trials).reduce((sum, { share }) => sum + share, 0);
  return {
    id: "importance",
    title: "What mattered",
    lead: `How much of what the trials differ in each setting explains by itself, averaged over all values of the others: where that is little, its value hardly matters.`,
    body:
      importances.length === 0
        ? html`<p>It takes ten complete trials that differ to tell.</p>`
        : html`<figure class="chart"><figcaption><h3>Importance for the ${objectiveNames[objective]}</h3><p>Share of the variance by functional analysis of variance over a forest of 64 trees. ${isKnown(rest) && rest > 0.005 && html`What is missing to 100%, ${percent(rest, 0)}, is settings acting together.`}</p></figcaption>
<table class="days importance"><thead><tr><th scope="col">Setting</th><th scope="col"><span class="sr">Size</span></th><th scope="col">Explains alone</th><th scope="col">Of trials</th></tr></thead><tbody>${importances.map(
            ({ name, share, trials }) =>
              html`<tr><th scope="row">${name}</th><td class="size"><i style="width:${percentOf(share / largest)}"></i></td><td>${percent(share)}</td><td>${trials}</td></tr>
`,
          )}</tbody></table></figure>`,
  };
}

function slicesSection(result: TuningResult): Section {
  return {
    id: "slices",
    title: "Setting by setting",
    lead: "Every complete trial as a dot at its value of one setting. Dots of one value differ because all other settings do, too.",
    body: html`<div class="pair">${result.space.map((parameter) => renderSlice(parameter, result))}</div>`,
  };
}

function bestSection(result: TuningResult): Section {
  const { best, chosen } = result;
  return {
    id: "best",
    title: "What was chosen",
    lead: `Trial ${best.number + 1}, written as an experiment of its own: give it to truewind backtest.`,
    body: html`<figure class="chart"><figcaption><h3>Its settings</h3><p>What the search changed; everything else is as the file says.</p></figcaption><dl class="identity">${Object.entries(
      best.params,
    ).map(([name, value]) => html`<div><dt>${name}</dt><dd>${settingWords(value)}</dd></div>`)}</dl></figure>
<details><summary>The whole experiment (experiment.yaml)</summary><pre tabindex="0">${stringify(chosen, { lineWidth: 100 })}</pre></details>`,
  };
}
