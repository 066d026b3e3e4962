// Estimates as points within their bands, one row each on a common axis: regimes, years, seeds. Zero is always in view.
import { percentOf } from "./chart.js";
import { type Content, type Html, html } from "./html.js";
import { isKnown, type Maybe, signedPercent } from "./number-format.js";

export interface BandRow {
  readonly name: string;
  readonly value: Maybe;
  /** Null: no band could be measured. */
  readonly low: Maybe;
  readonly high: Maybe;
  /** Behind the name, small. */
  readonly note?: Content;
}

export function renderBandRows(label: string, rows: readonly BandRow[], written: (value: Maybe) => string = signedPercent): Html {
  const known = rows.flatMap(({ value, low, high }) => [value, low, high].filter(isKnown));
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const pad = (high - low || 0.01) * 0.06;
  const at = (value: number): string => percentOf((value - low + pad) / (high - low + 2 * pad));
  const width = (from: number, to: number): string => percentOf((to - from) / (high - low + 2 * pad));
  return html`<ul class="bands" aria-label="${label}">${rows.map(
    ({
      name,
      value,
      low: from,
      high: to,
      note,
    }) => html`<li><span class="name">${name}<small>${note}</small></span><span class="lane"><s style="left:${at(0)}"></s>${
      isKnown(from) && isKnown(to) && html`<i style="left:${at(from)};width:${width(from, to)}"></i>`
    }${isKnown(value) && html`<b style="left:${at(value)}"></b>`}</span><span class="figure">${written(value)}</span></li>
`,
  )}</ul>`;
}
