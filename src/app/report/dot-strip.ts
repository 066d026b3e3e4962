// One dot per draw of a figure, stacked where they lie alike, and the result in question as a line among them.
import { axisLabel, emptyFigure, percentOf } from "./chart.js";
import { type Html, html, trusted } from "./html.js";
import { BOX_HEIGHT, BOX_WIDTH, coordinate } from "./marks.js";
import { formatValue, isKnown, type ValueFormat } from "./number-format.js";
import { createScale, domainOf, tickDigits, tickValues } from "./scale.js";

export interface DotStrip {
  readonly title: string;
  /** What the reader should see, in one plain sentence. */
  readonly note: string;
  /** What each dot is, in the plural. */
  readonly dots: string;
  readonly values: readonly number[];
  /** The line: its name in the legend and beside it, and its value; null where it is not known. */
  readonly line: { readonly name: string; readonly short: string; readonly value: number | null };
  readonly format: ValueFormat;
  /** Said where there is no value. */
  readonly empty: string;
}

/** Places side by side on which dots are stacked. */
const PLACES = 44;
/** Height of a dot's place, of BOX_HEIGHT; less when a stack would leave the picture. */
const STEP = 30;

export function renderDotStrip({ title, note, dots: noun, values, line, format, empty }: DotStrip): Html {
  if (values.length === 0) return emptyFigure(title, empty);
  const { value: real } = line;
  const domain = domainOf([values], [0, ...(real === null ? [] : [real])], false);
  const place = createScale(domain, false);
  const ticks = tickValues(domain, 6, false);
  const axis = { ...format, digits: tickDigits(ticks, format.factor) };
  const at = (value: number): string => coordinate(place(value) * BOX_WIDTH);
  const said = real === null ? "not known" : formatValue(real, format);
  return html`<figure class="chart">
<figcaption><h3>${title}</h3><p>${note}</p></figcaption>
<ul class="legend"><li><svg class="swatch" viewBox="0 0 22 10" aria-hidden="true"><path class="null-dot" d="M6 5h0M15 5h0"/></svg>${noun} <b>${values.length}</b></li><li><svg class="swatch" viewBox="0 0 22 10" aria-hidden="true"><path class="line strategy" d="M1 5H21"/></svg>${line.name} <b>${said}</b></li></ul>
<div class="frame bare short"><div class="plot still"><svg viewBox="0 0 ${BOX_WIDTH} ${BOX_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title}. ${note}">${trusted(
    `<line class="grid" x1="0" x2="${BOX_WIDTH}" y1="${BOX_HEIGHT}" y2="${BOX_HEIGHT}"/><line class="rule" x1="${at(0)}" x2="${at(0)}" y1="0" y2="${BOX_HEIGHT}"/><path class="null-dot" d="${dots(values, place)}"/>${
      isKnown(real) ? `<path class="line strategy real-line" d="M${at(real)} 0V${BOX_HEIGHT}"/>` : ""
    }`,
  )}</svg>${isKnown(real) && html`<b class="real-name${place(real) > 0.8 ? " left" : ""}" style="left:${percentOf(place(real))}">${line.short} ${said}</b>`}</div>
<div class="xlabels" aria-hidden="true">${ticks.map((tick) => axisLabel({ at: place(tick), label: formatValue(tick, axis), minor: false }))}</div></div></figure>`;
}

function dots(values: readonly number[], place: (value: number) => number): string {
  const slots = values.map((value) => Math.round(Math.min(1, Math.max(0, place(value))) * PLACES));
  const height = new Map<number, number>();
  for (const slot of slots) height.set(slot, (height.get(slot) ?? 0) + 1);
  const step = Math.min(STEP, (BOX_HEIGHT - STEP) / Math.max(1, ...height.values()));
  const filled = new Map<number, number>();
  return slots
    .map((slot) => {
      const n = filled.get(slot) ?? 0;
      filled.set(slot, n + 1);
      return `M${coordinate((slot / PLACES) * BOX_WIDTH)} ${coordinate(BOX_HEIGHT - (n + 0.6) * step)}h0`;
    })
    .join("");
}
