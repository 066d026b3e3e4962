// The same models in accounts of other sizes: what the strategy earns over an equally large baseline when its own orders move prices.
import type { ModelSchedule } from "#ports/model.js";
import type { SizedAccount } from "#research/evidence/capacity.js";
import { openAccounts } from "../compare/accounts.js";
import type { Experiment } from "../config/experiment.js";
import type { Progress, StudyData } from "../modes/study.js";
import type { Universe } from "../modes/universe.js";

/** Multiples of the experiment's cash. */
const SIZES = [10, 100, 1000];
/** No account of this world is larger. */
const MOST_CASH = 1e12;

export interface SizeContext {
  readonly experiment: Experiment;
  readonly universe: Universe;
  readonly data: StudyData;
  readonly models: ModelSchedule;
  readonly onProgress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** `own`: annual active return at the experiment's own size. Stops at the first size at which nothing is left. */
export async function measureSizes(
  own: number,
  { experiment, universe, data, models, onProgress, signal }: SizeContext,
): Promise<readonly SizedAccount[]> {
  const { cash } = experiment.account;
  const sized: SizedAccount[] = [{ cash, activeReturn: own }];
  for (const multiple of SIZES) {
    if ((sized.at(-1) as SizedAccount).activeReturn <= 0 || cash * multiple > MOST_CASH) break;
    const larger: Experiment = { ...experiment, account: { ...experiment.account, cash: cash * multiple } };
    const progress: Progress = (step, done) => onProgress(`${multiple} x the cash: ${step}`, done);
    const accounts = await openAccounts(larger, universe, data, progress, signal);
    const { verdict } = await accounts.trade("account", models);
    sized.push({ cash: cash * multiple, activeReturn: verdict.activeReturn });
  }
  return sized;
}
