// One prediction as steps from the base to where it ends: a bar per feature, each beginning where the one before ended.
import { percentOf } from "./chart.js";
import type { DecisionExplanation, ExplainedName } from "./explanation.js";
import { amountsOf, featureValue, shareBelow } from "./explanation-words.js";
import { type Html, html } from "./html.js";
import { counted } from "./number-format.js";
import { createScale, domainOf } from "./scale.js";

interface Step {
  readonly name: string;
  readonly detail: string;
  readonly from: number;
  readonly to: number;
  readonly kind: "pos" | "neg" | "total";
}

/** `base`: what the steps start from. */
export function renderWaterfall(name: ExplainedName, decision: DecisionExplanation): Html {
  const { way, compared } = decision;
  if (way === null) return html``;
  const steps = stepsOf(name, way.base, `${way.baseIs} of ${compared}`);
  const place = createScale(
    domainOf(
      steps.map(({ from, to }) => [from, to]),
      [],
      false,
    ),
    false,
  );
  const { whole, part } = amountsOf(name, decision);
  const at = (value: number): number => Math.min(1, Math.max(0, place(value)));
  return html`<ol class="waterfall">${steps.map((step, i) => {
    const low = at(Math.min(step.from, step.to));
    const high = at(Math.max(step.from, step.to));
    const label = step.kind === "total" ? whole(step.to) : part(step.to - step.from);
    // The number stands where there is room for it.
    const side = high > 0.82 ? `right:${percentOf(1 - low)};padding-right:6px` : `left:${percentOf(high)};padding-left:6px`;
    const next = i + 1 < steps.length ? html`<s style="left:${percentOf(at(step.to))}"></s>` : null;
    return html`<li class="${step.kind}"><span class="name">${step.name}${step.detail !== "" && html` <small>${step.detail}</small>`}</span><span class="lane"><i style="left:${percentOf(low)};width:${percentOf(Math.max(high - low, 0.002))}"></i>${next}<b style="${side}">${label}</b></span></li>
`;
  })}</ol>`;
}

function stepsOf(name: ExplainedName, base: number, start: string): readonly Step[] {
  const steps: Step[] = [{ name: "Start", detail: start, from: base, to: base, kind: "total" }];
  let at = base;
  const add = (label: string, detail: string, adds: number): void => {
    steps.push({ name: label, detail, from: at, to: at + adds, kind: adds < 0 ? "neg" : "pos" });
    at += adds;
  };
  for (const { feature, value, below, adds } of name.features) {
    const higher = shareBelow(below);
    add(feature, `${featureValue(value)}${higher === "" ? "" : `, higher than ${higher}`}`, adds);
  }
  if (name.others > 0) add(`${counted(name.others, "other feature")}`, "together", name.rest);
  return [...steps, { name: "Prediction", detail: "", from: name.prediction, to: name.prediction, kind: "total" }];
}
