// The page of a validation: the decision first, its gates, then the evidence. No network, no clock, the same bytes for the same input.
import type { ValidationResult } from "./validation-result.js";
import { type Html, html } from "../report/html.js";
import { counted, percent, pValue, ratio, signedPercent } from "../report/number-format.js";
import { renderPage } from "../report/page-shell.js";
import { facts, renderSection, type Section } from "../report/section.js";
import { stampsOf, verdictHeadline } from "../report/verdict-words.js";
import { windLines } from "../report/wind-lines.js";
import { controlSection } from "./control-section.js";
import { figuresSection } from "./figures-section.js";
import { gatesSection } from "./gates-section.js";
import { leaksSection } from "./leaks-section.js";
import { pathsSection } from "./paths-section.js";
import { searchSection } from "./search-section.js";
import { stabilitySection } from "./stability-section.js";

export function renderValidation(
  result: ValidationResult,
  { command, currency }: { readonly command: string; readonly currency: string },
): string {
  const stamps = stampsOf(result.dataset);
  const sections = [
    gatesSection(result.gates),
    figuresSection(result, currency),
    searchSection(result),
    pathsSection(result),
    controlSection(result),
    stabilitySection(result),
    leaksSection(result),
    againSection(result, command),
  ];
  const { codeVersion, experimentHash, dataId } = result.identity;
  return renderPage({
    codeVersion,
    title: `${result.name} validated: ${verdictHeadline(result.decision)}`,
    heading: result.name,
    subheading: `Validation on ${result.dataset.name} · ${result.from} to ${result.to}`,
    stamps,
    sections: [{ id: "verdict", title: "Verdict" }, ...sections],
    main: html`${hero(result)}${sections.map((section): Html => renderSection(section, stamps))}`,
    foot: html`Made by Truewind ${codeVersion} from experiment <code>${experimentHash.slice(0, 12)}</code> on data <code>${dataId.slice(0, 12)}</code>. Past results do not promise future ones.`,
    dates: [],
  });
}

function hero(result: ValidationResult): Html {
  const { verdict, gates, decision } = result;
  const tone = { edge: "fair", "no edge": "calm", "not enough evidence": "fog" }[decision];
  const passed = gates.filter((gate) => gate.passed === true).length;
  return html`<section id="verdict" class="verdict ${tone}" aria-labelledby="verdict-title">${windLines(result.identity.experimentHash, decision)}
<p class="eyebrow">Is there an edge, after costs, after all that was tried?</p><h2 id="verdict-title">${verdictHeadline(decision)}</h2>
<p class="because">${result.because}</p>
${facts([
  ["Gates passed", `${passed} of ${gates.length}`],
  [`Net return over ${verdict.over}, a year`, signedPercent(verdict.activeReturn)],
  ["90% band", `${percent(verdict.activeReturnLow)} to ${percent(verdict.activeReturnHigh)}`],
  ["Chance of so much by luck", `p ${pValue(verdict.pValue)}`],
  ["Information ratio", ratio(verdict.activeSharpe)],
  ["Out of sample", counted(result.sessions, "session")],
])}</section>
`;
}

function againSection({ identity, run, orders }: ValidationResult, command: string): Section {
  const code = (text: string): Html => html`<code>${text}</code>`;
  const rows: readonly (readonly [string, Html])[] = [
    ["Command", code(command)],
    ["Backtest", code(run)],
    ["Experiment", code(identity.experimentHash)],
    ["Data", code(identity.dataId)],
    ["Code", code(identity.codeVersion)],
    ["Seed", code(identity.seed)],
    ["Order list", code(orders)],
  ];
  return {
    id: "reproduce",
    title: "How to make this again",
    lead: "The same experiment, data, code, seed and record of trials give the same figures.",
    body: html`<dl class="identity">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`,
  };
}
