// Where and when it was earned: kinds of market, years, halves of the record.
import type { PartOfRecord } from "#research/evidence/part-of-record.js";
import type { ValidationResult } from "./validation-result.js";
import { type Html, html } from "../report/html.js";
import { counted, pValue } from "../report/number-format.js";
import type { Section } from "../report/section.js";
import { renderBandRows } from "../report/band-rows.js";

export function stabilitySection({ regimes, years, halves, verdict }: ValidationResult): Section {
  const up = years.filter(({ activeReturn }) => activeReturn > 0).length;
  return {
    id: "stability",
    title: "Where it was earned",
    lead: `Net return over ${verdict.over}, a year, in parts of the record. A part is short, so its band is wide.`,
    body: html`<div class="pair">${figure(
      "Kinds of market",
      "Calm, usual and rough by how much the market moved in the 63 sessions before, thirds of the record; rising and falling by whether it stood above its mean of 200 sessions.",
      regimes,
    )}${figure("Years", `${up} of ${counted(years.length, "calendar year")} above zero.`, years)}</div>
${
  halves !== null &&
  figure(
    "Early and late",
    halves.pValue === null
      ? "The two halves of the record."
      : `The two halves of the record. So large a difference between them comes up by chance with p ${pValue(halves.pValue)}${halves.pValue < 0.05 ? ": what was earned has changed" : ", so nothing says that it has changed"}.`,
    halves.parts,
  )
}`,
  };
}

function figure(title: string, note: string, parts: readonly PartOfRecord[]): Html {
  if (parts.length === 0)
    return html`<figure class="chart empty"><figcaption><h3>${title}</h3><p>The record is too short to be cut.</p></figcaption></figure>`;
  return html`<figure class="chart"><figcaption><h3>${title}</h3><p>${note}</p></figcaption>${renderBandRows(
    title,
    parts.map(({ name, activeReturn, low, high, sessions }) => ({
      name,
      value: activeReturn,
      low,
      high,
      note: counted(sessions, "session"),
    })),
  )}</figure>`;
}
