// All candle patterns as features, at the bar at which they are complete.
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { shortCandles } from "./candles-short.js";
import { longCandles } from "./candles-long.js";

export const candles: readonly FeatureDefinition[] = defineFeatures(
  "candle",
  1,
  [...shortCandles, ...longCandles].map(([name, pattern]) => [
    `cdl_${name}`,
    pattern,
    "signal",
    name.startsWith("hikkake") ? [-2, 2] : [-1, 1],
    `TA-Lib CDL${name.toUpperCase()} / 100`,
  ]),
);
