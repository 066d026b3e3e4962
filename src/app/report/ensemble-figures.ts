// The members of ensembles through the folds: what each weighed, what the others lacked without it, and how alike the members were.
import type { EnsembleReport } from "#domain/ensemble-report.js";
import type { RunResult } from "#domain/run-result.js";
import { fullColorAt, renderHeatTable } from "./heat-table.js";
import { type Html, html } from "./html.js";
import { counted, isKnown, ratio } from "./number-format.js";
import { meanOf } from "./series.js";

type Member = EnsembleReport["members"][number];

/** Nothing when no model is an ensemble. */
export function ensembleFigures(models: RunResult["models"]): Html {
  const folds = models.flatMap(({ testFrom, ensemble }) => (ensemble === undefined ? [] : [{ testFrom, ensemble }]));
  const last = folds.at(-1)?.ensemble;
  if (last === undefined) return html``;
  const names = last.members.map(({ name }) => name);
  const over = (value: (member: Member) => number | null) =>
    names.map((name) => {
      const cells = folds.map(({ ensemble }) => {
        const member = ensemble.members.find((one) => one.name === name);
        return member === undefined ? null : value(member);
      });
      return { name, cells, total: meanOf(cells.filter(isKnown)) };
    });
  const table = (title: string, note: string, rows: ReturnType<typeof over>): Html =>
    figure(title, note, {
      columns: folds.map(({ testFrom }) => testFrom.slice(0, 7)),
      corner: "Test from",
      rows,
      totalHead: "Mean",
      printNumbers: folds.length <= 12,
    });
  const measure = last.measure === "rank correlation" ? "rank correlation" : "worth of its directions";
  const likeness = names.map((name, i) => ({
    name,
    cells: names.map((_, j) =>
      i === j ? null : meanOf(folds.map(({ ensemble }) => ensemble.correlation[i]?.[j] ?? null).filter(isKnown)),
    ),
  }));
  const alike = folds.filter(({ ensemble }) => ensemble.fellBack).length;
  return html`${table(
    "Weights of the members",
    `By ${last.combine}; 1 in all.${alike === 0 ? "" : ` In ${counted(alike, "fold")} no member was worth anything out of sample, and all counted alike.`}`,
    over(({ weight }) => weight),
  )}
${table(
  "Members by themselves",
  `Mean ${measure} on training samples that the member had not seen.`,
  over(({ score }) => score),
)}
${table(
  "What each member adds",
  `The ensemble's mean ${measure} less that of the ensemble without the member, on samples that neither members nor weights had seen.`,
  over(({ contribution }) => contribution),
)}
${figure(
  "Likeness of the members",
  "Rank correlation of their predictions, mean over folds: members that say the same add nothing to each other.",
  {
    columns: names,
    corner: "Member",
    rows: likeness,
    printNumbers: names.length <= 12,
  },
)}`;
}

interface Figure {
  readonly columns: readonly string[];
  readonly corner: string;
  readonly rows: readonly { readonly name: string; readonly cells: readonly (number | null)[]; readonly total?: number | null }[];
  readonly totalHead?: string;
  readonly printNumbers: boolean;
}

function figure(title: string, note: string, table: Figure): Html {
  return html`<figure class="chart"><figcaption><h3>${title}</h3><p>${note}</p></figcaption>${renderHeatTable({
    ...table,
    label: title,
    format: (value) => ratio(value, 3),
    full: fullColorAt(table.rows.flatMap(({ cells }) => cells)),
  })}</figure>`;
}
