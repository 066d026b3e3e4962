// Measures of predictions against labels, and of one set of predictions over another.
import { spearman } from "#base/correlation.js";
import type { Rng } from "#base/rng.js";
import type { Task } from "#data/table/samples.js";
import { accuracy, areaUnderCurve, logLoss, matthews } from "#research/metrics/direction.js";
import { type Interval, dayBootstrap } from "#research/metrics/day-bootstrap.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import type { TrialSeries } from "../trials/trial-of.js";
import type { Metrics } from "./card.js";

/** Predictions are expected labels; of a direction -1 to +1, so that (1 + prediction) / 2 is the probability of a rise. */
export interface Labeled {
  readonly task: Task;
  /** By time. */
  readonly times: Float64Array;
  readonly labels: Float64Array;
}

export function probabilityOf(score: number): number {
  return Math.min(1, Math.max(0, (1 + score) / 2));
}

/** Direction: accuracy, mcc, auc, logLoss. Value: ic (mean over days of Spearman's), icir (that over its deviation), rmse. The first one counts. */
export function measure({ task, times, labels }: Labeled, scores: Float64Array): Metrics {
  if (task === "direction") {
    return known({
      accuracy: accuracy(scores, labels),
      mcc: matthews(scores, labels),
      auc: areaUnderCurve(scores, labels),
      logLoss: logLoss(scores.map(probabilityOf), labels),
    });
  }
  const { values } = dailyIc(times, labels, scores);
  return known({
    ic: mean(values),
    icir: mean(values) / standardDeviation(values),
    rmse: Math.sqrt(mean(scores.map((score, i) => (score - (labels[i] as number)) ** 2))),
  });
}

/** 95 % of the first metric, by days. */
export function intervalOf(labeled: Labeled, scores: Float64Array, rng: Rng): Interval | null {
  const { values, days } = perDay(labeled, scores);
  return dayBootstrap(values, days, rng);
}

/** 95 % of the first metric of `scores` less that of `others`, by days. */
export function advantageOf(labeled: Labeled, scores: Float64Array, others: Float64Array, rng: Rng): Interval | null {
  const one = perDay(labeled, scores);
  const two = perDay(labeled, others);
  if (one.values.length !== two.values.length) return null; // a day without any order in one of them
  return dayBootstrap(
    one.values.map((value, i) => value - (two.values[i] as number)),
    one.days,
    rng,
  );
}

/** Outcome per day of the first metric less its value under chance: right calls less a half, or the day's IC. */
export function outcomePerDay(labeled: Labeled, scores: Float64Array): TrialSeries {
  const { values, days } = perDay(labeled, scores);
  if (labeled.task === "value") return { values, at: days };
  const out: number[] = [];
  const at: number[] = [];
  for (let start = 0; start < values.length; ) {
    let end = start;
    while (end < values.length && days[end] === days[start]) end++;
    out.push(mean(values.subarray(start, end)) - 0.5);
    at.push(days[start] as number);
    start = end;
  }
  return { values: Float64Array.from(out), at: Float64Array.from(at) };
}

export function daysIn(times: Float64Array): number {
  return times.reduce((count, time, i) => count + (i === 0 || time !== times[i - 1] ? 1 : 0), 0);
}

function perDay({ task, times, labels }: Labeled, scores: Float64Array): { readonly values: Float64Array; readonly days: Float64Array } {
  if (task === "value") return dailyIc(times, labels, scores);
  return { values: scores.map((score, i) => (score >= 0 === (labels[i] as number) > 0 ? 1 : 0)), days: times };
}

function dailyIc(
  times: Float64Array,
  labels: Float64Array,
  scores: Float64Array,
): { readonly values: Float64Array; readonly days: Float64Array } {
  const values: number[] = [];
  const days: number[] = [];
  for (let start = 0; start < times.length; ) {
    let end = start;
    while (end < times.length && times[end] === times[start]) end++;
    const ic = spearman(scores.subarray(start, end), labels.subarray(start, end));
    if (ic !== null) {
      values.push(ic);
      days.push(times[start] as number);
    }
    start = end;
  }
  return { values: Float64Array.from(values), days: Float64Array.from(days) };
}

function known(metrics: Readonly<Record<string, number>>): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number.isFinite(value) ? value : null]));
}
