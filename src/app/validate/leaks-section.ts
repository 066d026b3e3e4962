// Whether the pipeline used what it could not know: what the search of its code found, and how hard it searched.
import { type Html, html } from "../report/html.js";
import { counted, grouped } from "../report/number-format.js";
import { facts, type Section } from "../report/section.js";
import type { LeaksFound, ValidationResult } from "./validation-result.js";

/** A feature set that leaks as a whole is told by its first ones. */
const MOST = 12;

export function leaksSection({ leaks, dataset }: ValidationResult): Section {
  return {
    id: "leaks",
    title: "What it could not know",
    lead: "The pipeline runs again on data that are altered or cut off behind a moment. Whatever it said of the time before must be the same to the bit.",
    body: leaks === null ? notSearched() : searched(leaks, dataset.name),
  };
}

function notSearched(): Html {
  return html`<figure class="chart empty"><figcaption><h3>Not searched</h3><p>Nobody looked for leaks here. Daily bars are searched unless --no-leaks is given; bars that are shorter cannot be.</p></figcaption></figure>`;
}

function searched({ leaks, doubts, names, ofNames, runs, failedRuns, cuts, decisions, features }: LeaksFound, dataset: string): Html {
  const all = [...leaks, ...doubts];
  return html`<figure class="chart"><figcaption><h3>${leaks.length === 0 ? "No leak was found" : `${counted(leaks.length, "leak")} found: no result of this pipeline counts`}</h3><p>${
    leaks.length === 0
      ? "Nothing that was computed, predicted, decided or filled moved when what came later was altered."
      : "These moved when what came later was altered, or cannot be told."
  }</p></figcaption>
${facts([
  ["Runs of the pipeline", failedRuns === 0 ? grouped(runs) : `${grouped(runs)}, ${grouped(failedRuns)} failed`],
  ["Moments of alteration", grouped(cuts)],
  ["Names", `${grouped(names)} of ${grouped(ofNames)}`],
  ["Features at decisions", `${grouped(features)} at ${grouped(decisions)}`],
])}
${
  all.length > 0 &&
  html`<dl class="identity">${all.slice(0, MOST).map(({ where, evidence }) => html`<div><dt>${where}</dt><dd>${evidence}</dd></div>`)}</dl>`
}${all.length > MOST && html`<p class="fine">And ${all.length - MOST} more: <code>truewind leaks</code> lists them.</p>`}
<p class="fine">A sample of the names of ${dataset}: <code>truewind leaks --full --runs 200</code> searches harder. A leak that acts on one decision of many may be missed.</p></figure>`;
}
