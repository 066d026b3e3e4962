// What of an experiment names instruments, in other names.
import type { Experiment } from "../config/experiment.js";
import { renamedShocks } from "../config/risk-limits.js";
import type { PeerRole } from "#features/language/node.js";

export type Mentions = Pick<Experiment, "universe" | "benchmark" | "peers" | "venue">;

export function renameExperiment(experiment: Experiment, rename: (mention: string) => string): Experiment {
  const { universe, benchmark, peers, venue, risk } = experiment;
  const { rules } = risk;
  const named = <Row extends { readonly instrument: string }>(rows: readonly Row[]): Row[] =>
    rows.map((row) => ({ ...row, instrument: rename(row.instrument) }));
  return {
    ...experiment,
    ...(venue === undefined
      ? {}
      : { venue: { ...venue, halts: named(venue.halts), borrow: named(venue.borrow), funding: named(venue.funding) } }),
    ...(rules === undefined
      ? {}
      : { risk: { ...risk, rules: { ...rules, stress: { ...rules.stress, shocks: renamedShocks(rules.stress.shocks, rename) } } } }),
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
export function mentionsOf({ universe, benchmark, peers, venue }: Experiment): Mentions {
  return { universe, benchmark, peers, ...(venue === undefined ? {} : { venue }) };
}
