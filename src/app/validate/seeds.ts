// The same experiment with other seeds: what of the result was luck of the fit. Each is a trial of the same experiment.
import { mean } from "#research/metrics/long-run-variance.js";
import { informationCoefficients } from "#research/metrics/information.js";
import type { Accounts, MeasuredAccount } from "../compare/accounts.js";
import type { Experiment } from "../config/experiment.js";
import { fitStudy, type Progress, type StudyData } from "../modes/study.js";
import type { SeedResult } from "./validation-result.js";

export interface SeedContext {
  readonly experiment: Experiment;
  readonly data: StudyData;
  readonly accounts: Accounts;
  /** Of each fold under the experiment's own seed, made of its bytes: models that are the same need no account of their own. */
  readonly modelIds: readonly string[];
  readonly onProgress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** `account`: null when the seed changed nothing. */
export async function fitSeed(
  seed: string,
  { experiment, data, accounts, modelIds, onProgress, signal }: SeedContext,
): Promise<{ readonly account: MeasuredAccount | null; readonly rankIc: number | null }> {
  const progress: Progress = (step, done, metrics) => onProgress(`seed ${seed}: ${step}`, done, metrics);
  const fitted = await fitStudy({ ...experiment, seed }, data, progress, signal);
  if (fitted.folds.every(({ id }, i) => id === modelIds[i])) return { account: null, rankIc: null };
  const { values } = informationCoefficients(data.frames, fitted.predictions, data.labels);
  return { account: await accounts.trade(`seed ${seed}`, fitted.schedule), rankIc: values.length === 0 ? null : mean(values) };
}

export function seedResult(
  seed: string,
  { metrics, verdict }: Pick<MeasuredAccount, "metrics" | "verdict">,
  rankIc: number | null,
): SeedResult {
  return { seed, activeReturn: verdict.activeReturn, netReturn: metrics.annualReturn, sharpe: metrics.sharpe, rankIc };
}

/** Other seeds than the experiment's own: `count` of them, the same for the same experiment. */
export function otherSeeds(own: string, count: number): readonly string[] {
  const seeds: string[] = [];
  for (let next = 1; seeds.length < count; next++) if (String(next) !== own) seeds.push(String(next));
  return seeds;
}
