// The verb behind the library's `crossValidate`: one model per combinatorial split of an experiment, and how well each path predicted. It is
// a trial like any other: who chooses by it has searched.
import { availableParallelism } from "node:os";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import { modelFamily } from "#models/registry/families.js";
import { type CrossValidation, crossValidate } from "#research/cross-validate.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import { type IcSummary, summarizeIc } from "#research/metrics/mean-ic.js";
import { combinatorialSplits } from "#research/splits/combinatorial.js";
import { sessionEmbargo, sessionOf } from "#research/splits/embargo.js";
import { timesOf } from "#research/splits/split.js";
import type { Experiment } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import { dataIdentity } from "../modes/run-facts.js";
import { type Progress, type StudyData, collectStudy } from "../modes/study.js";
import { type Universe, openUniverse } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import type { RunFolder } from "../runs/run-folder.js";
import { keeping } from "../training/keeping.js";
import { seriesOfDecisions, subjectOf, trialOf } from "../trials/trial-of.js";

export interface CrossValidateOptions {
  readonly workspace: Workspace;
  readonly onProgress: Progress;
  readonly signal?: AbortSignal | undefined;
  /** N and k of C(N, k) splits. */
  readonly groups: number;
  readonly tested: number;
}

export interface CrossValidationResult {
  readonly name: string;
  readonly splits: number;
  /** Decisions that each path predicts. */
  readonly decisions: number;
  /** Of prediction and the return that followed, by decision: of their values, and of their ranks. */
  readonly paths: readonly { readonly ic: IcSummary; readonly rankIc: IcSummary }[];
  /** Experiments tried on these data, this one included. */
  readonly trials: number;
}

/** Throws `bad-config`, `no-data`, `no-such-dataset` or `interrupted`. */
export async function performCrossValidate(asked: Experiment, options: CrossValidateOptions): Promise<CrossValidationResult> {
  const { workspace, onProgress, signal } = options;
  const { experiment, dataset, facts } = await openExperiment(workspace, asked);
  const universe = openUniverse(experiment, dataset, facts);
  const data = await collectStudy(experiment, universe, onProgress, signal);
  const { paths, rows } = await crossValidateStudy(experiment, universe, data, options);
  const overlap = Math.max(0, Math.ceil(experiment.label.horizon / experiment.rebalance.every) - 1);
  const { decisions } = data.frames;
  const { id, lineage } = dataset.manifest;
  const state = await openStateDatabase(workspace.stateDb);
  try {
    await state.trials.record(
      trialOf(subjectOf(experiment), {
        dataId: dataIdentity(id, facts),
        lineage,
        kind: "fit",
        measure: "rank IC",
        from: decisions[0]?.at as Micros,
        to: decisions.at(-1)?.at as Micros,
        series: seriesOfDecisions(data.frames, meanByDecision(data.frames, paths)),
      }),
    );
    return {
      name: experiment.name,
      splits: rows.length,
      decisions: decisions.length,
      paths: paths.map(({ ic, rankIc }) => ({ ic: summarizeIc(ic.values, overlap), rankIc: summarizeIc(rankIc.values, overlap) })),
      trials: await state.trials.distinctTrials(lineage),
    };
  } finally {
    await state.close();
  }
}

interface StudyOptions extends Omit<CrossValidateOptions, "workspace"> {
  /** Fitted models are kept here, and what is here is not fitted again. */
  readonly keepIn?: RunFolder;
}

/** The embargo is the experiment's own. */
export function crossValidateStudy(
  experiment: Experiment,
  universe: Universe,
  data: StudyData,
  { groups, tested, onProgress, signal, keepIn }: StudyOptions,
): Promise<CrossValidation> {
  const { family: name, ...settings } = experiment.model;
  const bare = modelFamily(name);
  const family = keepIn === undefined ? bare : keeping(bare, keepIn, "split", undefined);
  const embargo = sessionEmbargo(universe.sessions, experiment.splits.embargo);
  return crossValidate({
    ...data,
    splits: combinatorialSplits(timesOf(data.frames, data.labels), { groups, tested, embargo }),
    family,
    config: family.parseConfig(settings),
    rng: createRng(`${experiment.seed}/models`),
    onProgress: (done, metrics) => onProgress("models", done, metrics),
    threads: availableParallelism(),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The study as accounts of its paths trade it: from the first decision on, in the same rhythm. */
export function pathStudy(universe: Universe, data: StudyData): StudyData {
  return { ...data, tradingSessions: universe.sessions.slice(sessionOf(universe.sessions, data.frames.decisions[0]?.at as number)) };
}

function meanByDecision({ decisions }: FrameStore, paths: CrossValidation["paths"]): readonly (readonly [number, number])[] {
  const sum = new Float64Array(decisions.length);
  const count = new Int32Array(decisions.length);
  for (const { rankIc } of paths)
    rankIc.decisions.forEach((decision, i) => {
      sum[decision] = (sum[decision] as number) + (rankIc.values[i] as number);
      count[decision] = (count[decision] as number) + 1;
    });
  return decisions.flatMap((_, d) => (count[d] === 0 ? [] : [[d, (sum[d] as number) / (count[d] as number)] as const]));
}
