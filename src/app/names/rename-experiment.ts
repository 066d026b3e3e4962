// What of an experiment names instruments, in other names.
import type { Experiment } from "../config/experiment.js";
import type { PeerRole } from "#features/language/node.js";

export type Mentions = Pick<Experiment, "universe" | "benchmark" | "peers">;

export function renameExperiment(experiment: Experiment, rename: (mention: string) => string): Experiment {
  const { universe, benchmark, peers } = experiment;
  return {
    ...experiment,
    benchmark: benchmark === null ? null : rename(benchmark),
    universe: {
      ...universe,
      include: universe.include === null ? null : (universe.include.map(rename) as [string, ...string[]]),
      exclude: universe.exclude.map(rename),
    },
    peers: Object.fromEntries(Object.entries(peers).map(([role, symbol]) => [role, symbol === null ? null : rename(symbol)])) as Record<
      PeerRole,
      string | null
    >,
  };
}

/** For files that are more than an experiment. */
export function mentionsOf({ universe, benchmark, peers }: Experiment): Mentions {
  return { universe, benchmark, peers };
}
