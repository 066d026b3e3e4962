// How well the model knew: folds, weights through the folds, rank correlation per decision and its decay, calibration.
import type { RunResult } from "#domain/run-result.js";
import { emptyFigure, renderChart } from "./chart.js";
import { ensembleFigures } from "./ensemble-figures.js";
import { renderFolds } from "./fold-chart.js";
import { fullColorAt, renderHeatTable } from "./heat-table.js";
import { type Html, html } from "./html.js";
import { MOST_DOTS } from "./marks.js";
import { counted, formats, isKnown, ratio } from "./number-format.js";
import type { Section } from "./section.js";
import { meanOf, rollingMean } from "./series.js";

const MOST_FEATURES = 16;

export function modelSection(result: RunResult): Section {
  return {
    id: "model",
    title: "The model",
    lead: "Whether its predictions ordered the names rightly, for how long they held, and whether their size can be believed.",
    body: html`<div class="pair">${icChart(result.ic)}
${decayChart(result.ic)}</div>
${calibrationChart(result.calibration, result.labelUnit)}
${renderFolds(result.models)}
${weightMap(result.models)}
${ensembleFigures(result.models)}`,
  };
}

function icChart(ic: RunResult["ic"]): Html {
  const window = Math.max(2, Math.min(52, Math.floor(ic.values.length / 4)));
  const known = ic.values.filter(isKnown);
  const hits = known.filter((value) => value > 0).length;
  const thinned = ic.values.length > MOST_DOTS ? ` Only every ${Math.ceil(ic.values.length / MOST_DOTS)}th dot is drawn.` : "";
  return renderChart({
    title: "Information coefficient",
    note: `Rank correlation of prediction and what followed, one dot per decision. Mean ${ratio(ic.mean, 3)}, t ${ratio(ic.tStat, 1)}; positive in ${hits} of ${counted(known.length, "decision")}. The line is the mean of the last ${window}.${thinned}`,
    labels: ic.dates,
    labelsFrom: "own",
    axis: "calendar",
    series: [
      { name: "Decision", tone: "muted", mark: "dots", values: ic.values },
      { name: `Mean of ${window}`, tone: "strategy", mark: "line", values: rollingMean(ic.values, window) },
    ],
    format: formats.correlation,
    rule: 0,
    height: "medium",
  });
}

function decayChart(ic: RunResult["ic"]): Html {
  const values = ic.decay.map((point) => point.ic ?? Number.NaN);
  return renderChart({
    title: "How long a prediction holds",
    note: "Mean rank correlation of the same prediction with returns over 1, 2, … sessions.",
    labels: ic.decay.map((point) => String(point.sessions)),
    spoken: ic.decay.map((point) => `over ${counted(point.sessions, "session")}`),
    labelsFrom: "own",
    axis: "each",
    series: [{ name: "Mean IC", tone: "strategy", mark: "bars", values }],
    format: formats.correlation,
    height: "medium",
  });
}

function calibrationChart(tenths: RunResult["calibration"], unit: RunResult["labelUnit"]): Html {
  const first = tenths[0];
  const last = tenths[tenths.length - 1];
  const promised = first && last ? last.predicted - first.predicted : Number.NaN;
  const kept = first && last ? last.realised - first.realised : Number.NaN;
  const sentence =
    isKnown(promised) && isKnown(kept) && promised > 0
      ? unit === undefined
        ? ` Between lowest and highest the model promised ${(promised * 100).toFixed(2)} points and the market gave ${(kept * 100).toFixed(2).replace("-", "\u2212")}.`
        : ` Between lowest and highest the model promised ${ratio(promised)} and the market gave ${ratio(kept)}, ${unitWords(unit)}.`
      : "";
  return renderChart({
    title: "Calibration",
    note: `Predictions sorted into tenths, lowest first: bars are what followed, the line is what was predicted.${sentence}`,
    labels: tenths.map((_, i) => String(i + 1)),
    spoken: tenths.map((tenth, i) => `tenth ${i + 1}, ${counted(tenth.rows, "row")}`),
    labelsFrom: "own",
    axis: "each",
    series: [
      { name: "Realized", tone: "strategy", mark: "bars", values: tenths.map((tenth) => tenth.realised) },
      { name: "Predicted", tone: "baseline", mark: "line", values: tenths.map((tenth) => tenth.predicted) },
    ],
    format: unit === undefined ? formats.finePercent : formats.correlation,
    height: "medium",
  });
}

/** Labels that are no returns are not told as if they were. */
function unitWords(unit: NonNullable<RunResult["labelUnit"]>): string {
  return unit === "deviations"
    ? "in multiples of the volatility known at the decision"
    : "on the scale of the classes, \u22121 to 1; these are no returns";
}

function weightMap(models: RunResult["models"]): Html {
  const title = "Weights through the folds";
  const weighted = models.filter((model) => model.weights.length > 0);
  if (weighted.length === 0) return emptyFigure(title, "This family of models has no coefficients to show.");
  const features = [...new Set(weighted.flatMap((model) => model.weights.map((entry) => entry.feature)))];
  const lookups = weighted.map((model) => new Map(model.weights.map((entry) => [entry.feature, entry.weight])));
  const rows = features
    .map((feature) => {
      const cells = lookups.map((lookup) => lookup.get(feature) ?? null);
      return { name: feature, cells, size: meanOf(cells.map((cell) => Math.abs(cell ?? 0))) ?? 0 };
    })
    .sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_FEATURES);
  const all = rows.flatMap((row) => row.cells);
  const steady = rows.filter((row) => new Set(row.cells.filter(isKnown).map(Math.sign)).size === 1).length;
  return html`<figure class="chart"><figcaption><h3>${title}</h3><p>${counted(rows.length, "feature")} with the largest coefficients; ${steady} of them never changed sign. Blue pushes up, orange down; an empty cell was not among the largest of its fold.</p></figcaption>${renderHeatTable(
    {
      label: title,
      corner: "Test from",
      columns: weighted.map((model) => model.testFrom.slice(0, 7)),
      rows,
      format: (value) => (Math.abs(value) >= 0.001 || value === 0 ? ratio(value, 4) : value.toExponential(1).replace("-", "\u2212")),
      full: fullColorAt(all),
      printNumbers: weighted.length <= 6,
    },
  )}</figure>`;
}
