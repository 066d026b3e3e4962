// The course of a search: the best so far trial by trial, and every trial as a line through its settings.
import { type Chart, emptyFigure, percentOf, renderChart } from "../chart.js";
import { type Html, html, trusted } from "../html.js";
import { BOX_HEIGHT, BOX_WIDTH, coordinate } from "../marks.js";
import { counted, isKnown } from "../number-format.js";
import { axisOf } from "#research/tuning/space/axis.js";
import type { Parameter } from "#research/tuning/space/parameter.js";
import { type Trial, isBetter } from "#research/tuning/space/trial.js";
import type { TuningResult } from "./tuning-result.js";
import { formatOf, objectiveNames, objectiveValue, settingWords } from "./tuning-words.js";

/** A number, a dash: trials beyond this many get no label of their own. */
const LABELS = 10;

export function renderCourse(result: TuningResult): Html {
  const { trials, direction, objective, luck } = result;
  const stride = Math.max(1, Math.ceil(trials.length / LABELS));
  let best = Number.NaN;
  const soFar = trials.map(({ value }) => {
    if (isKnown(value) && (Number.isNaN(best) || isBetter(direction, value, best))) best = value;
    return best;
  });
  const chart: Chart = {
    title: "Best so far",
    note: `Each dot is a complete trial, the line the best up to it: where it is flat for long, more trials bring little.${isKnown(luck.bestByLuck) ? " The dashed line is what luck alone would have brought." : ""}`,
    labels: trials.map(({ number }) => (number % stride === 0 ? String(number + 1) : "")),
    spoken: trials.map(({ number, state }) => `trial ${number + 1}${state === "complete" ? "" : `, ${state}`}`),
    labelsFrom: "own",
    axis: "each",
    series: [
      { name: "best so far", tone: "strategy", mark: "line", values: soFar },
      { name: objectiveNames[objective], tone: "muted", mark: "dots", values: trials.map(({ value }) => value ?? Number.NaN) },
      ...(isKnown(luck.bestByLuck)
        ? [{ name: "by luck", tone: "benchmark" as const, mark: "line" as const, values: trials.map(() => luck.bestByLuck as number) }]
        : []),
    ],
    format: formatOf(objective),
    height: "tall",
  };
  return renderChart(chart);
}

/** Parameters that all complete trials have, as upright axes; one line per trial, the best third dark. */
export function renderParallel(result: TuningResult): Html {
  const complete = result.trials.filter(({ value }) => value !== null);
  const shown = result.space.filter(({ name }) => complete.every(({ params }) => name in params));
  if (complete.length < 2 || shown.length < 2)
    return emptyFigure("Settings together", "It takes two complete trials and two settings that all of them have.");
  const ranked = [...complete].sort((a, b) => (isBetter(result.direction, a.value as number, b.value as number) ? -1 : 1));
  const third = Math.ceil(ranked.length / 3);
  const x = (i: number): number => (i + 0.5) / shown.length;
  const path = (trials: readonly Trial[]): string =>
    trials
      .map(({ params }) =>
        shown
          .map((parameter, i) => {
            const at = heightOf(parameter, params[parameter.name]);
            return `${i === 0 ? "M" : "L"}${coordinate(x(i) * BOX_WIDTH)} ${coordinate((1 - at) * BOX_HEIGHT)}`;
          })
          .join(""),
      )
      .join("");
  const axes = shown.map(
    (_, i) => `<line class="rule" x1="${coordinate(x(i) * BOX_WIDTH)}" x2="${coordinate(x(i) * BOX_WIDTH)}" y1="0" y2="${BOX_HEIGHT}"/>`,
  );
  const note = `One line per complete trial through its settings, the best third dark: where dark lines meet, the search found what it likes.`;
  return html`<figure class="chart parallel"><figcaption><h3>Settings together</h3><p>${note}</p></figcaption>
<div class="frame bare tall"><div class="ends" aria-hidden="true">${shown.map((parameter, i) => html`<span style="left:${percentOf(x(i))}">${topOf(parameter)}</span>`)}</div>
<div class="plot still"><svg viewBox="0 0 ${BOX_WIDTH} ${BOX_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${counted(complete.length, "trial")} through ${shown.map(({ name }) => name).join(", ")}">${trusted(
    `${axes.join("")}<path class="line muted faint" d="${path(ranked.slice(third))}"/><path class="line strategy thin" d="${path(ranked.slice(0, third))}"/><path class="line baseline" d="${path(ranked.slice(0, 1))}"/>`,
  )}</svg></div>
<div class="ends" aria-hidden="true">${shown.map((parameter, i) => html`<span style="left:${percentOf(x(i))}">${bottomOf(parameter)}</span>`)}</div>
<div class="ends names" aria-hidden="true">${shown.map(({ name }, i) => html`<span style="left:${percentOf(x(i))}">${shortName(name)}</span>`)}</div></div>
<p class="fine">The orange line is the best trial: ${objectiveNames[result.objective]} ${objectiveValue(result, result.best.value)}.</p></figure>`;
}

/** What stands behind the last dot says it. */
export function shortName(path: string): string {
  return path.split(".").at(-1) as string;
}

/** 0 (bottom) to 1 (top) on the parameter's own axis. */
export function heightOf(parameter: Parameter, value: unknown): number {
  if (parameter.kind === "categorical") {
    const { choices } = parameter;
    return (choices.indexOf(value as (typeof choices)[number]) + 0.5) / choices.length;
  }
  const axis = axisOf(parameter);
  return (axis.place(value as number) - axis.low) / (axis.high - axis.low);
}

const topOf = (parameter: Parameter): string => settingWords(parameter.kind === "categorical" ? parameter.choices.at(-1) : parameter.high);
const bottomOf = (parameter: Parameter): string => settingWords(parameter.kind === "categorical" ? parameter.choices[0] : parameter.low);
