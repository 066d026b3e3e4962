// The pipeline of an experiment as a control repeats it: the same code as `truewind backtest`, with no run kept and no trial recorded.
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { Experiment } from "../config/experiment.js";
import { backtestOn } from "../modes/backtest.js";
import { type RunFacts, openRunFacts } from "../modes/run-facts.js";
import type { Pipeline } from "./repeat.js";

export function experimentPipeline(
  experiment: Experiment,
  { facts: folder, threads }: { readonly facts: string; readonly threads: number },
): Pipeline {
  // Facts are those of the real names: what is drawn are prices, and facts tell nothing of them.
  let facts: Promise<RunFacts> | null = null;
  return async (dataset: OpenDataset, truth) => {
    facts ??= openRunFacts(folder, experiment, dataset);
    return backtestOn(experiment, dataset, {
      onProgress: () => undefined,
      facts: await facts,
      threads,
      ...(truth === undefined ? {} : { truth }),
    });
  };
}
