// Net weight by sector through time: one small area per sector on one common scale, so no reader must match ten colors.
import type { RunResult } from "#domain/run-result.js";
import { axisLabel, emptyFigure } from "./chart.js";
import { type Html, html, trusted } from "./html.js";
import { areaMark, BOX_HEIGHT, BOX_WIDTH, coordinate, lineMark, type Placement } from "./marks.js";
import { isKnown, percent, signedPercent } from "./number-format.js";
import { calendarTicks, createScale, domainOf } from "./scale.js";
import { meanOf } from "./series.js";

const TITLE = "Exposure by sector";

export function renderSectors(exposure: RunResult["sectorExposure"]): Html {
  const { months } = exposure;
  const sectors = exposure.sectors
    .map((sector) => ({ ...sector, mean: meanOf(sector.weight) }))
    .filter((sector) => sector.mean !== null)
    .sort((a, b) => Math.abs(b.mean ?? 0) - Math.abs(a.mean ?? 0) || (a.name < b.name ? -1 : 1));
  if (months.length === 0 || sectors.length === 0) return emptyFigure(TITLE, "The instruments carry no sector, or nothing was held.");

  const domain = domainOf(
    sectors.map((sector) => sector.weight),
    [0],
    false,
  );
  const x = months.length === 1 ? (): number => 0.5 : (i: number): number => i / (months.length - 1);
  const place: Placement = { x, y: createScale(domain, false), slot: 1 / months.length, ground: 0 };
  const zero = coordinate((1 - place.y(0)) * BOX_HEIGHT);
  const largest = sectors[0] as (typeof sectors)[number];
  const peak = Math.max(...sectors.flatMap((sector) => sector.weight.filter(isKnown)));
  const note = `Net weight at the decisions, by month, all rows on one scale. Largest on average: ${largest.name} with ${percent(largest.mean)}; the highest single month of any sector was ${percent(peak)}.`;
  return html`<figure class="chart"><figcaption><h3>${TITLE}</h3><p>${note}</p></figcaption>
<table class="sectors"><thead><tr><th scope="col">Sector</th><th scope="col"><span class="sr">Through time</span></th><th scope="col">Mean</th><th scope="col">Last</th></tr></thead><tbody>
${sectors.map((sector) => {
  const last = sector.weight[sector.weight.length - 1];
  return html`<tr><th scope="row">${sector.name}</th><td class="spark"><svg viewBox="0 0 ${BOX_WIDTH} ${BOX_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Weight of ${sector.name} from ${months[0]} to ${months[months.length - 1]}">${trusted(
    `<line class="grid" x1="0" x2="${BOX_WIDTH}" y1="${zero}" y2="${zero}"/>`,
  )}${areaMark(sector.weight, place, "strategy")}${lineMark(sector.weight, place, "strategy")}</svg></td><td>${signedPercent(sector.mean)}</td><td>${signedPercent(last)}</td></tr>
`;
})}</tbody><tfoot aria-hidden="true"><tr><td></td><td class="spark axis"><div class="xlabels">${calendarTicks(months, x).map(axisLabel)}</div></td><td></td><td></td></tr></tfoot></table></figure>`;
}
