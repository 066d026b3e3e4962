// The pipeline of an experiment as a control repeats it: the same code as `truewind backtest`, with no run kept and no trial recorded.
import type { Experiment } from "../config/experiment.js";
import type { Tuning } from "../config/tuning.js";
import { backtestOn } from "../modes/backtest.js";
import type { RunFacts } from "../modes/run-facts.js";
import { searchOn } from "../tuning/search-on.js";
import type { Pipeline } from "./repeat.js";

export interface PipelineSetup {
  readonly experiment: Experiment;
  /** The search that chooses the experiment's settings, anew on each market; null: they are as they stand. */
  readonly tuning: Tuning | null;
  readonly facts: RunFacts;
  readonly threads: number;
}

export function experimentPipeline({ experiment, tuning, facts, threads }: PipelineSetup): Pipeline {
  return async (dataset, truth) => {
    const chosen = tuning === null ? experiment : await searchOn({ experiment, tuning }, dataset, facts);
    return backtestOn(chosen, dataset, { onProgress: () => undefined, facts, threads, ...(truth === undefined ? {} : { truth }) });
  };
}
