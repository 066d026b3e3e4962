// What a trial is judged by, gathered fold by fold.
import { pearson, spearman } from "#base/correlation.js";
import { TruewindError } from "#base/errors.js";
import type { FittedModel } from "#ports/model.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import type { Labels } from "#research/labels/forward-return.js";
import { logLoss } from "#research/metrics/direction.js";
import { mean } from "#research/metrics/long-run-variance.js";
import type { Fold } from "#research/splits/walk-forward-splits.js";
import type { Direction } from "#research/tuning/space/trial.js";
import { createFrames } from "#research/walk-forward.js";
import type { ObjectiveName } from "../config/tuning.js";

export const directionOf = (objective: ObjectiveName): Direction => (objective === "log-loss" ? "minimize" : "maximize");

/** What the objective is of predictions that know nothing. */
export const noSkillOf = (objective: ObjectiveName): number => (objective === "log-loss" ? Math.LN2 : 0);

export interface Measure {
  readonly frames: FrameStore;
  readonly labels: Labels;
  readonly fold: Fold;
  readonly predictions: Float64Array;
  readonly model: FittedModel;
}

/** By position of its decision; decisions that cannot be measured are left out. An account is judged on the way by the rank IC. */
export async function measureFold(objective: ObjectiveName, measure: Measure): Promise<ReadonlyMap<number, number>> {
  if (objective === "log-loss") return lossByDecision(measure);
  const { frames, labels, fold, predictions } = measure;
  const correlation = objective === "ic" ? pearson : spearman;
  const out = new Map<number, number>();
  for (let d = fold.testFrom; d < fold.testTo; d++) {
    const [first, end] = [frames.firstRow[d] as number, frames.firstRow[d + 1] as number];
    const value = correlation(predictions.subarray(first, end), labels.value.subarray(first, end));
    if (value !== null) out.set(d, value);
  }
  return out;
}

async function lossByDecision({ frames, labels, fold, model }: Measure): Promise<ReadonlyMap<number, number>> {
  const show = createFrames(frames, model.steps);
  const out = new Map<number, number>();
  for (let d = Math.max(0, fold.testFrom - model.steps + 1); d < fold.testTo; d++) {
    const frame = show(d);
    if (d < fold.testFrom) continue;
    const opinion = await model.opine?.(frame);
    const confidence = opinion?.confidence;
    if (opinion === undefined || confidence === undefined || confidence === null)
      throw new TruewindError(
        "bad-config",
        `The objective log-loss needs a model that says how sure it is, and ${model.family} does not: take the family calibrated, or another objective.`,
      );
    const [said, came]: [number[], number[]] = [[], []];
    for (let row = frames.firstRow[d] as number; row < (frames.firstRow[d + 1] as number); row++) {
      const instrument = frames.instrument[row] as number;
      const sure = confidence[instrument] as number;
      const label = labels.value[row] as number;
      if (Number.isNaN(sure) || Number.isNaN(label)) continue;
      said.push((opinion.expectedReturn[instrument] as number) >= 0 ? sure : 1 - sure);
      came.push(label);
    }
    if (said.length > 0) out.set(d, logLoss(Float64Array.from(said), Float64Array.from(came)));
  }
  return out;
}

/** Mean over decisions, of the mean over seeds; NaN of none. */
export class DecisionMeans {
  private readonly sums = new Map<number, { sum: number; count: number }>();

  add(values: ReadonlyMap<number, number>): void {
    for (const [decision, value] of values) {
      const one = this.sums.get(decision) ?? { sum: 0, count: 0 };
      this.sums.set(decision, { sum: one.sum + value, count: one.count + 1 });
    }
  }

  /** In the order of decisions. */
  byDecision(): readonly (readonly [decision: number, value: number])[] {
    return [...this.sums].sort(([a], [b]) => a - b).map(([decision, { sum, count }]) => [decision, sum / count] as const);
  }

  series(): readonly number[] {
    return this.byDecision().map(([, value]) => value);
  }

  mean(): number {
    return mean(this.series());
  }
}
