// The trials of a dataset in the terminal: a table, and one sentence per figure.
import { micros, utcDate } from "#domain/time.js";
import { counted, grouped, percent, ratio } from "../report/number-format.js";
import type { TriedExperiment, TrialsSummary } from "./summary.js";

/** Rows that are shown; the export holds all. */
const MOST_ROWS = 40;

/** `own`: hash of the experiment that was asked about, marked in the table; null when a dataset was. */
export function trialLines(summary: TrialsSummary, own: string | null): readonly string[] {
  const { experiments, records, clusters, effective, participation, withoutSeries, best } = summary;
  const n = experiments.length;
  if (n === 0) return [`Data ${summary.lineage.slice(0, 12)}: nothing was tried yet.`];
  const ranked = [...experiments].sort((a, b) => (b.sharpe ?? Number.NEGATIVE_INFINITY) - (a.sharpe ?? Number.NEGATIVE_INFINITY));
  const lines = [
    `Data ${summary.lineage.slice(0, 12)}: ${counted(n, "different experiment")} in ${counted(records, "record")}.`,
    "",
    row("", "EXPERIMENT", "MODEL", "RECORDS", "LAST", "GROUP", "SHARPE"),
    ...ranked.slice(0, MOST_ROWS).map((one) => describe(one, one.experimentHash === own)),
  ];
  if (n > MOST_ROWS) lines.push(`  and ${grouped(n - MOST_ROWS)} more; --export FILE.csv writes all`);
  lines.push(
    "",
    `Groups of like experiments: ${grouped(clusters)}. Within a group the returns move together (mean correlation .8 or more).`,
    `Independent trials that all are worth: ${shown(effective)} at most. The verdict shares its level of 1% among them.`,
    `As a check, the spread of the correlations' eigenvalues says ${shown(participation)}; it is no bound, and nothing uses it.`,
  );
  if (withoutSeries > 0)
    lines.push(
      `${counted(withoutSeries, "experiment")} left no series with dates to compare, and ${withoutSeries === 1 ? "counts" : "count"} fully.`,
    );
  if (best === null) {
    lines.push("None of them has traded, so there is no Sharpe ratio to speak of.");
    return lines;
  }
  lines.push(
    "",
    `The best, ${best.label || best.experimentHash.slice(0, 12)}, shows a Sharpe ratio of ${ratio(best.sharpe)} over its yardstick in ${counted(best.sessions, "session")}.`,
    `Luck alone would show ${ratio(best.luck)} as the best of so many.`,
    `Deflated Sharpe ratio: with a chance of ${percent(best.deflatedRobust)} the true ratio is above what luck shows; 95% are needed.`,
    `By the published formula, which takes sessions as independent, ${percent(best.deflated)}.`,
    best.minimumTrack === null
      ? "No length of record would be enough for such a ratio: it is below what luck shows."
      : `A record like it is long enough for 95% after ${counted(best.minimumTrack, "session")}; it has ${grouped(best.sessions)}.`,
  );
  return lines;
}

function describe({ label, experimentHash, family, study, records, lastAt, cluster, sharpe }: TriedExperiment, own: boolean): string {
  const name = label === "" ? experimentHash.slice(0, 12) : study === null ? label : `${study}: ${label}`;
  const text = sharpe === null ? "-" : ratio(sharpe);
  return row(own ? ">" : "", name, family ?? "-", grouped(records), utcDate(micros(lastAt)), String(cluster + 1), text);
}

function row(mark: string, name: string, family: string, records: string, last: string, group: string, sharpe: string): string {
  const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`).padEnd(width);
  return `${mark.padEnd(1)} ${cut(name, 40)} ${cut(family, 18)} ${records.padStart(7)}  ${last.padEnd(10)} ${group.padStart(5)} ${sharpe.padStart(7)}`;
}

/** One decimal where there is one. */
function shown(value: number): string {
  const text = value.toFixed(1);
  return text.endsWith(".0") ? grouped(Math.round(value)) : text;
}
