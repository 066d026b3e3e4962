// One bar that shows what a total is made of, with the same numbers as a list beneath it.
import { type Html, html } from "./html.js";
import { percentOf } from "./chart.js";
import { isKnown, percent } from "./number-format.js";

export interface Part {
  readonly name: string;
  /** Counted when positive; a negative part (a rebate) stands in the list only. */
  readonly value: number;
}

export function renderStackedBar(label: string, parts: readonly Part[], format: (value: number) => string): Html {
  const size = (part: Part): number => (isKnown(part.value) && part.value > 0 ? part.value : 0);
  const total = parts.reduce((sum, part) => sum + size(part), 0);
  const share = (part: Part): number => (total > 0 ? size(part) / total : 0);
  const spoken = `${label}: ${parts.map((part) => `${part.name} ${format(part.value)}`).join(", ")}`;
  return html`<div class="stack" role="img" aria-label="${spoken}">${parts.map((part, i) =>
    share(part) > 0
      ? html`<i class="part p${i}" style="width:${percentOf(share(part))}" title="${part.name} ${format(part.value)}"></i>`
      : null,
  )}</div>
<ul class="parts">${parts.map(
    (part, i) =>
      html`<li><i class="part p${i}"></i><span>${part.name}</span> <b>${format(part.value)}</b> <small>${total > 0 ? percent(share(part), 0) : ""}</small></li>`,
  )}</ul>`;
}
