// The family `ensemble`: any other families together.
import type { ModelFamily } from "#ports/model.js";
import { loadEnsemble } from "./artifact.js";
import { type EnsembleConfig, parseEnsembleConfig } from "./config.js";
import { toEnsembleModel } from "./ensemble-model.js";
import { fitEnsemble } from "./fit.js";

/** `familyOf` is the table of families, this one included: members may be ensembles again. */
export function createEnsemble(familyOf: (name: string) => ModelFamily<unknown>): ModelFamily<EnsembleConfig> {
  return {
    name: "ensemble",
    parseConfig: (raw) => parseEnsembleConfig(raw, familyOf),
    steps: ({ members }) => members.reduce((most, { family, config }) => Math.max(most, family.steps(config)), 1),
    fit: fitEnsemble,
    load: (artifact) => toEnsembleModel(loadEnsemble(artifact, familyOf)),
  };
}
