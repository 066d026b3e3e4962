// Where the real result lies among markets with nothing to find, and how small an edge the pipeline finds: the pictures behind the control's gate.
import { NULL_KINDS } from "#research/controls/null-kind.js";
import { placeSentence, powerSentence } from "../control/control-words.js";
import { renderNullStrip } from "../control/null-strip.js";
import { renderPower } from "../control/power-chart.js";
import { type Html, html } from "../report/html.js";
import { counted, formats, grouped, pValue, ratio } from "../report/number-format.js";
import { facts, type Section } from "../report/section.js";
import type { ControlFound, ValidationResult } from "./validation-result.js";

export function controlSection({ control }: ValidationResult): Section {
  return {
    id: "control",
    title: "Markets with nothing to find",
    lead: "The whole pipeline on markets made from these data in which nothing can be known beforehand: what it finds there, it would find anywhere.",
    body: control === null ? notRun() : found(control),
  };
}

function notRun(): Html {
  return html`<figure class="chart empty"><figcaption><h3>Not run</h3><p>Not run for this experiment. <code>truewind control</code> runs the whole pipeline on markets without an edge, and counts how often it finds one.</p></figcaption></figure>`;
}

function found(control: ControlFound): Html {
  const { runs, falseAlarms, rank, nulls, power, detectable } = control;
  return html`<p class="fine">It said “edge” on ${grouped(falseAlarms)} of ${counted(runs, "market")} without one. ${powerSentence({ power, detectable })}</p>
${facts([
  ["False alarms", `${grouped(falseAlarms)} of ${grouped(runs)}`],
  ["p of the real result, the less favorable kind", pValue(rank)],
])}
<div class="pair">${nulls.map(({ kind, information, values }) =>
    renderNullStrip({
      title: NULL_KINDS[kind].title,
      note: `Information ratio, net of costs. ${placeSentence(information, values.length, (value) => ratio(value))}`,
      nulls: values,
      real: information.real,
      format: formats.ratio,
    }),
  )}</div>${power.length > 0 && renderPower(power)}`;
}
