// Whether a model of a table loses less than the better ridge, day by day: rows of one day share its news, so a day counts once.
import { dieboldMariano } from "#research/inference/forecasts/diebold-mariano.js";
import { giacominiWhite, lagsForOverlap } from "#research/inference/forecasts/giacomini-white.js";
import { type Labeled, probabilityOf } from "./measure.js";

export interface LossTest {
  /** Of a direction the log-loss, of a value the squared error; the mean over the rows of a day. */
  readonly loss: "log-loss" | "squared error";
  readonly days: number;
  /** Mean loss less the ridge's: below zero the model loses less. */
  readonly difference: number;
  /** Two-sided: the chance of so large a difference, were both equally good (Diebold & Mariano, corrected by Harvey, Leybourne & Newbold). */
  readonly pValue: number;
  /** The chance of losses as telling, did past ones not tell which of the two will lose less (Giacomini & White). */
  readonly conditionalPValue: number;
}

const LEAST_DAYS = 60;
const LEAST_LAGS = 10;

/** `lag`: days that a label spans. Null with fewer than 60 days or ten times the lag, and where one is better by the same amount on all of them. */
export function testLosses(labeled: Labeled, scores: Float64Array, others: Float64Array, lag: number): LossTest | null {
  const own = lossByDay(labeled, scores);
  const theirs = lossByDay(labeled, others);
  if (own.length < Math.max(LEAST_DAYS, LEAST_LAGS * lag)) return null;
  const differences = own.map((loss, day) => loss - (theirs[day] as number));
  const [first = 0] = differences;
  if (first !== 0 && differences.every((difference) => Math.abs(difference - first) <= 1e-9 * Math.abs(first))) return null;
  const { difference, pValue } = dieboldMariano(own, theirs, { horizon: lag, variance: "overlap" });
  return {
    loss: labeled.task === "direction" ? "log-loss" : "squared error",
    days: own.length,
    difference,
    pValue,
    conditionalPValue: giacominiWhite(own, theirs, { horizon: lag, lags: lagsForOverlap(lag) }).pValue,
  };
}

function lossByDay({ task, times, labels }: Labeled, scores: Float64Array): Float64Array {
  const days: number[] = [];
  for (let start = 0; start < times.length; ) {
    let sum = 0;
    let end = start;
    for (; end < times.length && times[end] === times[start]; end++) {
      const [score, label] = [scores[end] as number, labels[end] as number];
      sum += task === "direction" ? -Math.log(probabilityGiven(score, label)) : (score - label) ** 2;
    }
    days.push(sum / (end - start));
    start = end;
  }
  return Float64Array.from(days);
}

/** Of what happened; never 0, as in the log-loss of the report. */
function probabilityGiven(score: number, label: number): number {
  const rise = Math.min(1 - 1e-7, Math.max(1e-7, probabilityOf(score)));
  return label > 0 ? rise : 1 - rise;
}
