// One history or several: what the same way of modelling gives on the paths of combinatorial cross-validation.
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import { renderDotStrip } from "../report/dot-strip.js";
import { type Html, html } from "../report/html.js";
import { counted, formats, ratio, signedPercent } from "../report/number-format.js";
import { facts, type Section } from "../report/section.js";
import type { PathsFound, ValidationResult } from "./validation-result.js";

type Several = Extract<PathsFound, { readonly kind: "several" }>;

export function pathsSection(result: ValidationResult): Section {
  const { paths } = result;
  return {
    id: "paths",
    title: "Other histories",
    lead: "Walking forward is one history, and its result one draw. Models that also learn from what came later give several, in which every decision is predicted by a model that was not fitted on it.",
    body:
      paths === null
        ? empty("Not measured", "Leave out --no-paths, and the models of these histories are fitted, too.")
        : paths.kind === "one"
          ? empty(
              "One path is all paths",
              "The model of this experiment is declared and not fitted: whatever part of the record it is shown, it says the same.",
            )
          : several(paths, result),
  };
}

function empty(title: string, why: string): Html {
  return html`<figure class="chart empty"><figcaption><h3>${title}</h3><p>${why}</p></figcaption></figure>`;
}

function several(found: Several, { verdict, ic, from, to }: ValidationResult): Html {
  const { paths, groups, tested, fits } = found;
  const lost = paths.filter(({ walked }) => walked.activeReturn <= 0).length;
  return html`<div class="pair">${renderDotStrip({
    title: `Information ratio over ${verdict.over}`,
    note: `Over the part that was walked forward, ${from} to ${to}: ${lost} of ${paths.length} histories end below ${verdict.over}, net of costs. The line is what walking forward gave.`,
    dots: "Histories",
    values: paths.map(({ walked }) => walked.information ?? 0),
    line: { name: "Walked forward", short: "walked", value: verdict.activeSharpe },
    format: formats.ratio,
    empty: "There is nothing to draw.",
  })}${renderDotStrip({
    title: "Mean rank IC",
    note: "How well each history’s predictions ordered the instruments over the same part. What lies far apart is luck of what a model happened to learn from.",
    dots: "Histories",
    values: paths.flatMap(({ walked }) => walked.rankIc ?? []),
    line: { name: "Walked forward", short: "walked", value: ic.mean },
    format: { ...formats.correlation, digits: 4 },
    empty: "No correlation could be measured.",
  })}</div>
<figure class="chart"><figcaption><h3>Over the whole record, ${found.from} to ${found.to}</h3><p>Mean and standard deviation over the histories, each an account of its own.</p></figcaption>
${facts([
  ["Histories", `${paths.length} of ${counted(fits, "fit")}`],
  [
    `Information ratio over ${verdict.over}`,
    spread(
      paths.map(({ information }) => information),
      2,
    ),
  ],
  [
    "Mean rank IC",
    spread(
      paths.map(({ rankIc }) => rankIc),
      4,
    ),
  ],
  [
    "Sharpe ratio over cash",
    spread(
      paths.map(({ sharpe }) => sharpe),
      2,
    ),
  ],
  [`Net over ${verdict.over}, a year`, signedPercent(mean(paths.map(({ activeReturn }) => activeReturn)))],
])}
<p class="fine">The record is cut into ${groups} groups, and ${counted(fits, "model")} ${fits === 1 ? "is" : "are"} fitted, each tested on ${tested} groups and trained on the others, purged and under embargo (Lopez de Prado 2018, chapter 12). Histories share models, and their models know what came later: they say how much a result depends on luck, not what was earned, and no gate looks at them.</p></figure>`;
}

/** `0.42 ± 0.11`, mean and standard deviation. */
function spread(all: readonly (number | null)[], digits: number): string {
  const values = all.filter((value) => value !== null);
  if (values.length === 0) return ratio(null);
  return values.length === 1 ? ratio(values[0], digits) : `${ratio(mean(values), digits)} ± ${ratio(standardDeviation(values), digits)}`;
}
