// The walk-forward as a picture: per fold a bar of training, what was purged and under embargo, a bar of testing.
// Assumes dates as YYYY-MM-DD; a fold with a broken date is left out of the picture.
import type { RunResult } from "#domain/run-result.js";
import { axisLabel, emptyFigure } from "./chart.js";
import { type Html, html, trusted } from "./html.js";
import { BOX_WIDTH } from "./marks.js";
import { counted } from "./number-format.js";
import { dayOf, splitBars, type SplitRow, USES } from "./split-bars.js";

type Fold = RunResult["models"][number];

const ROW = 14;

export function renderFolds(models: readonly Fold[]): Html {
  const folds = models.filter((fold) =>
    [fold.trainFrom, fold.trainTo, fold.testFrom, fold.testTo].every((date) => Number.isFinite(dayOf(date))),
  );
  if (folds.length === 0) return emptyFigure("How it was trained and tested", "The run holds no fitted model.");
  const { rows: bars, ticks } = splitBars(folds.map(rowOf), BOX_WIDTH, ROW);
  const rows = folds.map(
    (fold, i) =>
      html`<g><title>Fold ${i + 1}: train ${fold.trainFrom} to ${fold.trainTo}, test ${fold.testFrom} to ${fold.testTo}</title>${trusted(bars[i] as string)}</g>`,
  );
  const shortest = Math.min(...folds.map((fold) => dayOf(fold.testFrom) - dayOf(fold.trainTo) - 1));
  const families = [...new Set(folds.map((fold) => fold.family))].join(", ");
  const note =
    `${counted(folds.length, "fold")} of ${families}: each model sees only its own past and is judged on what came after. ` +
    (shortest > 0
      ? `Between the two at least ${counted(shortest, "calendar day")} are left out, so that no label of training reaches into the test.`
      : "There is no gap between training and test in at least one fold: labels may overlap.");
  const height = Math.min(460, Math.max(40, folds.length * ROW));
  return html`<figure class="chart folds"><figcaption><h3>How it was trained and tested</h3><p>${note}</p></figcaption>
<ul class="legend">${USES.map(
    ([use, name]) =>
      html`<li><svg class="swatch" viewBox="0 0 22 10" aria-hidden="true"><rect class="${use}" x="2" width="18" y="0" height="10"/></svg>${name}</li>`,
  )}</ul>
<div class="frame bare"><div class="plot" style="height:${height}px"><svg viewBox="0 0 ${BOX_WIDTH} ${folds.length * ROW}" preserveAspectRatio="none" role="img" aria-label="${note}">${rows}</svg></div>
<div class="xlabels" aria-hidden="true">${ticks.map(axisLabel)}</div></div></figure>`;
}

/** Results of before hold no stretches: all between training and test counts as purged. */
function rowOf({ id, trainFrom, trainTo, testFrom, testTo, spans }: Fold): SplitRow {
  if (spans !== undefined && spans.length > 0) return { name: id, spans };
  const gap = { use: "purged", from: nextDay(trainTo), to: testFrom } as const;
  const test = { use: "test", from: testFrom, to: testTo } as const;
  return { name: id, spans: [{ use: "train", from: trainFrom, to: trainTo }, ...(gap.from < gap.to ? [gap] : []), test] };
}

function nextDay(date: string): string {
  return new Date((dayOf(date) + 1) * 86_400_000).toISOString().slice(0, 10);
}
