// A control as a page: the gate first, then where the real result lies among markets without an edge, then how small an edge is found.
// Self-contained, like every page of ours; the same bytes for the same result.
import { NULL_KINDS } from "#research/controls/null-kind.js";
import { renderChart } from "../report/chart.js";
import { type Html, html } from "../report/html.js";
import { counted, formats, pValue, percent, ratio, signedPercent } from "../report/number-format.js";
import { renderPage } from "../report/page-shell.js";
import { facts, renderSection, type Section } from "../report/section.js";
import { stampsOf } from "../report/verdict-words.js";
import { windLines } from "../report/wind-lines.js";
import type { ControlResult, NullOutcome, Place } from "./control-result.js";
import { gateHeadline, gateReason, placeSentence, powerSentence, rateWords, searchSentence } from "./control-words.js";
import { renderNullStrip } from "./null-strip.js";
import { renderPower } from "./power-chart.js";

export function renderControlPage(result: ControlResult): string {
  const { name, dataset, identity, from, to } = result;
  const stamps = stampsOf(dataset);
  const sections = [
    ...result.nulls.filter(({ kind }) => NULL_KINDS[kind].evidence).map((one) => nullSection(one, result)),
    powerSection(result),
  ];
  const diagnostics = result.nulls.filter(({ kind }) => !NULL_KINDS[kind].evidence);
  if (diagnostics.length > 0) sections.push(diagnosticSection(diagnostics));
  return renderPage({
    codeVersion: identity.codeVersion,
    title: `Control of ${name}: ${gateHeadline(result)}`,
    heading: `Control of ${name}`,
    subheading: `${dataset.name} · ${from} to ${to}`,
    stamps,
    sections: [{ id: "gate", title: "Gate" }, ...sections],
    main: html`${gateSection(result)}${sections.map((section): Html => renderSection(section, stamps))}`,
    foot: html`Made by Truewind ${identity.codeVersion} from experiment <code>${identity.experimentHash.slice(0, 12)}</code> on data <code>${identity.dataId.slice(0, 12)}</code>. Drawn markets are no trials on the real data.`,
    dates: [],
  });
}

function gateSection(result: ControlResult): Html {
  const { gate, real, over, nulls, detectable, identity } = result;
  const market = nulls.find(({ kind }) => kind === "market");
  return html`<section id="gate" class="verdict ${gate.passes ? "fair" : "fog"}" aria-labelledby="gate-title">${windLines(identity.experimentHash, gate.passes ? "edge" : "not enough evidence")}
<p class="eyebrow">The control</p><h2 id="gate-title">${gateHeadline(result)}</h2>
<p class="because">${gateReason(result)}</p>
${searchSentence(result) === null ? "" : html`<p class="fine">${searchSentence(result)}</p>`}
${facts([
  [`Net information ratio over ${over}`, ratio(real.information)],
  ["p among markets without an edge", pValue(market?.information.pValue)],
  ["False alarms", market === undefined ? "not run" : rateWords(market.falseAlarms)],
  ["Size found four times in five", detectable === null ? "none of those planted" : ratio(detectable, 3)],
])}
<div class="scroll" role="region" aria-label="Checks of the gate" tabindex="0"><table class="days checks"><thead><tr><th scope="col">Check</th><th scope="col">Passes</th></tr></thead><tbody>${gate.checks.map(
    ({ name, passes, because }) =>
      html`<tr><th scope="row">${name}<br><small>${because}</small></th><td>${passes ? "yes" : "no"}</td></tr>
`,
  )}</tbody></table></div></section>
`;
}

