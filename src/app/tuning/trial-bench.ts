// Runs single trials on data that were collected once: models fold by fold, measured as they come, and stopped where the pruner says so.
// A trial is fitted on one thread, so that its result does not depend on how many there are.
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import { modelFamily } from "#models/registry/families.js";
import { mean } from "#research/metrics/long-run-variance.js";
import { accountMetrics, sessionsPerYear } from "#research/metrics/performance.js";
import type { Fold } from "#research/splits/walk-forward-splits.js";
import { createPruner } from "#research/tuning/pruners/pruner.js";
import type { TrialOutcome, TrialRun } from "#research/tuning/run-study.js";
import type { Direction, Intermediate } from "#research/tuning/space/trial.js";
import { type WalkForwardResult, walkForward } from "#research/walk-forward.js";
import type { Experiment } from "../config/experiment.js";
import { toCostModel } from "../config/parts.js";
import { type Tuning, experimentWith } from "../config/tuning.js";
import { runStrategy } from "../modes/accounts.js";
import { cashReturns } from "../modes/cash-returns.js";
import { toAccountSeries } from "../modes/recorder.js";
import { type StudyData, targetsOf, timersOf } from "../modes/study.js";
import type { Universe } from "../modes/universe.js";
import { seedOf } from "../training/train-study.js";
import { DecisionMeans, directionOf, measureFold } from "./objective.js";

export type MeasuredTrial = TrialOutcome & TrialSeries;

export interface TrialSeries {
  /** What the objective is the mean of, decision by decision; of an account its net returns, session by session. */
  readonly series: readonly number[];
  /** Rank IC by position of its decision, whatever the objective: all trials can be laid beside each other. */
  readonly rankIcs: readonly (readonly [decision: number, ic: number])[];
}

/** Parts of a fit after which it may be pruned. */
const LOOKS = 4;

/** Of these a trial fails; anything else ends the study. */
const OWN_FAULTS: ReadonlySet<string> = new Set(["bad-config", "bad-file", "no-data", "diverged"]);

class Ended extends Error {}

interface Means {
  readonly objective: DecisionMeans;
  readonly ranks: DecisionMeans;
}

type Targets = Pick<StudyData, "labels" | "weigh">;

export class TrialBench {
  /** By horizon. */
  private readonly targets = new Map<number, Targets>();
  private readonly direction: Direction;

  constructor(
    private readonly experiment: Experiment,
    private readonly tuning: Pick<Tuning, "objective" | "pruner" | "seeds">,
    private readonly universe: Universe,
    private readonly data: StudyData,
  ) {
    this.direction = directionOf(tuning.objective);
  }

  async run(run: TrialRun, signal: AbortSignal): Promise<MeasuredTrial> {
    const path = new TrialPath(run, this.tuning, this.direction);
    const means = { objective: new DecisionMeans(), ranks: new DecisionMeans() };
    const said = (): Pick<MeasuredTrial, "intermediates" | "rankIcs"> => ({ intermediates: path.said, rankIcs: means.ranks.byDecision() });
    try {
      const { value, series } = await this.measure(run, path, means, signal);
      return { state: "complete", value, series, ...said() };
    } catch (error) {
      signal.throwIfAborted();
      const series = means.objective.series();
      if (path.ended) return { state: "pruned", series, ...said() };
      if (!(error instanceof TruewindError) || !OWN_FAULTS.has(error.code)) throw error;
      return { state: "failed", reason: error.message, series, ...said() };
    }
  }

  private async measure(
    { params }: TrialRun,
    path: TrialPath,
    means: Means,
    signal: AbortSignal,
  ): Promise<{ readonly value: number; readonly series: readonly number[] }> {
    const { objective, seeds } = this.tuning;
    const experiment = experimentWith(this.experiment, params);
    const accounts: { readonly sharpe: number; readonly netReturn: readonly number[] }[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      const fitted = await this.fit(experiment, seed, path, means, signal);
      if (objective === "net-sharpe") accounts.push(await this.trade(experiment, fitted, signal));
    }
    const series = means.objective.series();
    if (objective !== "net-sharpe") return { value: mean(series), series };
    const first = accounts[0] as (typeof accounts)[number];
    const together = first.netReturn.map((_, i) => mean(accounts.map(({ netReturn }) => netReturn[i] as number)));
    return { value: mean(accounts.map(({ sharpe }) => sharpe)), series: together };
  }

