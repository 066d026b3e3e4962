// All features of regimes.
import type { FeatureDefinition } from "#features/language/definition.js";
import { changePoints } from "./change-points.js";
import { drawdownStates } from "./drawdown-states.js";
import { hiddenStates } from "./hidden-states.js";
import { marketStates } from "./market.js";
import { trendStates } from "./trend-states.js";
import { volatilityStates } from "./volatility-states.js";

export const regime: readonly FeatureDefinition[] = [
  ...trendStates,
  ...volatilityStates,
  ...hiddenStates,
  ...changePoints,
  ...drawdownStates,
  ...marketStates,
];
