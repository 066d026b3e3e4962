// All candle patterns as features, at the bar at which they are complete.
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { longCandles } from "./candles-long.js";
import { shortCandles } from "./candles-short.js";
import { threeBarCandles } from "./candles-three.js";

export const candles: readonly FeatureDefinition[] = defineFeatures(
  "candle",
  1,
  [...shortCandles, ...threeBarCandles, ...longCandles].map(([name, pattern]) => [
    `cdl_${name}`,
    pattern,
    "signal",
    name.startsWith("hikkake") ? [-2, 2] : [-1, 1],
    `TA-Lib CDL${name.toUpperCase()} / 100`,
  ]),
);
