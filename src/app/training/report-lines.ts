// What `truewind train` says of a model of a table, line by line.
import type { Metrics, SplitReport, TableModelCard } from "./card.js";
import type { LossTest } from "./loss-test.js";

const WIDTH = 34;

interface Column {
  readonly key: string;
  readonly title: string;
  readonly show: (value: number) => string;
  /** Of a spread or a difference. */
  readonly step: (value: number) => string;
}

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
const fixed = (digits: number) => (value: number) => value.toFixed(digits);
const short = (value: number): string => value.toPrecision(4);

const COLUMNS: Readonly<Record<"direction" | "value", readonly Column[]>> = {
  direction: [
    { key: "accuracy", title: "accuracy", show: percent, step: percent },
    { key: "mcc", title: "MCC", show: fixed(4), step: fixed(4) },
    { key: "auc", title: "AUC", show: fixed(4), step: fixed(4) },
    { key: "logLoss", title: "log-loss", show: fixed(4), step: fixed(4) },
  ],
  value: [
    { key: "ic", title: "rank IC", show: fixed(4), step: fixed(4) },
    { key: "icir", title: "ICIR", show: fixed(3), step: fixed(3) },
    { key: "rmse", title: "RMSE", show: short, step: short },
  ],
};

export function reportLines(card: TableModelCard): readonly string[] {
  const { family, steps, trainedOn, instruments, seeds, splits, notes } = card;
  const seen = steps === 1 ? "the newest row" : `the last ${steps} rows`;
  return [
    `${family} on ${seen}: ${trainedOn.rows.toLocaleString("en")} samples of ${instruments} instruments, ${trainedOn.from} to ${trainedOn.to}; ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`,
    ...splits.flatMap((split) => splitLines(card, split)),
    ...(notes.length === 0 ? [] : ["", ...notes]),
  ];
}

function splitLines({ experiment, seeds }: TableModelCard, report: SplitReport): readonly string[] {
  const columns = COLUMNS[experiment.table.task];
  const line = (name: string, metrics: Metrics, step = false): string =>
    `${name.padEnd(WIDTH)}${columns.map(({ key, show, step: small }) => shown(metrics[key], step ? small : show).padStart(11)).join("")}`;
  const { split, from, to, samples, answered, days, mean, deviation, ensemble, interval, baselines } = report;
  const [first] = columns;
  const unanswered = samples - answered;
  return [
    "",
    `${split.toUpperCase()} ${from} to ${to}: ${answered.toLocaleString("en")} samples on ${days.toLocaleString("en")} days${unanswered === 0 ? "" : ` (${unanswered.toLocaleString("en")} more have no past)`}`,
    `${"".padEnd(WIDTH)}${columns.map(({ title }) => title.padStart(11)).join("")}`,
    line(seeds.length === 1 ? "the model" : `one seed, mean of ${seeds.length}`, mean),
    ...(deviation === null ? [] : [line("  spread over seeds (s.d.)", deviation, true), line("mean of the seeds' predictions", ensemble)]),
    ...baselines.map(({ name, metrics }) => line(name, metrics)),
    ...(interval === null || first === undefined
      ? []
      : [`95 % of its ${first.title}, whole days drawn: ${first.show(interval.low)} to ${first.show(interval.high)}`]),
    ...advantageWords(report, first),
  ];
}

/** Said of what was not trained on only: on its training part every flexible model wins. */
function advantageWords({ split, advantage }: SplitReport, first: Column | undefined): readonly string[] {
  if (advantage === null || first === undefined || split === "train") return [];
  const { over, value, interval, losses } = advantage;
  const by = `${value >= 0 ? "+" : "−"}${first.step(Math.abs(value))}`;
  const range = interval === null ? "" : ` (95 %: ${first.step(interval.low)} to ${first.step(interval.high)})`;
  const tuned = split === "validation" ? " Validation may have guided the training, so it flatters; only a test counts." : "";
  const verdict =
    interval !== null && interval.low > 0
      ? `Better than ${over} by ${by} of ${first.title}${range}.${tuned}`
      : interval !== null && interval.high < 0
        ? `Worse than ${over} by ${by} of ${first.title}${range}: use ridge.`
        : `Not better than ${over} beyond chance: ${by} of ${first.title}${range}. Ridge is as good here.`;
  return losses === null ? [verdict] : [verdict, lossWords(losses, over)];
}

function lossWords({ loss, days, difference, pValue, conditionalPValue }: LossTest, over: string): string {
  const chance = (p: number): string => (p < 0.001 ? "below 0.001" : p.toFixed(3));
  const by = `${Math.abs(difference).toPrecision(2)} ${difference <= 0 ? "below" : "above"} that of ${over}`;
  return `Its ${loss} is ${by}, day by day over ${days.toLocaleString("en")} days: p ${chance(pValue)} that equally good ones differ so (Diebold-Mariano), p ${chance(conditionalPValue)} that past losses do not tell the next (Giacomini-White).`;
}

function shown(value: number | null | undefined, show: (value: number) => string): string {
  return value === null || value === undefined ? "-" : show(value);
}
