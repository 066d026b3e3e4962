// The verb behind `truewind signals`: the experiment's models, trained once and kept, and what they would have traded after the last session.
import { existsSync } from "node:fs";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import type { Session } from "#domain/session.js";
import { toSchedule } from "#research/walk-forward.js";
import { codeVersion } from "../config/code-version.js";
import { type Experiment, experimentHash } from "../config/experiment.js";
import { renamedRisk, tradingRisk } from "../config/risk-limits.js";
import type { Workspace } from "../config/workspace.js";
import { runId } from "../modes/backtest.js";
import { dataIdentity } from "../modes/run-facts.js";
import type { Progress } from "../modes/study.js";
import { openUniverse, type Universe } from "../modes/universe.js";
import { aliasFor, type ExperimentData, openExperiment } from "../names/open-experiment.js";
import { refuseUntrained } from "../paper/session-days.js";
import { acquireRun } from "../runs/lock.js";
import { fittedModels } from "../runs/session-models.js";
import { openRunFolder, readModels, runFolderAt } from "../runs/run-folder.js";
import { readHoldings } from "./current-holdings.js";
import { overnightSignals, type OvernightSignals } from "./overnight-signals.js";

export interface SignalsOptions {
  readonly workspace: Workspace;
  /** Only these names; null or absent: those of the experiment. Other names are another experiment, with models of its own. */
  readonly universe?: readonly string[] | null;
  /** Deviation a year that the whole account may have, fraction; null or absent: no budget. */
  readonly riskBudget?: number | null;
  /** A file of holdings or a finished paper session; absent: the experiment's cash, and nothing held. */
  readonly from?: string | undefined;
  /** A file of limits, in place of what the experiment and the workspace say. */
  readonly risk?: string | undefined;
  readonly onProgress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Throws `bad-usage`, `bad-config`, `bad-key`, `no-data`, `no-such-run`, `no-such-file`, `data-changed`, `busy` while another process trains the same models. */
export async function performSignals(asked: Experiment, options: SignalsOptions): Promise<OvernightSignals> {
  const { workspace, riskBudget = null } = options;
  if (riskBudget !== null && !(riskBudget > 0 && riskBudget <= 10))
    throw new TruewindError("bad-usage", `A risk budget of ${riskBudget} is no deviation a year: 0.1 is 10 %.`);
  const only = options.universe ?? null;
  if (only?.length === 0) throw new TruewindError("bad-usage", "The universe names nobody: leave it out to take the experiment's.");
  const named = only === null ? asked : { ...asked, universe: { ...asked.universe, include: only as [string, ...string[]] } };
  const opened = await openExperiment(workspace, named);
  const { experiment, dataset, facts } = opened;
  const universe = openUniverse(experiment, dataset, facts);
  const risk = renamedRisk(tradingRisk(experiment, workspace, options.risk), (mention) => aliasFor(opened.names, mention));
  const last = universe.sessions.at(-1) as Session;
  const from =
    options.from === undefined
      ? { cashMicro: BigInt(Math.round(experiment.account.cash * 1e6)), positions: {} }
      : readHoldings(options.from, workspace, experiment.account.currency, last.date);
  const lots = lotsOf(from.positions, opened, universe);
  const fitted = await keptModels(opened, universe, options);
  refuseUntrained(experiment, universe, [last], fitted[0]?.testFrom);
  return overnightSignals({
    experiment,
    universe,
    models: toSchedule(fitted),
    risk,
    riskBudget,
    cashMicro: from.cashMicro,
    lots,
    signal: options.signal,
  });
}

function lotsOf(positions: Readonly<Record<string, number>>, { names }: ExperimentData, { instruments, dataset }: Universe): Float64Array {
  const lots = new Float64Array(instruments.length);
  for (const [mention, count] of Object.entries(positions)) {
    const row = instruments.findIndex(({ id }) => id === aliasFor(names, mention));
    if (row < 0)
      throw new TruewindError(
        "bad-config",
        `The holdings name ${mention}, which is not in dataset ${dataset.manifest.name}: check its spelling.`,
      );
    lots[row] = (lots[row] as number) + count;
  }
  return lots;
}

/** Those of the experiment's backtest where it has run; else they are trained now, and kept for the next time. */
async function keptModels({ experiment, dataset, facts }: ExperimentData, universe: Universe, options: SignalsOptions) {
  const { workspace } = options;
  const { id, names } = dataset.manifest;
  const dataId = dataIdentity(id, facts);
  const backtest = runFolderAt(workspace, runId(experiment, dataId, names));
  if (existsSync(backtest.file("models/schedule.json"))) return readModels(backtest);
  const key = hashJson({ experiment: experimentHash(experiment), data: dataId, code: codeVersion(), seed: experiment.seed, names });
  const folder = openRunFolder(workspace, `${experiment.name}-signals-${key.slice(0, 10)}`);
  const release = acquireRun(folder);
  try {
    const state = await openStateDatabase(workspace.stateDb);
    try {
      return await fittedModels(state, experiment, universe, folder, options);
    } finally {
      await state.close();
    }
  } finally {
    release();
  }
}
