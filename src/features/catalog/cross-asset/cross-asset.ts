// All features of the group cross-asset. They are NaN where the run names nobody for a role or does not know the sectors.
import type { FeatureDefinition } from "#features/language/definition.js";
import { betas } from "./beta.js";
import { dependences } from "./dependence.js";
import { relatives } from "./relative.js";

export const crossAsset: readonly FeatureDefinition[] = [...betas, ...dependences, ...relatives];
