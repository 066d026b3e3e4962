// Whether the model knew how sure it could be: reliability diagram, coverage of its intervals by decision and over a year, strange rows.
import type { ConfidenceResult } from "#domain/confidence-result.js";
import { renderChart } from "./chart.js";
import { type Html, html } from "./html.js";
import { counted, formats, percent, ratio } from "./number-format.js";
import { facts, type Section } from "./section.js";

export function confidenceSection({ coverage, probability, outOfDomain }: ConfidenceResult): Section {
  return {
    id: "confidence",
    title: "Confidence",
    lead: "Whether the model knew how sure it could be, judged by what followed its own signals.",
    body: html`${facts([
      ...(coverage === null
        ? []
        : ([
            [`Within the ${percent(coverage.nominal, 0)} interval`, percent(coverage.observed)],
            ["95 % band, whole days drawn", `${percent(coverage.low)} to ${percent(coverage.high)}`],
          ] as const)),
      ...(probability === null
        ? []
        : ([
            ["Calibration error", percent(probability.calibrationError)],
            ["Brier score", ratio(probability.brier, 4)],
            ["Highest confidence", percent(probability.mostConfident)],
          ] as const)),
      ...(outOfDomain === null ? [] : ([["Strange rows", percent(outOfDomain.share)]] as const)),
    ])}
<div class="pair">${probability !== null && reliabilityChart(probability)}
${coverage !== null && coverageChart(coverage)}</div>
${outOfDomain !== null && strangeChart(outOfDomain)}`,
  };
}

function reliabilityChart(probability: NonNullable<ConfidenceResult["probability"]>): Html {
  const { bins, reliability, resolution, uncertainty, within, brier } = probability;
  const skill = uncertainty > 0 ? 1 - brier / uncertainty : Number.NaN;
  return renderChart({
    title: "Reliability",
    note: `Signals by the confidence in their sign, lowest first, about a tenth in each: how often it was said to be right, and how often it was. Brier score ${ratio(brier, 4)} = reliability ${ratio(reliability, 4)} less resolution ${ratio(resolution, 4)} plus uncertainty ${ratio(uncertainty, 4)}${Math.abs(within) >= 5e-5 ? ` and ${ratio(within, 4)} within bins` : ""}; ${percent(Math.abs(skill))} ${skill < 0 ? "worse" : "better"} than always saying the mean.`,
    labels: bins.map(({ predicted }) => percent(predicted, 0)),
    spoken: bins.map(({ predicted, rows }) => `said ${percent(predicted)}, ${counted(rows, "row")}`),
    labelsFrom: "own",
    axis: "each",
    series: [
      { name: "Was right", tone: "strategy", mark: "line", values: bins.map(({ observed }) => observed) },
      { name: "Was said", tone: "baseline", mark: "line", values: bins.map(({ predicted }) => predicted) },
    ],
    format: formats.percent,
    include: [0.5],
    height: "medium",
  });
}

function coverageChart({ nominal, observed, low, high, dates, perDecision, year }: NonNullable<ConfidenceResult["coverage"]>): Html {
  const band = low === null || high === null ? "" : ` (95 % band ${percent(low)} to ${percent(high)})`;
  return renderChart({
    title: "Coverage of the intervals",
    note: `Share of outcomes within the interval that was told with the signal; ${percent(nominal, 0)} was to be expected, ${percent(observed)} came${band}. One dot per decision; the line is the year of 250 sessions up to it.`,
    labels: dates,
    labelsFrom: "own",
    axis: "calendar",
    series: [
      { name: "Decision", tone: "muted", mark: "dots", values: perDecision },
      { name: "Year", tone: "strategy", mark: "line", values: year.map((share) => share ?? Number.NaN) },
    ],
    format: formats.percent,
    rule: nominal,
    height: "medium",
  });
}

function strangeChart({ share, dates, perDecision }: NonNullable<ConfidenceResult["outOfDomain"]>): Html {
  return renderChart({
    title: "Strange rows",
    note: `Share of rows that lie farther from the training rows than 99 % of these do; 1 % is what a world that stays gives, ${percent(share)} came. Where it is high the model speaks of what it has not seen.`,
    labels: dates,
    labelsFrom: "own",
    axis: "calendar",
    series: [{ name: "Strange", tone: "strategy", mark: "area", values: perDecision }],
    format: formats.percent,
    height: "short",
  });
}
