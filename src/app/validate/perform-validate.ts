// The verb behind `truewind validate` and the library's `validate`: a backtest, then everything that could make its result luck, a mistake or
// a matter of the data, and gates that say whether anything is left.
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import type { RunResult } from "#domain/run-result.js";
import { costBreakEven } from "#research/evidence/break-even.js";
import { capacityOf } from "#research/evidence/capacity.js";
import { decideByGates, gatesOf } from "#research/evidence/gates.js";
import { differencePValue, measurePart } from "#research/evidence/part-of-record.js";
import { halvesOf, marketRegimes, yearsOf } from "#research/evidence/regimes.js";
import { sessionsPerYear } from "#research/metrics/performance.js";
import { toSchedule } from "#research/walk-forward.js";
import { type MeasuredAccount, openAccounts } from "../compare/accounts.js";
import type { Experiment } from "../config/experiment.js";
import { collectStudy, type Progress, type StudyData } from "../modes/study.js";
import { openUniverse, type Universe } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import { renderValidation } from "./validation-page.js";
import { stampsOf } from "../report/verdict-words.js";
import { dayOf, seriesOfSessions, subjectOf, trialOf } from "../trials/trial-of.js";
import { acquireRun } from "../runs/lock.js";
import { type BacktestRun, performBacktest } from "../runs/perform-backtest.js";
import { type RunFolder, readModels, writeWhole } from "../runs/run-folder.js";
import type { Workspace } from "../config/workspace.js";
import { readControl } from "../control/control-folder.js";
import { figuresOf } from "./bands.js";
import { controlFound } from "./control-found.js";
import { searchLeaks } from "./leaks-found.js";
import { overfittingFound } from "./overfitting-found.js";
import { measurePaths } from "./paths.js";
import { fitSeed, otherSeeds, seedResult } from "./seeds.js";
import { measureSizes } from "./sizes.js";
import { trialsFound } from "./trials-found.js";
import type { ValidationResult } from "./validation-result.js";

export const VALIDATION_FILE = "validation.json";
export const VALIDATION_PAGE = "validation.html";

export interface ValidateOptions {
  readonly workspace: Workspace;
  readonly onProgress: Progress;
  readonly signal?: AbortSignal | undefined;
  /** Fits of the experiment with different seeds, its own among them: 1 or more. */
  readonly seeds: number;
  /** Groups of the combinatorial paths, two of which are tested together: 3 or more; null leaves the paths out. */
  readonly groups: number | null;
  /** Whether the pipeline is searched for leaks. */
  readonly leaks: boolean;
  /** The command that repeats it, for the page. */
  readonly command: string;
}

export interface Validation {
  readonly folder: RunFolder;
  readonly result: ValidationResult;
}

/** The result lies beside the backtest's, in its folder. Throws `bad-usage`, and what a backtest throws. */
export async function performValidate(experiment: Experiment, options: ValidateOptions): Promise<Validation> {
  const { onProgress, signal, groups } = options;
  if (groups !== null && groups < 3)
    throw new TruewindError("bad-usage", `${groups} groups make no paths, because two are tested and the others train: ask for 3 or more.`);
  const run = await performBacktest(experiment, options);
  try {
    const result = await measure(experiment, run, options);
    writeWhole(run.folder.file(VALIDATION_FILE), `${JSON.stringify(result, null, 1)}\n`);
    writeWhole(
      run.folder.file(VALIDATION_PAGE),
      renderValidation(result, { command: options.command, currency: experiment.account.currency }),
    );
    return { folder: run.folder, result };
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    const text = `The validation was interrupted: its backtest ${run.folder.id} is kept; give the same command again for the rest.`;
    throw new TruewindError("interrupted", text, { cause: error });
  } finally {
    onProgress("validation", 1);
  }
}

