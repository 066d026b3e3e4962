// A search on a market that nobody keeps: the same as `truewind tune`, in this thread, with no study kept and no trial recorded.
import { TruewindError } from "#base/errors.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import { runStudy } from "#research/tuning/run-study.js";
import { bestOf } from "#research/tuning/space/trial.js";
import type { Experiment } from "../config/experiment.js";
import { type TuningFile, experimentWith } from "../config/tuning.js";
import type { RunFacts } from "../modes/run-facts.js";
import { collectStudy } from "../modes/study.js";
import { openUniverse } from "../modes/universe.js";
import { innerExperiment } from "./inner.js";
import { directionOf } from "./objective.js";
import { samplerOf } from "./sampler-of.js";
import { TrialBench } from "./trial-bench.js";

/** The experiment with the settings that were best before its first test. Throws `no-data` where no trial came to its end. */
export async function searchOn({ experiment, tuning }: TuningFile, dataset: OpenDataset, facts: RunFacts): Promise<Experiment> {
  const { inner } = innerExperiment(experiment, openUniverse(experiment, dataset, facts), tuning);
  const universe = openUniverse(inner, dataset, facts);
  const { signal } = new AbortController();
  const bench = new TrialBench(inner, tuning, universe, await collectStudy(inner, universe, () => undefined, signal));
  const direction = directionOf(tuning.objective);
  const options = { ...tuning, direction, sampler: samplerOf(tuning), seed: experiment.seed };
  const trials = await runStudy(options, { evaluate: (run) => bench.run(run, signal) });
  const best = bestOf(trials, direction);
  if (best === null) throw new TruewindError("no-data", "No trial of the search came to its end.");
  return experimentWith(experiment, best.params);
}
