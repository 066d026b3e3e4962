// Keeps what a run's signals said of their own confidence, to be judged once the labels are there. Nothing is kept of models that say nothing.
import { createRng } from "#base/rng.js";
import type { AdviceResult, ConfidenceResult } from "#domain/confidence-result.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Instrument } from "#domain/instrument.js";
import type { Signals } from "#domain/signal.js";
import { utcDate } from "#domain/time.js";
import { intervalCoverage } from "#models/confidence/calibrated-model.js";
import { adviceList } from "#portfolio/signals.js";
import { type JudgedDecision, measureConfidence } from "#research/metrics/confidence.js";
import type { Experiment } from "../config/experiment.js";
import type { Study } from "./study.js";

/** What the rule of a portfolio of signals says at a decision; null of any other portfolio. */
export function adviceOf(
  { portfolio }: Experiment,
  signals: Signals,
  frame: FeatureFrame,
  instruments: readonly Instrument[],
): AdviceResult | null {
  if (portfolio.kind !== "signals") return null;
  const ids = instruments.map(({ id }) => id);
  return { date: utcDate(signals.asOf), ...adviceList(portfolio, signals, frame, ids) };
}

/** Sessions of a year in the picture of rolling coverage. */
const YEAR = 250;

export class ConfidenceLog {
  private readonly said: Signals[] = [];
  private latest: AdviceResult | null = null;

  constructor(
    private readonly experiment: Experiment,
    private readonly instruments: readonly Instrument[],
  ) {}

  readonly onSignals = (signals: Signals, frame: FeatureFrame): void => {
    const { uncertainty, confidence, outOfDomain } = signals;
    if (uncertainty !== null || confidence !== null || outOfDomain !== undefined)
      this.said.push({ ...signals, expectedReturn: Float64Array.from(signals.expectedReturn) });
    this.latest = adviceOf(this.experiment, signals, frame, this.instruments);
  };

  /** Of the last decision; null unless the portfolio is one of signals. */
  get advice(): AdviceResult | null {
    return this.latest;
  }

  /** Null when the model never said how sure it is. */
  judge({ frames, labels, fitted }: Study): ConfidenceResult | null {
    if (this.said.length === 0) return null;
    const positions = new Map(frames.decisions.map(({ at }, d) => [at, d]));
    const decisions: JudgedDecision[] = [];
    for (const signals of this.said) {
      const d = positions.get(signals.asOf);
      if (d === undefined) continue;
      const [first, end] = [frames.firstRow[d] as number, frames.firstRow[d + 1] as number];
      const rows = frames.instrument.subarray(first, end);
      const take = (values: Float64Array | null | undefined): Float64Array =>
        Float64Array.from(rows, (i) => (values === null || values === undefined ? Number.NaN : (values[i] as number)));
      const { expectedReturn, uncertainty, confidence, outOfDomain } = signals;
      decisions.push({
        date: utcDate(signals.asOf),
        expectedReturn: take(expectedReturn),
        uncertainty: take(uncertainty),
        confidence: take(confidence),
        outOfDomain: take(outOfDomain),
        label: labels.value.subarray(first, end),
      });
    }
    const model = fitted.folds[0]?.model;
    return measureConfidence(decisions, {
      nominal: model === undefined ? 0.9 : intervalCoverage(model),
      window: Math.max(2, Math.round(YEAR / this.experiment.rebalance.every)),
      rng: createRng(`${this.experiment.seed}/confidence`),
    });
  }
}
