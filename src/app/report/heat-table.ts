// A heat map as a real table: every cell holds its number as text, the color only repeats it (blue above zero, orange below).
// Unknown cells are empty, never zero. Wide tables scroll inside their own box.
import { type Html, html, trusted } from "./html.js";
import { isKnown } from "./number-format.js";

export interface HeatTable {
  /** Name of the table for those who cannot see it. */
  readonly label: string;
  /** Head of the first column. */
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly cells: readonly (number | null)[];
    /** A last cell set apart, such as the year; not colored. */
    readonly total?: number | null;
  }[];
  readonly totalHead?: string;
  readonly format: (value: number) => string;
  /** The size of value that gets the full color; larger ones get no more. */
  readonly full: number;
  /** False leaves the numbers to tooltips and screen readers, where cells are too small to print them. */
  readonly printNumbers: boolean;
}

export function renderHeatTable(table: HeatTable): Html {
  const wide = table.columns.length > 12;
  // The first column is made for years; names need more.
  const named = table.rows.some(({ name }) => name.length > 4);
  return html`<div class="scroll" role="region" aria-label="${table.label}" tabindex="0"><table class="heat${table.printNumbers ? "" : " mute"}${named ? " named" : ""}${wide ? " wide" : ""}"><thead><tr><th scope="col">${table.corner}</th>${table.columns.map(
    (column) => html`<th scope="col">${column}</th>`,
  )}${table.totalHead !== undefined && html`<th scope="col" class="total">${table.totalHead}</th>`}</tr></thead><tbody>
${table.rows.map(
  (row) => html`<tr><th scope="row" title="${row.name}">${row.name}</th>${row.cells.map((value) => cell(value, table))}${
    table.totalHead !== undefined && html`<td class="total">${isKnown(row.total) ? table.format(row.total) : ""}</td>`
  }</tr>
`,
)}</tbody></table></div>`;
}

function cell(value: number | null, table: HeatTable): Html {
  if (!isKnown(value)) return trusted("<td></td>");
  const strength = Math.min(1, Math.abs(value) / table.full);
  // The square root lets small values be seen beside one large one.
  const shade = Math.round(Math.sqrt(strength) * 100) / 100;
  const text = table.format(value);
  const title = table.printNumbers ? null : html` title="${text}"`;
  const body = table.printNumbers ? text : html`<span class="sr">${text}</span>`;
  return html`<td class="${value < 0 ? "neg" : "pos"}" style="--v:${Number.isFinite(shade) ? shade : 0}"${title}>${body}</td>`;
}

/** The size that the ninth tenth of the values stays below: full color for the clearly large, not for the one outlier. */
export function fullColorAt(values: readonly (number | null)[]): number {
  const sizes = values.filter(isKnown).map(Math.abs);
  sizes.sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length * 0.9)] || 1;
}
