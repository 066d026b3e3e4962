// What a search may see: the sessions before the experiment's first test, less its embargo, as an experiment of their own. Nothing later is
// opened, so that nothing later can change a trial.
import { TruewindError } from "#base/errors.js";
import type { Session } from "#domain/session.js";
import type { Experiment } from "../config/experiment.js";
import type { Tuning } from "../config/tuning.js";
import { studyDecisions } from "../modes/study.js";
import type { Universe } from "../modes/universe.js";

/** Of the sessions with members, before the first test of a trial. */
const TRAIN_SHARE = 0.4;

export interface Inner {
  readonly inner: Experiment;
  /** First day of the experiment's own test. */
  readonly untouchedFrom: string;
}

/** `universe`: of the experiment itself. Throws `bad-config` when too little precedes its first test. */
export function innerExperiment(experiment: Experiment, universe: Universe, { folds, train }: Pick<Tuning, "folds" | "train">): Inner {
  const { sessions } = universe;
  const { start } = studyDecisions(experiment, universe);
  const usable = start - experiment.splits.embargo;
  const warm = (universe.dataset.manifest.barInterval ?? "1d") === "1d" ? experiment.universe.minHistory : 0;
  const first = train ?? warm + Math.floor((usable - warm) * TRAIN_SHARE);
  const tested = usable - first;
  const last = sessions[usable - 1] as Session | undefined;
  if (last === undefined || first <= warm || tested < folds) {
    const at = sessions[start] as Session;
    throw new TruewindError(
      "bad-config",
      `Too little precedes the first test (${at.date}) to tune on: ${Math.max(0, usable)} sessions, of which ${warm} are history that universe.minHistory asks for and ${folds} folds are to be tested. Let splits.firstTest or splits.train leave more, or set tuning.folds or tuning.train lower.`,
    );
  }
  const inner: Experiment = {
    ...experiment,
    data: { ...experiment.data, to: last.date },
    splits: {
      firstTest: null,
      train: first,
      window: "expanding",
      test: Math.ceil(tested / folds),
      embargo: experiment.splits.embargo,
    },
  };
  return { inner, untouchedFrom: (sessions[start] as Session).date };
}
