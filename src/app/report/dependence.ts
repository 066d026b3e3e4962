// How much a feature adds at each of its values: one dot per row, value across, contribution upwards.
import { axisLabel, emptyFigure, percentOf } from "./chart.js";
import { amountsFor } from "./amounts.js";
import type { OverallExplanation, Unit } from "./explanation.js";
import { featureValue } from "./explanation-words.js";
import { type Html, html, trusted } from "./html.js";
import { BOX_HEIGHT, BOX_WIDTH, coordinate } from "./marks.js";
import { counted, isKnown } from "./number-format.js";
import { createScale, domainOf, tickValues } from "./scale.js";

export function renderDependence({ feature, values, adds }: OverallExplanation["points"][number], unit: Unit): Html {
  const rows = values.flatMap((value, row) => (isKnown(value) ? [{ value, adds: adds[row] as number }] : []));
  if (rows.length === 0) return emptyFigure(feature, "None of its values is known in the rows that were explained.");
  const sorted = rows.map(({ value }) => value).sort((a, b) => a - b);
  const cut = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
  const across = domainOf([[cut(0.005), cut(0.995)]], [], false);
  const up = domainOf([rows.map((row) => row.adds)], [0], false);
  const [x, y] = [createScale(across, false), createScale(up, false)];
  const [columns, levels] = [tickValues(across, 4, false), tickValues(up, 4, false)];
  const { part, parts } = amountsFor(unit, levels);
  const path = rows
    .filter(({ value }) => x(value) >= 0 && x(value) <= 1)
    .map((row) => `M${coordinate(x(row.value) * BOX_WIDTH)} ${coordinate((1 - y(row.adds)) * BOX_HEIGHT)}h0`)
    .join("");
  const missing = values.length - rows.length;
  const outside = rows.filter(({ value }) => x(value) < 0 || x(value) > 1).length;
  const aside = [missing > 0 ? `${counted(missing, "row")} without a value` : "", outside > 0 ? `${outside} far outside` : ""].filter(
    (text) => text !== "",
  );
  return html`<figure class="chart dependence"><figcaption><h3>${feature}</h3><p>What it adds${parts === "" ? "" : ", in points,"} at each of its values.${aside.length > 0 && ` Left out: ${aside.join(", ")}.`}</p></figcaption>
<div class="frame medium"><div class="ylabels" aria-hidden="true">${levels.map(
    (level) => html`<span style="bottom:${percentOf(y(level))}">${part(level)}</span>`,
  )}</div>
<div class="plot still"><svg viewBox="0 0 ${BOX_WIDTH} ${BOX_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${feature}: ${rows.length} rows">${trusted(
    `${levels.map((level) => `<line class="${level === 0 ? "rule" : "grid"}" x1="0" x2="${BOX_WIDTH}" y1="${coordinate((1 - y(level)) * BOX_HEIGHT)}" y2="${coordinate((1 - y(level)) * BOX_HEIGHT)}"/>`).join("")}<path class="value high" d="${path}"/>`,
  )}</svg></div>
<div class="xlabels" aria-hidden="true">${columns.map((column) => axisLabel({ at: x(column), label: featureValue(column), minor: false }))}</div></div></figure>`;
}
