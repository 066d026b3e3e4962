// A chart as a figure: title, a plain sentence, a legend that also shows values, the plot, and labels on both axes.
// Labels are page text beside a stretched SVG, so they stay readable at any width; without the script the legend shows the last values.
import { type Html, html, jsonText, trusted } from "./html.js";
import { areaMark, BOX_HEIGHT, BOX_WIDTH, barsMark, coordinate, dotsMark, lineMark, type Placement, type Tone } from "./marks.js";
import { formatValue, isKnown, type ValueFormat } from "./number-format.js";
import { calendarTicks, createScale, domainOf, type Tick, tickDigits, tickValues } from "./scale.js";

export interface ChartSeries {
  readonly name: string;
  readonly tone: Tone;
  readonly mark: "line" | "area" | "bars" | "dots";
  /** One value per label; NaN or null is a gap. */
  readonly values: readonly number[];
}

export interface Chart {
  readonly title: string;
  /** What the reader should see, in one or two plain sentences. */
  readonly note: string;
  /** One per entry of every series. */
  readonly labels: readonly string[];
  /** What the legend calls each entry, where the axis label alone would not say it. */
  readonly spoken?: readonly string[];
  /** `sessions`: the labels are the run's dates, which the page holds once; `own`: they travel with this chart. */
  readonly labelsFrom: "sessions" | "own";
  /** `calendar` labels years or months; `each` labels every entry. */
  readonly axis: "calendar" | "each";
  readonly series: readonly ChartSeries[];
  readonly format: ValueFormat;
  readonly log?: boolean;
  /** Values that must be in view. */
  readonly include?: readonly number[];
  /** A heavier line at this value (no gain, no loss). */
  readonly rule?: number;
  readonly height: "tall" | "medium" | "short";
}

/** Values for the pointer beyond this many sessions are thinned to every k-th, to keep the file small. */
const MOST_READOUTS = 2600;

export function renderChart(chart: Chart): Html {
  const log = chart.log ?? false;
  const entries = chart.labels.length;
  const shown = chart.series.filter((series) =>
    series.values.some((value) => Number.isFinite(createScale({ low: 1, high: 2 }, log)(value))),
  );
  if (entries === 0 || shown.length === 0) return emptyFigure(chart.title, "There is nothing to draw: the run holds no such value.");

  const banded = shown.some((series) => series.mark === "bars") || chart.axis === "each";
  const x = banded || entries === 1 ? (i: number): number => (i + 0.5) / entries : (i: number): number => i / (entries - 1);
  const stands = shown.some((series) => series.mark === "bars" || series.mark === "area");
  const include = [...(chart.include ?? []), ...(stands ? [0] : []), ...(chart.rule === undefined ? [] : [chart.rule])];
  const domain = domainOf(
    shown.map((series) => series.values),
    include,
    log,
  );
  const place: Placement = { x, y: createScale(domain, log), slot: 1 / entries, ground: 0 };
  const levels = tickValues(domain, chart.height === "short" ? 4 : 5, log);
  const axisFormat = { ...chart.format, digits: tickDigits(levels, chart.format.factor) };
  const ticks: readonly Tick[] =
    chart.axis === "calendar"
      ? calendarTicks(chart.labels, x)
      : chart.labels.map((label, i) => ({ at: x(i), label, minor: entries > 14 && i % 2 === 1 }));

  const grid = levels.map((level) => gridLine(place.y(level), level === chart.rule || (stands && level === 0)));
  const marks = shown.map((series) => drawn[series.mark](series.values, place, series.tone));
  const lastIndex = lastKnown(shown, entries);
  const description = `${chart.title}. ${chart.note}`;
  return html`<figure class="chart">
<figcaption><h3>${chart.title}</h3><p>${chart.note}</p></figcaption>
<ul class="legend">${shown.map((series) => legendItem(series, lastIndex, chart.format))}<li class="when">${(chart.spoken ?? chart.labels)[lastIndex]}</li></ul>
<div class="frame ${chart.height}"><div class="ylabels" aria-hidden="true">${levels.map(
    (level) => html`<span style="bottom:${percentOf(place.y(level))}">${formatValue(level, axisFormat)}</span>`,
  )}</div>
<div class="plot" data-banded="${banded || entries === 1 ? 1 : 0}"><svg viewBox="0 0 ${BOX_WIDTH} ${BOX_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${description}">${grid}${marks}</svg><i class="cursor"></i></div>
<div class="xlabels" aria-hidden="true">${ticks.map(axisLabel)}</div></div>
${readouts(chart, shown)}</figure>`;
}

const drawn = { line: lineMark, area: areaMark, bars: barsMark, dots: dotsMark } as const;

/** A figure that says why it is empty. */
export function emptyFigure(title: string, why: string): Html {
  return html`<figure class="chart empty"><figcaption><h3>${title}</h3><p>${why}</p></figcaption></figure>`;
}

/** Label under a horizontal axis; near the right edge it ends at its place instead of straddling it. */
export function axisLabel(tick: Tick): Html {
  const edge = tick.at > 0.96 ? " end" : tick.at < 0.02 ? " start" : "";
  return html`<span class="${(tick.minor ? "minor" : "major") + edge}" style="left:${percentOf(tick.at)}">${tick.label}</span>`;
}

export function percentOf(fraction: number): string {
  return `${Math.round(fraction * 10_000) / 100}%`;
}

function gridLine(at: number, heavy: boolean): Html {
  const y = coordinate((1 - at) * BOX_HEIGHT);
  return trusted(`<line class="${heavy ? "rule" : "grid"}" x1="0" x2="${BOX_WIDTH}" y1="${y}" y2="${y}"/>`);
}

function legendItem(series: ChartSeries, index: number, format: ValueFormat): Html {
  return html`<li><svg class="swatch ${series.mark}" viewBox="0 0 22 10" aria-hidden="true"><path class="${swatchClass(series)}" d="${swatchPath(series)}"/></svg>${series.name} <b>${formatValue(series.values[index], format)}</b></li>`;
}

function swatchClass(series: ChartSeries): string {
  return series.mark === "bars" ? `bars up ${series.tone}` : `${series.mark} ${series.tone}`;
}

function swatchPath(series: ChartSeries): string {
  if (series.mark === "bars" || series.mark === "area") return "M3 0H19V10H3Z";
  return series.mark === "dots" ? "M5 5h0M11 5h0M17 5h0" : "M1 5H21";
}

function lastKnown(series: readonly ChartSeries[], entries: number): number {
  for (let i = entries - 1; i > 0; i--) if (series.some((one) => isKnown(one.values[i]))) return i;
  return 0;
}

function readouts(chart: Chart, shown: readonly ChartSeries[]): Html {
  const stride = Math.max(1, Math.ceil(chart.labels.length / MOST_READOUTS));
  const kept = (_: unknown, i: number): boolean => i % stride === 0;
  const precision = 10 ** Math.round(Math.log10(chart.format.factor) + chart.format.digits);
  const short = (value: number): number | null => (isKnown(value) ? Math.round(value * precision) / precision : null);
  return html`<script type="application/json">${jsonText({
    count: chart.labels.length,
    stride,
    labels: chart.labelsFrom === "own" ? (chart.spoken ?? chart.labels).filter(kept) : null,
    format: chart.format,
    series: shown.map((series) => series.values.filter(kept).map(short)),
  })}</script>`;
}
