// All technical features.
import type { FeatureDefinition } from "#features/language/definition.js";
import { cycle } from "./cycle.js";
import { directional } from "./directional.js";
import { momentum } from "./momentum.js";
import { oscillators } from "./oscillators.js";
import { overlap } from "./overlap.js";
import { prices } from "./price.js";
import { regression } from "./regression.js";
import { volatility } from "./volatility.js";
import { volumes } from "./volume.js";

export const technical: readonly FeatureDefinition[] = [
  ...overlap,
  ...momentum,
  ...directional,
  ...oscillators,
  ...volatility,
  ...volumes,
  ...cycle,
  ...prices,
  ...regression,
];
