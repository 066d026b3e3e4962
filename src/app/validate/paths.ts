// The experiment's way of modelling in several histories instead of one: combinatorial purged cross-validation, and an account per path. How
// far the paths are apart is luck of the history that a model happened to learn from.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mean } from "#research/metrics/long-run-variance.js";
import { sessionsPerYear, sharpe } from "#research/metrics/performance.js";
import { openAccounts } from "../compare/accounts.js";
import type { Experiment } from "../config/experiment.js";
import type { Progress, StudyData } from "../modes/study.js";
import type { Universe } from "../modes/universe.js";
import { type RunFolder, readJson, writeWhole } from "../runs/run-folder.js";
import { crossValidateStudy, pathStudy } from "../splits/perform-cross-validate.js";
import type { PathResult, PathsFound } from "./validation-result.js";

/** Groups that are tested together. */
const TESTED = 2;
/** Families whose weights are declared: whatever they are shown, they say the same. */
const DECLARED: ReadonlySet<string> = new Set(["factor"]);

export interface PathContext {
  readonly experiment: Experiment;
  readonly universe: Universe;
  readonly data: StudyData;
  readonly folder: RunFolder;
  readonly onProgress: Progress;
  readonly signal: AbortSignal | undefined;
}

/**
 * Kept beside the run once it is measured; models that are fitted are kept until then, so that an interrupted validation fits nothing twice.
 * Throws `bad-config` for more groups than decisions, `no-data` and `interrupted`.
 */
export async function measurePaths(groups: number, context: PathContext): Promise<PathsFound> {
  const { experiment, universe, data, folder, onProgress, signal } = context;
  if (DECLARED.has(experiment.model.family)) return { kind: "one" };
  const path = folder.file(`paths-${groups}-${TESTED}.json`);
  if (existsSync(path)) return readJson(path) as PathsFound;
  const progress: Progress = (step, done, metrics) => onProgress(`paths: ${step}`, done, metrics);
  const models = subfolder(folder, `paths-${groups}-${TESTED}`);
  const { paths, rows } = await crossValidateStudy(experiment, universe, data, {
    groups,
    tested: TESTED,
    onProgress: progress,
    signal,
    keepIn: models,
  });
  const accounts = await openAccounts(experiment, universe, pathStudy(universe, data), progress, signal);
  const results: PathResult[] = [];
  const firstTest = data.folds[0]?.testFrom as number;
  const start = accounts.dates.length - data.tradingSessions.length;
  const perYear = sessionsPerYear(accounts.dates.slice(start));
  for (const [n, { schedule, rankIc }] of paths.entries()) {
    const { metrics, verdict, active } = await accounts.trade(`path ${n + 1} of ${paths.length}`, schedule);
    const walked = active.slice(start);
    results.push({
      rankIc: meanOrNull(rankIc.values),
      sharpe: metrics.sharpe,
      information: verdict.activeSharpe,
      activeReturn: verdict.activeReturn,
      walked: {
        rankIc: meanOrNull(rankIc.values.filter((_, i) => (rankIc.decisions[i] as number) >= firstTest)),
        information: sharpe(
          walked,
          walked.map(() => 0),
          perYear,
        ),
        activeReturn: mean(walked) * perYear,
      },
    });
  }
  const found: PathsFound = {
    kind: "several",
    groups,
    tested: TESTED,
    fits: rows.length,
    from: accounts.dates[0] as string,
    to: accounts.dates.at(-1) as string,
    paths: results,
  };
  writeWhole(path, `${JSON.stringify(found)}\n`);
  rmSync(models.path, { recursive: true });
  return found;
}

const meanOrNull = (values: readonly number[]): number | null => (values.length === 0 ? null : mean(values));

function subfolder(folder: RunFolder, name: string): RunFolder {
  const path = folder.file(name);
  mkdirSync(path, { recursive: true });
  return { id: folder.id, path, file: (file) => join(path, file) };
}
