// Where a net looked at one decision: weights of attention as a heat map of a real table, or as bars where there is one column.
import { percentOf } from "./chart.js";
import type { AttentionMap } from "./explanation.js";
import { renderHeatTable } from "./heat-table.js";
import { type Html, html } from "./html.js";
import { percent } from "./number-format.js";

const MOST_BARS = 16;

export function renderAttention({ name, rowName, columnName, rows, columns, weights }: AttentionMap): Html {
  const largest = Math.max(1e-9, ...weights.flat());
  if (columns.length === 1) {
    const bars = rows.map((row, i) => ({ row, weight: weights[i]?.[0] ?? 0 })).sort((a, b) => b.weight - a.weight);
    return html`<figure class="chart attention"><figcaption><h3>Attention: ${name}</h3><p>How much weight the net gave to each ${rowName}; all together 100%.${bars.length > MOST_BARS && ` The first ${MOST_BARS} of ${bars.length}.`}</p></figcaption>
<table class="days rules"><tbody>${bars.slice(0, MOST_BARS).map(
      ({ row, weight }) =>
        html`<tr><th scope="row">${row}</th><td class="size"><i style="width:${percentOf(weight / largest)}"></i></td><td>${percent(weight)}</td></tr>
`,
    )}</tbody></table></figure>`;
  }
  // Weights of a line add up to 1: what is told from an even share is where the net looked.
  const even = 1 / columns.length;
  const apart = weights.map((line) => line.map((weight) => weight - even));
  return html`<figure class="chart attention"><figcaption><h3>Attention: ${name}</h3><p>Each line is a ${rowName}, each column a ${columnName}. Blue: more than an even share (${percent(even)}), orange: less; from ${percent(Math.min(...weights.flat()))} to ${percent(largest)}.</p></figcaption>${renderHeatTable(
    {
      label: `Attention of ${name}`,
      corner: rowName,
      columns,
      rows: rows.map((row, i) => ({ name: row, cells: apart[i] ?? [] })),
      format: (value) => percent(value + even),
      full: Math.max(1e-9, ...apart.flat().map(Math.abs)),
      printNumbers: false,
    },
  )}</figure>`;
}
