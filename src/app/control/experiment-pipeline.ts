// The pipeline of an experiment as a control repeats it: the same code as `truewind backtest`, with no run kept and no trial recorded.
import type { Experiment } from "../config/experiment.js";
import { backtestOn } from "../modes/backtest.js";
import type { RunFacts } from "../modes/run-facts.js";
import type { Pipeline } from "./repeat.js";

export function experimentPipeline(
  experiment: Experiment,
  { facts, threads }: { readonly facts: RunFacts; readonly threads: number },
): Pipeline {
  return (dataset, truth) =>
    backtestOn(experiment, dataset, { onProgress: () => undefined, facts, threads, ...(truth === undefined ? {} : { truth }) });
}