function nullSection(outcome: NullOutcome, { real }: ControlResult): Section {
  const { kind, proof, repetitions, falseAlarms, rankIc, information, excess } = outcome;
  const { title, keeps, destroys } = NULL_KINDS[kind];
  const values = (pick: (one: NullOutcome["repetitions"][number]) => number | null): number[] => repetitions.map((one) => pick(one) ?? 0);
  const strip = (
    name: string,
    place: Place,
    nulls: readonly number[],
    format: (typeof formats)[keyof typeof formats],
    written: (value: number) => string,
  ): Html => renderNullStrip({ title: name, note: placeSentence(place, nulls.length, written), nulls, real: place.real, format });
  return {
    id: `null-${kind}`,
    title,
    lead: `${counted(falseAlarms.of, "market")} without an edge, drawn from the real one. Kept: ${keeps}. Destroyed: ${destroys}.`,
    body: html`<p class="fine">${proof.because}</p>
${facts([
  ["Verdict \u201cedge\u201d, and its 95 % interval", rateWords(falseAlarms)],
  ["Mean rank IC", `${ratio(rankIc.mean, 4)} ± ${ratio(rankIc.deviation, 4)}`],
  ["Mean net excess, a year", signedPercent(excess.mean)],
  ["Verdict of the real run, alone", real.decision],
])}
${strip(
  "Information ratio, net of costs",
  information,
  values((one) => one.information),
  formats.ratio,
  (value) => ratio(value),
)}
<div class="pair">${strip(
      "Rank IC",
      rankIc,
      values((one) => one.rankIc),
      formats.correlation,
      (value) => ratio(value, 4),
    )}
${strip(
  "Net excess, a year",
  excess,
  values((one) => one.excess),
  formats.percent,
  (value) => signedPercent(value),
)}</div>`,
  };
}

function powerSection(result: ControlResult): Section {
  const { power } = result;
  const labels = power.map(({ size }) => String(size));
  return {
    id: "power",
    title: "How small an edge is found",
    lead: `The same pipeline on markets in which an edge of known size was planted: a reversal of the last 20 sessions, which an oracle knows. ${powerSentence(result)}`,
    body: html`<div class="pair">${renderPower(power)}
${renderChart({
  title: "What it earned of the edge",
  note: "Net information ratio of the experiment, and of an oracle that knows the planted edge and trades by the same rules: what lies between them was not learned.",
  labels,
  spoken: power.map(({ size }) => `planted ${size}`),
  labelsFrom: "own",
  axis: "each",
  series: [
    { name: "Experiment", tone: "strategy", mark: "line", values: power.map(({ information }) => information) },
    { name: "Oracle", tone: "oracle", mark: "line", values: power.map(({ oracleInformation }) => oracleInformation) },
  ],
  format: formats.ratio,
  include: [0],
  rule: 0,
  height: "medium",
})}</div>
<div class="scroll" role="region" aria-label="Planted markets" tabindex="0"><table class="days"><thead><tr><th scope="col">Planted</th><th scope="col">Came out</th><th scope="col">Oracle’s information ratio</th><th scope="col">The experiment’s</th><th scope="col">Rank IC</th><th scope="col">Found (95 % interval)</th></tr></thead><tbody>${power.map(
      (point) =>
        html`<tr><th scope="row">${point.size}</th><td>${ratio(point.measuredIc, 4)}</td><td>${ratio(point.oracleInformation)}</td><td>${ratio(point.information)}</td><td>${ratio(point.rankIc, 4)}</td><td>${rateWords(point.found)}</td></tr>
`,
    )}</tbody></table></div>
<p class="fine">Planted is the information coefficient of the signal with the next session’s return; what came out is the mean correlation measured in the drawn markets.</p>`,
  };
}

function diagnosticSection(outcomes: readonly NullOutcome[]): Section {
  return {
    id: "diagnostics",
    title: "Diagnostics",
    lead: "Ways to make a null that keep a part of what may be found. They show what kind of structure a result rests on; the gate does not look at them.",
    body: html`<div class="scroll" role="region" aria-label="Diagnostics" tabindex="0"><table class="days"><thead><tr><th scope="col">Kind</th><th scope="col">Keeps</th><th scope="col">Oracle’s score</th><th scope="col">Rank IC</th><th scope="col">Information ratio</th><th scope="col">“Edge”</th></tr></thead><tbody>${outcomes.map(
      ({ kind, proof, rankIc, information, falseAlarms }) =>
        html`<tr><th scope="row">${NULL_KINDS[kind].title}</th><td>${NULL_KINDS[kind].keeps}</td><td>${ratio(proof.namesScore, 1)}</td><td>${ratio(rankIc.mean, 4)}</td><td>${ratio(information.mean)}</td><td>${falseAlarms.of === 0 ? "" : percent(falseAlarms.count / falseAlarms.of, 0)}</td></tr>
`,
    )}</tbody></table></div><p class="fine">The oracle’s score is standard normal where nothing linear can be foretold.</p>`,
  };
}
