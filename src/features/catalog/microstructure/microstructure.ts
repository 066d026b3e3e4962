// All features of market microstructure.
import type { FeatureDefinition } from "#features/language/definition.js";
import { bookFeatures } from "./book.js";
import { costFeatures } from "./costs.js";
import { liquidityFeatures } from "./liquidity.js";
import { orderFlowFeatures } from "./order-flow.js";
import { quoteFeatures } from "./quotes.js";
import { realisedFeatures } from "./realised.js";
import { tradeFeatures } from "./trades.js";

export const microstructure: readonly FeatureDefinition[] = [
  ...tradeFeatures,
  ...realisedFeatures,
  ...quoteFeatures,
  ...costFeatures,
  ...bookFeatures,
  ...orderFlowFeatures,
  ...liquidityFeatures,
];
