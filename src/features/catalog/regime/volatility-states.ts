// Volatility, shape and liquidity against their own past: places in the last months, ratios, and ages of states.
import { aboveZero, anything, signedUnit, unit } from "#features/language/bounds.js";
import { logRange, ret, size } from "#features/catalog/statistical/quantities.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, volume } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";

const place = (x: Series, bars: number): Series<"ratio"> => x.statistic<"ratio">("percentile", bars);
const volatility = ret.std(20);
const amihud = size.div(close.mul(volume));
const asymmetry = ret.max(0).square().sum(60).div(ret.square().sum(60));

export const volatilityStates: readonly FeatureDefinition[] = defineFeatures("regime", 1, [
  ["vol_percentile_120", place(volatility, 120), "percentile", unit, "place of 20-bar volatility in the last 120"],
  ["vol_percentile_250", place(volatility, 250), "percentile", unit, "place of 20-bar volatility in the last 250"],
  ["vol_ratio_10_120", ret.std(10).div(ret.std(120)), "ratio", aboveZero, "volatility of 10 over 120 bars"],
  ["vol_ratio_40_250", ret.std(40).div(ret.std(250)), "ratio", aboveZero, "volatility of 40 over 250 bars"],
  ["vol_change_20", volatility.div(volatility.lag(20)).log(), "log ratio", anything, "change of 20-bar volatility over 20 bars"],
  [
    "vol_state_age",
    fold("stateLength", [volatility.div(volatility.mean(120)).sub(1)], [120]),
    "share of 120 bars",
    signedUnit,
    "bars since 20-bar volatility crossed its 120-bar mean, with sign",
  ],
  ["range_percentile_120", place(logRange.mean(5), 120), "percentile", unit, "place of the 5-bar mean log range in the last 120"],
  [
    "vol_of_vol_percentile",
    place(size.std(20).div(size.mean(20)), 120),
    "percentile",
    unit,
    "place of the variation of absolute returns over 20 bars in the last 120",
  ],
  ["skew_percentile", place(ret.skew(60), 120), "percentile", unit, "place of 60-bar skewness in the last 120"],
  [
    "kurtosis_percentile",
    place(ret.statistic("lKurtosis", 60), 120),
    "percentile",
    unit,
    "place of 60-bar L-kurtosis in the last 120; Hosking 1990",
  ],
  [
    "entropy_percentile",
    place(ret.statistic("weightedPermutationEntropy", 40, [3]), 120),
    "percentile",
    unit,
    "place of 40-bar weighted permutation entropy in the last 120; Fadlallah et al. 2013",
  ],
  [
    "autocorrelation_percentile",
    place(ret.statistic("autocorrelation", 40, [1]), 120),
    "percentile",
    unit,
    "place of 40-bar autocorrelation in the last 120",
  ],
  ["asymmetry_percentile", place(asymmetry, 120), "percentile", unit, "place of the share of up semivariance over 60 bars in the last 120"],
  ["volume_percentile_120", place(volume.mean(5), 120), "percentile", unit, "place of 5-bar mean volume in the last 120"],
  [
    "illiquidity_percentile",
    place(amihud.mean(20), 120),
    "percentile",
    unit,
    "place of Amihud's 2002 measure over 20 bars in the last 120",
  ],
  ["volume_drift", volume.mean(20).div(volume.mean(250)).log(), "log ratio", anything, "mean volume of 20 over 250 bars"],
]);
