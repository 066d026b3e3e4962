// Drawdowns: how deep the price lies under its highs, for how long, and how that compares with what it has seen.
import { aboveZero, signedUnit, unit } from "#features/language/bounds.js";
import { logReturn, ret } from "#features/catalog/statistical/quantities.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import { constant } from "#features/language/series.js";

const high = close.rollingMax(250);
const depth = constant(1).sub(close.div(high));
const deepest = logReturn.statistic<"ratio">("maxDrawdown", 120);

export const drawdownStates: readonly FeatureDefinition[] = defineFeatures("regime", 1, [
  [
    "drawdown_depth_250",
    depth.div(ret.std(60)).div(Math.sqrt(250)),
    "volatilities",
    aboveZero,
    "Magdon-Ismail and Atiya 2004: depth under the 250-bar high over volatility",
  ],
  ["drawdown_age_250", logReturn.statistic("sinceHigh", 250), "share of 250 bars", unit, "bars since the 250-bar high"],
  ["under_water_120", logReturn.statistic("underWater", 120), "share", unit, "share of 120 bars under the running high"],
  [
    "drawdown_position",
    constant(1)
      .sub(close.div(close.rollingMax(121)))
      .div(deepest),
    "share",
    unit,
    "depth now over the deepest of 120 bars",
  ],
  [
    "drawdown_state_age",
    fold("stateLength", [depth.sub(ret.std(60).mul(8))], [120]),
    "share of 120 bars",
    signedUnit,
    "bars since the depth under the 250-bar high crossed eight volatilities, with sign",
  ],
]);
