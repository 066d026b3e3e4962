// Names with counts, the largest first, each with a bar: reasons of the data's quality, rules of risk.
import { type Html, html } from "./html.js";
import { grouped } from "./number-format.js";

export function countTable(nameHead: string, countHead: string, entries: readonly (readonly [name: string, count: number])[]): Html {
  const sorted = [...entries].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const most = Math.max(1, ...sorted.map(([, count]) => count));
  return html`<table class="days rules"><thead><tr><th scope="col">${nameHead}</th><th scope="col"><span class="sr">Share</span></th><th scope="col">${countHead}</th></tr></thead><tbody>${sorted.map(
    ([
      name,
      count,
    ]) => html`<tr><th scope="row">${name}</th><td class="size"><i style="width:${Math.round((count / most) * 100)}%"></i></td><td>${grouped(count)}</td></tr>
`,
  )}</tbody></table>`;
}
