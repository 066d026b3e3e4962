// What features add, row by row: one lane per feature, one dot per row, colored by whether the feature's value is low or high there.
// Dots of one place are stacked around the middle of the lane, so that its thickness shows how many there are.
import { amountsFor } from "./amounts.js";
import type { OverallExplanation, Unit } from "./explanation.js";
import { axisLabel } from "./chart.js";
import { type Html, html, trusted } from "./html.js";
import { BOX_WIDTH, coordinate } from "./marks.js";
import { isKnown } from "./number-format.js";
import { createScale, domainOf, tickValues } from "./scale.js";

const LANE = 34;
/** Places side by side on which dots are stacked. */
const PLACES = 150;
const STACK_STEP = 2.6;
const MOST_LANES = 10;

const TONES = ["low", "middle", "high", "unknown"] as const;
type ValueTone = (typeof TONES)[number];

/** What is not known is told only where there is some. */
export function toneLegend(lanes: OverallExplanation["points"]): Html {
  const unknown = lanes.slice(0, MOST_LANES).some(({ values }) => values.includes(null));
  const words = [
    ["low", "lowest third of its values"],
    ["middle", "middle"],
    ["high", "highest third"],
    ...(unknown ? [["unknown", "not known"]] : []),
  ];
  return html`<ul class="legend">${words.map(
    ([tone, said]) =>
      html`<li><svg class="swatch" viewBox="0 0 22 10" aria-hidden="true"><path class="value ${tone}" d="M8 5h0M14 5h0"/></svg>${said}</li>`,
  )}</ul>`;
}

export function renderBeeswarm(lanes: OverallExplanation["points"], unit: Unit): Html {
  const shown = lanes.slice(0, MOST_LANES);
  // A few rows far outside would press all others together: they stand at the edge.
  const all = shown.flatMap(({ adds }) => adds).sort((a, b) => a - b);
  const cut = (share: number): number => all[Math.min(all.length - 1, Math.floor(share * all.length))] ?? 0;
  const domain = domainOf([[cut(0.002), cut(0.998)]], [0], false);
  const place = createScale(domain, false);
  const ticks = tickValues(domain, 5, false);
  const { part } = amountsFor(unit, ticks);
  const zero = coordinate(place(0) * BOX_WIDTH);
  return html`<div class="swarm">${shown.map(({ feature, values, adds }) => {
    const tones = tonesOf(values);
    const paths = stacked(adds, place, tones);
    return html`<div class="lane-row"><span class="name">${feature}</span><svg viewBox="0 0 ${BOX_WIDTH} ${LANE}" preserveAspectRatio="none" role="img" aria-label="${feature}: contributions of ${adds.length} rows">${trusted(
      `<line class="grid" x1="0" x2="${BOX_WIDTH}" y1="${LANE / 2}" y2="${LANE / 2}"/><line class="rule" x1="${zero}" x2="${zero}" y1="0" y2="${LANE}"/>${TONES.map((tone) => `<path class="value ${tone}" d="${paths[tone]}"/>`).join("")}`,
    )}</svg></div>
`;
  })}<div class="lane-row axis"><span></span><div class="xlabels" aria-hidden="true">${ticks.map((tick) =>
    axisLabel({ at: place(tick), label: part(tick), minor: false }),
  )}</div></div></div>`;
}

/** Path data per tone. */
function stacked(
  adds: readonly number[],
  place: (value: number) => number,
  tones: readonly ValueTone[],
): Readonly<Record<ValueTone, string>> {
  const height = new Map<number, number>();
  const paths = { low: "", middle: "", high: "", unknown: "" };
  adds.forEach((value, row) => {
    const x = Math.min(1, Math.max(0, place(value)));
    const slot = Math.round(x * PLACES);
    const n = height.get(slot) ?? 0;
    height.set(slot, n + 1);
    // 0, +1, -1, +2, -2, ...: from the middle outwards, and from the middle again when the lane is full.
    const most = Math.floor((LANE / 2 - 3) / STACK_STEP);
    const turn = n % (2 * most + 1);
    const offset = (turn % 2 === 1 ? 1 : -1) * Math.ceil(turn / 2) * STACK_STEP;
    paths[tones[row] as ValueTone] += `M${coordinate(x * BOX_WIDTH)} ${coordinate(LANE / 2 + offset)}h0`;
  });
  return paths;
}

/** Thirds of the known values; equal values are of one tone. */
export function tonesOf(values: readonly (number | null)[]): readonly ValueTone[] {
  const known = values.filter(isKnown).sort((a, b) => a - b);
  const [first, second] = [known[Math.floor(known.length / 3)] ?? 0, known[Math.floor((2 * known.length) / 3)] ?? 0];
  const [lowest, highest] = [known[0] ?? 0, known.at(-1) ?? 0];
  return values.map((value) => {
    if (!isKnown(value)) return "unknown";
    if (lowest === highest) return "middle";
    if (value < first || value === lowest) return "low";
    return value >= second && value > lowest ? "high" : "middle";
  });
}
