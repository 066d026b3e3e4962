// The walk-forward as a picture: per fold a bar of training, a gap (purged and embargoed), a bar of testing.
// Assumes dates as YYYY-MM-DD; a fold with a broken date is left out of the picture.
import type { RunResult } from "#domain/run-result.js";
import { axisLabel, emptyFigure } from "./chart.js";
import { type Html, html, trusted } from "./html.js";
import { BOX_WIDTH, coordinate } from "./marks.js";
import { counted } from "./number-format.js";
import { calendarTicks } from "./scale.js";

type Fold = RunResult["models"][number];

const ROW = 14;
const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

export function renderFolds(models: readonly Fold[]): Html {
  const folds = models.filter((fold) =>
    [fold.trainFrom, fold.trainTo, fold.testFrom, fold.testTo].every((date) => Number.isFinite(day(date))),
  );
  if (folds.length === 0) return emptyFigure("How it was trained and tested", "The run holds no fitted model.");
  const from = Math.min(...folds.map((fold) => day(fold.trainFrom)));
  const to = Math.max(...folds.map((fold) => day(fold.testTo))) + 1;
  const x = (at: number): number => ((at - from) / (to - from)) * BOX_WIDTH;
  const bar = (kind: string, start: number, end: number, row: number): string =>
    end <= start
      ? ""
      : `<rect class="${kind}" x="${coordinate(x(start))}" width="${coordinate(x(end) - x(start))}" y="${row * ROW + 2}" height="${ROW - 4}"/>`;
  const rows = folds.map((fold, i) => {
    const bars =
      bar("train", day(fold.trainFrom), day(fold.trainTo) + 1, i) +
      bar("purge", day(fold.trainTo) + 1, day(fold.testFrom), i) +
      bar("test", day(fold.testFrom), day(fold.testTo) + 1, i);
    return html`<g><title>Fold ${i + 1}: train ${fold.trainFrom} to ${fold.trainTo}, test ${fold.testFrom} to ${fold.testTo}</title>${trusted(bars)}</g>`;
  });
  const months = monthStarts(from, to);
  const ticks = calendarTicks(
    months.map((month) => month.slice(0, 7)),
    (i) => x(day(months[i] as string)) / BOX_WIDTH,
  );
  const gaps = folds.map((fold) => day(fold.testFrom) - day(fold.trainTo) - 1);
  const shortest = Math.min(...gaps);
  const families = [...new Set(folds.map((fold) => fold.family))].join(", ");
  const note =
    `${counted(folds.length, "fold")} of ${families}: each model sees only its own past and is judged on what came after. ` +
    (shortest > 0
      ? `Between the two at least ${counted(shortest, "calendar day")} are left out, so that no label of training reaches into the test.`
      : "There is no gap between training and test in at least one fold: labels may overlap.");
  const height = Math.min(460, Math.max(40, folds.length * ROW));
  return html`<figure class="chart folds"><figcaption><h3>How it was trained and tested</h3><p>${note}</p></figcaption>
<ul class="legend">${[
    ["train", "train"],
    ["purge", "purged"],
    ["test", "test"],
  ].map(
    ([kind, name]) =>
      html`<li><svg class="swatch" viewBox="0 0 22 10" aria-hidden="true"><rect class="${kind}" x="2" width="18" y="0" height="10"/></svg>${name}</li>`,
  )}</ul>
<div class="frame bare"><div class="plot" style="height:${height}px"><svg viewBox="0 0 ${BOX_WIDTH} ${folds.length * ROW}" preserveAspectRatio="none" role="img" aria-label="${note}">${rows}</svg></div>
<div class="xlabels" aria-hidden="true">${ticks.map(axisLabel)}</div></div></figure>`;
}

function monthStarts(from: number, to: number): string[] {
  const first = new Date(from * 86_400_000);
  const months: string[] = [];
  for (let year = first.getUTCFullYear(), month = first.getUTCMonth(); ; month++) {
    const at = Date.UTC(year, month, 1);
    if (at / 86_400_000 > to) return months;
    if (at / 86_400_000 >= from) months.push(new Date(at).toISOString().slice(0, 10));
    if (month === 11) {
      year++;
      month = -1;
    }
  }
}