async function measure(asked: Experiment, run: BacktestRun, options: ValidateOptions): Promise<ValidationResult> {
  const { workspace, onProgress, signal } = options;
  const { result, folder } = run;
  const { experiment, dataset, facts } = await openExperiment(workspace, asked);
  const universe = openUniverse(experiment, dataset, facts);
  const data = await collectStudy(experiment, universe, onProgress, signal);
  const kept = readModels(folder);
  const models = toSchedule(kept);
  const accounts = await openAccounts(experiment, universe, data, onProgress, signal);
  const again = await accounts.trade("the same again", models);
  const perYear = sessionsPerYear(accounts.dates);

  const state = await openStateDatabase(workspace.stateDb);
  try {
    // Before the seeds are recorded: the experiment stands for itself among the trials, under its own seed.
    const { lineage } = dataset.manifest;
    const tried = await state.trials.representatives(lineage);
    const seeds = [seedResult(experiment.seed, again, result.ic.mean)];
    const context = { experiment, data, accounts, modelIds: result.models.map(({ id }) => id), onProgress, signal };
    for (const seed of otherSeeds(experiment.seed, options.seeds - 1)) {
      const { account, rankIc } = await fitSeed(seed, context);
      const traded = account ?? again;
      await state.trials.record(
        trialOf(subjectOf({ ...experiment, seed }), {
          dataId: result.identity.dataId,
          lineage,
          kind: "backtest",
          from: dayOf(accounts.dates[0] as string),
          to: dayOf(accounts.dates.at(-1) as string),
          measure: "active return",
          series: seriesOfSessions(accounts.dates, traded.active),
        }),
      );
      seeds.push(seedResult(seed, traded, account === null ? result.ic.mean : rankIc));
    }
    const sizes = await measureSizes(again.verdict.activeReturn, { experiment, universe, data, models, onProgress, signal });
    const { paths, leaks } = await furtherEvidence(experiment, folder, universe, data, options);
    const found = trialsFound(tried, again.active, perYear);
    const overfitting = overfittingFound(tried, Float64Array.from(accounts.dates, dayOf));
    const control = controlFound(readControl(workspace, folder.id));
    // Where simulated data come from is known to the last number.
    const doubts = stampsOf({ ...result.dataset, plantedEdge: null }).map(({ label, meaning }) => `${label}: ${meaning}`);
    doubts.push(...(leaks?.doubts ?? []).map(({ where, evidence }) => (where === "data" ? evidence : `${where}: ${evidence}`)));
    const gates = gatesOf({
      verdict: run.verdict,
      seedReturns: seeds.map(({ activeReturn }) => activeReturn),
      deflatedSharpe: found.deflated === null ? null : { value: found.deflated, effectiveTrials: found.effective },
      overfitting,
      control,
      repeated: again.orders.hash === result.orders.hash,
      leaks: leaks && { found: leaks.leaks.map(({ where, evidence }) => `${where}: ${evidence}`), runs: leaks.runs, cuts: leaks.cuts },
      doubts,
      survivorsOnly: result.dataset.survivorsOnly,
    });
    return {
      schema: 1,
      name: result.name,
      identity: result.identity,
      run: folder.id,
      dataset: result.dataset,
      from: accounts.dates[0] as string,
      to: accounts.dates.at(-1) as string,
      sessions: accounts.dates.length,
      ...decideByGates(run.verdict, gates),
      gates,
      verdict: run.verdict,
      figures: figuresOf({
        net: again.series.netReturn,
        active: again.active,
        cash: accounts.cash,
        ic: result.ic,
        over: run.verdict.over,
        perYear,
      }),
      trials: found,
      overfitting,
      seeds,
      control,
      paths,
      leaks,
      costBreakEven: costBreakEven(again.active, extraCost(again, accounts.baseline.cost, run.verdict.over)),
      capacity: { found: capacityOf(sizes), accounts: sizes },
      ...partsOf(result, again.active, perYear),
      ic: { mean: result.ic.mean, tStat: result.ic.tStat, decisions: result.ic.values.length },
      orders: result.orders.hash,
    };
  } finally {
    await state.close();
  }
}

/** What is kept beside the run once it is found: of two processes that validate the same, the second is told `busy`. */
async function furtherEvidence(
  experiment: Experiment,
  folder: RunFolder,
  universe: Universe,
  data: StudyData,
  { workspace, groups, leaks, onProgress, signal }: ValidateOptions,
): Promise<Pick<ValidationResult, "paths" | "leaks">> {
  const release = acquireRun(folder);
  try {
    return {
      paths: groups === null ? null : await measurePaths(groups, { experiment, universe, data, folder, onProgress, signal }),
      leaks: leaks ? await searchLeaks(experiment, universe.dataset.manifest, { workspace, folder, onProgress, signal }) : null,
    };
  } finally {
    release();
  }
}

/** Cash costs nothing to hold. */
function extraCost({ series }: MeasuredAccount, baseline: readonly number[], over: "equal weight" | "cash"): readonly number[] {
  return over === "cash" ? series.cost : series.cost.map((cost, i) => cost - (baseline[i] as number));
}

function partsOf(result: RunResult, active: readonly number[], perYear: number): Pick<ValidationResult, "regimes" | "years" | "halves"> {
  const part = (regime: ReturnType<typeof yearsOf>[number]) => measurePart(regime, active, perYear);
  const halves = halvesOf(active.length);
  return {
    regimes: marketRegimes(result.baseline.netReturn).map(part),
    years: yearsOf(result.dates).map(part),
    halves: halves === null ? null : { parts: halves.map(part), pValue: differencePValue(...halves, active) },
  };
}
