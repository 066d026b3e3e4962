// The gates: what was asked beforehand, what came, and whether that is enough.
import type { Gate } from "#research/evidence/gates.js";
import { type Html, html } from "../report/html.js";
import type { Section } from "../report/section.js";

export function gatesSection(gates: readonly Gate[]): Section {
  const passed = gates.filter((gate) => gate.passed === true).length;
  return {
    id: "gates",
    title: "The gates",
    lead: `${passed} of ${gates.length} are passed. An edge needs all of them; each was set before any result was seen.`,
    body: html`<table class="gates"><thead><tr><th scope="col">Gate</th><th scope="col">Answer</th><th scope="col">Figure</th><th scope="col">What it says</th></tr></thead><tbody>${gates.map(
      ({ title, bar, passed: answer, figure, because }) =>
        html`<tr><th scope="row">${title}<small>${bar}</small></th><td class="answer">${answerOf(answer)}</td><td class="figure">${figure}</td><td>${because}</td></tr>
`,
    )}</tbody></table>`,
  };
}

function answerOf(passed: boolean | null): Html {
  if (passed === null) return html`<b class="unknown">not measured</b>`;
  return passed ? html`<b class="yes">passed</b>` : html`<b class="no">not passed</b>`;
}
