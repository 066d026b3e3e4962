// Orders on recorded quotes: which of them met a gap of the recording, where those gaps are, and what the record does not charge.
import type { QuoteUse } from "#domain/quote-use.js";
import { type Html, html } from "./html.js";
import { counted, grouped, money } from "./number-format.js";
import { facts } from "./section.js";

/** Rows of the table, those with the longest silence first. */
const MOST_ROWS = 20;

export function quotedOrders({ gaps, orders, ordersInGaps, decisions, decisionsInGaps, impact }: QuoteUse, currency: string): Html {
  const rows = [...gaps].sort((a, b) => b.seconds - a.seconds).slice(0, MOST_ROWS);
  const lead =
    gaps.length === 0
      ? "The recording has no gap in these sessions."
      : `The recording of ${counted(gaps.length, "instrument")} has gaps in these sessions. Nothing is filled in them: orders wait for the next quote.`;
  return html`<figure class="chart"><figcaption><h3>On recorded quotes</h3><p>${lead}</p></figcaption>
${facts([
  ["Orders", grouped(orders)],
  ["Met a gap", grouped(ordersInGaps)],
  ["Decisions", grouped(decisions)],
  ["With an order that met one", grouped(decisionsInGaps)],
  ...(impact.traded > 0 ? [["Impact not charged, square-root law", money(impact.money, currency)] as const] : []),
])}${
  rows.length > 0 &&
  html`<table class="days"><thead><tr><th scope="col">Instrument</th><th scope="col">Gaps</th><th scope="col">Together, minutes</th><th scope="col">Longest, minutes</th></tr></thead><tbody>${rows.map(
    (
      row,
    ) => html`<tr><th scope="row">${row.instrument}</th><td>${grouped(row.gaps)}</td><td>${minutes(row.seconds)}</td><td>${minutes(row.longestSeconds)}</td></tr>
`,
  )}</tbody></table>`
}${gaps.length > rows.length && html`<p>And ${counted(gaps.length - rows.length, "instrument")} more, in the run's result.json.</p>`}</figure>`;
}

function minutes(seconds: number): string {
  return (seconds / 60).toFixed(1);
}
