// One picture per setting: its value across, what the trials came to upwards. Trials differ in all other settings, too.
import { axisOf } from "#research/tuning/space/axis.js";
import type { Parameter } from "#research/tuning/space/parameter.js";
import { axisLabel, emptyFigure, percentOf } from "../chart.js";
import { type Html, html, trusted } from "../html.js";
import { BOX_HEIGHT, BOX_WIDTH, coordinate } from "../marks.js";
import { counted, formatValue } from "../number-format.js";
import { type Tick, createScale, domainOf, tickDigits, tickValues } from "../scale.js";
import { heightOf } from "./search-charts.js";
import type { TuningResult } from "./tuning-result.js";
import { formatOf, objectiveNames, settingWords } from "./tuning-words.js";

export function renderSlice(parameter: Parameter, result: TuningResult): Html {
  const { name } = parameter;
  const shown = result.trials.filter(({ value, params }) => value !== null && name in params);
  if (shown.length === 0) return emptyFigure(name, "No complete trial has a value of it.");
  const values = shown.map(({ value }) => value as number);
  const up = domainOf([values], [], false);
  const y = createScale(up, false);
  const levels = tickValues(up, 4, false);
  const format = { ...formatOf(result.objective), digits: tickDigits(levels, 1) };
  const dot = (at: number, value: number): string => `M${coordinate(at * BOX_WIDTH)} ${coordinate((1 - y(value)) * BOX_HEIGHT)}h0`;
  const dots = shown.map(({ params, value }) => dot(heightOf(parameter, params[name]), value as number)).join("");
  const best = dot(heightOf(parameter, result.best.params[name]), result.best.value);
  const grid = levels.map((level) => {
    const at = coordinate((1 - y(level)) * BOX_HEIGHT);
    return `<line class="grid" x1="0" x2="${BOX_WIDTH}" y1="${at}" y2="${at}"/>`;
  });
  const chosen = name in result.best.params;
  return html`<figure class="chart slice"><figcaption><h3>${name}</h3><p>${objectiveNames[result.objective]} of ${counted(shown.length, "complete trial")} at each value${parameter.kind !== "categorical" && parameter.log && ", on a logarithmic axis"}; ${chosen ? html`the best, in orange, has ${settingWords(result.best.params[name])}.` : "the best trial has none."}</p></figcaption>
<div class="frame medium"><div class="ylabels" aria-hidden="true">${levels.map(
    (level) => html`<span style="bottom:${percentOf(y(level))}">${formatValue(level, format)}</span>`,
  )}</div>
<div class="plot still"><svg viewBox="0 0 ${BOX_WIDTH} ${BOX_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${name}: ${shown.length} trials">${trusted(
    `${grid.join("")}<path class="value high" d="${dots}"/>${chosen ? `<path class="value low chosen" d="${best}"/>` : ""}`,
  )}</svg></div>
<div class="xlabels" aria-hidden="true">${ticksOf(parameter).map(axisLabel)}</div></div></figure>`;
}

function ticksOf(parameter: Parameter): readonly Tick[] {
  if (parameter.kind === "categorical")
    return parameter.choices.map((choice, i) => ({ at: (i + 0.5) / parameter.choices.length, label: settingWords(choice), minor: false }));
  const { low, high } = axisOf(parameter);
  const ends = parameter.log ? { low: parameter.low, high: parameter.high } : { low, high };
  return tickValues(ends, 4, parameter.log)
    .filter((value) => value >= parameter.low && value <= parameter.high)
    .map((value) => ({ at: heightOf(parameter, value), label: settingWords(value), minor: false }));
}