  private fit(experiment: Experiment, seed: number, path: TrialPath, means: Means, signal: AbortSignal): Promise<WalkForwardResult> {
    const { objective } = this.tuning;
    const { frames, folds } = this.data;
    const { family: name, ...settings } = experiment.model;
    const family = modelFamily(name);
    const { labels, weigh } = this.targetsOf(experiment);
    const before = seed * folds.length;
    let fold = 0;
    return walkForward({
      frames,
      labels,
      weigh,
      folds,
      family,
      config: family.parseConfig(settings),
      rng: createRng(`${seedOf(experiment, seed)}/models`),
      threads: 1,
      signal: AbortSignal.any([signal, path.signal]),
      onProgress(done, { ic }) {
        // What a family says of its own held out part is a rank IC, and comparable only with that.
        if (ic === undefined || (objective !== "rank-ic" && objective !== "ic")) return;
        const part = Math.floor((done * folds.length - fold) * LOOKS) / LOOKS;
        if (part > 0 && part < 1) path.look(before + fold + part, ic);
      },
      async onFold(done: Fold, predictions, model) {
        const measured = { frames, labels, fold: done, predictions, model };
        means.ranks.add(await measureFold("rank-ic", measured));
        means.objective.add(await measureFold(objective, measured));
        fold++;
        await path.pass(before + fold, means.objective.mean());
      },
    });
  }

  /** Another horizon asks for other labels, and for other weights where they overlap. */
  private targetsOf(experiment: Experiment): Targets {
    const { frames, panel, labels } = this.data;
    const { horizon } = experiment.label;
    if (horizon === labels.horizonSessions) return this.data;
    const known = this.targets.get(horizon);
    if (known !== undefined) return known;
    const made = targetsOf(experiment, frames, panel, this.universe.dataset.references());
    this.targets.set(horizon, made);
    return made;
  }

  private async trade(
    experiment: Experiment,
    { schedule }: WalkForwardResult,
    signal: AbortSignal,
  ): Promise<{ readonly sharpe: number; readonly netReturn: readonly number[] }> {
    const { universe, data } = this;
    const timers = timersOf(experiment, universe, data.tradingSessions, 0);
    const { rows } = await runStrategy({ experiment, universe, timers, signal, onProgress: () => undefined }, schedule, {});
    const series = toAccountSeries(rows, experiment.account.cash);
    const marks = rows.map((row) => row.at);
    const cash = cashReturns(toCostModel(experiment), data.tradingSessions[0]?.openAt ?? 0, marks);
    const dates = data.tradingSessions.map(({ date }) => date as string);
    const { sharpe } = accountMetrics(series, cash, sessionsPerYear(dates));
    if (sharpe === null)
      throw new TruewindError("no-data", "The account has no Sharpe ratio: it never traded, or its returns do not vary.");
    return { sharpe, netReturn: series.netReturn };
  }
}

/** What a trial says on its way, and whether that is its end. A step is a fit; parts of it count as parts of a step. */
class TrialPath {
  readonly said: Intermediate[] = [];
  private readonly controller = new AbortController();
  private readonly pruner: ReturnType<typeof createPruner>;
  private readonly together: boolean;

  constructor(
    private readonly run: TrialRun,
    { pruner }: Pick<Tuning, "pruner">,
    direction: Direction,
  ) {
    this.pruner = createPruner(pruner, direction);
    this.together = pruner.kind === "halving";
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get ended(): boolean {
    return this.controller.signal.aborted;
  }

  /** Within a fit: it is told to stop, and may go on for a while. */
  look(step: number, value: number): void {
    if (this.together || this.ended || step <= (this.said.at(-1)?.[0] ?? 0)) return;
    this.said.push([step, value]);
    if (this.pruner.ends(this.said, this.run.known)) this.controller.abort();
  }

  /** Behind a fit. Throws where the trial ends. */
  async pass(step: number, value: number): Promise<void> {
    if (!this.ended && Number.isFinite(value)) {
      this.said.push([step, value]);
      if (this.together ? await this.run.gate(step, value) : this.pruner.ends(this.said, this.run.known)) this.controller.abort();
    }
    if (this.ended) throw new Ended("The trial is pruned.");
  }
}
