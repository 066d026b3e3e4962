// A page with a picture of features over an instrument's bars: the price, then one chart per feature, on one axis of time.
import { DAY_US, formatMicros, type Micros } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { printFormula } from "#features/language/print.js";
import { renderChart } from "../report/chart.js";
import { type Html, html, jsonText, trusted } from "../report/html.js";
import { logoMark } from "../report/logo.js";
import { readoutScript } from "../report/readout-script.js";
import { styleSheet } from "../report/style-sheet.js";
import { theme } from "../report/theme.js";
import type { Evaluation } from "./evaluate.js";

export interface Plot {
  readonly symbol: string;
  readonly dataset: string;
  readonly definitions: readonly FeatureDefinition[];
  readonly evaluation: Evaluation;
}

/** A formula belongs to the chart above it. */
const formulaStyle =
  ".feature { margin-bottom: 34px; } .feature > p { margin: -8px 20px 12px; color: var(--muted); overflow-wrap: anywhere; }";

/** A whole HTML page; nothing in it comes from elsewhere. */
export function renderPlot({ symbol, dataset, definitions, evaluation }: Plot): string {
  const labels = labelsOf(evaluation.at);
  const common = { labels, labelsFrom: "sessions", axis: "calendar" } as const;
  const price = renderChart({
    ...common,
    title: `${symbol}, close`,
    note: `Each bar's close in ${dataset}.`,
    series: [{ name: "close", tone: "strategy", mark: "line", values: evaluation.close }],
    // Two figures more than an indicator: currencies move in the fourth decimal.
    format: { digits: Math.min(8, Math.max(2, digitsOf(evaluation.close) + 2)), factor: 1, unit: "" },
    height: "medium",
  });
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${definitions.map(({ name }) => name).join(", ")} of ${symbol} · Truewind</title><style>${trusted(theme + styleSheet + formulaStyle)}</style></head>
<body><header class="masthead"><div class="brand">${logoMark()}<span>Truewind</span></div><div class="run"><h1>${definitions.map(({ name }) => name).join(", ")}</h1><p>${symbol} · ${dataset}</p></div></header>
<main><section>${price}${definitions.map((definition, k): Html => describe(definition, evaluation.values[k] as readonly number[], common))}</section></main>
<script type="application/json" id="sessions">${jsonText(labels)}</script>
<script>${trusted(readoutScript)}</script></body></html>
`;
  return page.text;
}

type Common = { readonly labels: readonly string[]; readonly labelsFrom: "sessions"; readonly axis: "calendar" };

function describe(definition: FeatureDefinition, values: readonly number[], common: Common): Html {
  const { name, unit, range, source, expr, warmup } = definition;
  const known = values.filter((v) => !Number.isNaN(v)).length;
  const chart = renderChart({
    ...common,
    title: name,
    note: `${source}. Unit: ${unit}, ${range[0] ?? "unbounded"} to ${range[1] ?? "unbounded"}. Known at ${known} of ${values.length} bars; the first value comes after ${warmup} bars${definition.timeframe === null ? "" : ` of ${definition.timeframe}`}.`,
    series: [{ name, tone: "strategy", mark: "line", values }],
    format: { digits: digitsOf(values), factor: 1, unit: "" },
    height: "medium",
    ...(range[0] !== null && range[0] < 0 ? { rule: 0 } : {}),
  });
  const missing =
    known > 0
      ? html``
      : html`<p>Not known at any of these bars. It reads ${definition.inputs.join(", ")}; facts come with --facts, reference instruments with --peer.</p>`;
  return html`<div class="feature">${chart}${missing}<p><code>${printFormula(expr)}</code></p></div>`;
}

/** Decimals that show three figures of the typical value. */
function digitsOf(values: readonly number[]): number {
  const sizes = values
    .filter((v) => Number.isFinite(v) && v !== 0)
    .map(Math.abs)
    .sort((a, b) => a - b);
  const middle = sizes[sizes.length >> 1] ?? 1;
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(middle))));
}

/** Days for bars of a day or longer, else minutes (UTC). */
function labelsOf(at: readonly number[]): readonly string[] {
  const steps = at.slice(1).map((moment, i) => moment - (at[i] as number));
  const shortest = steps.reduce((least, step) => Math.min(least, step), Number.POSITIVE_INFINITY);
  // Sessions of one venue end at different hours, after half days and across daylight saving.
  const daily = shortest > DAY_US / 2;
  return at.map((moment) => {
    const text = formatMicros(moment as Micros);
    return daily ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
  });
}
