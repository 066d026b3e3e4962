// Scaling, long memory, stationarity and the shape of the path.
import { aboveZero, anything, signedUnit, unit } from "#features/catalog/technical/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close } from "#features/language/inputs.js";
import { logReturn, ret, size } from "./quantities.js";

export const scaling: readonly FeatureDefinition[] = defineFeatures("statistical", 1, [
  ["hurst_64", ret.statistic("hurst", 64), "exponent", anything, "Hurst 1951: rescaled range of 8 to 64 bars"],
  ["hurst_128", ret.statistic("hurst", 128), "exponent", anything, "Hurst 1951: rescaled range of 8 to 128 bars"],
  ["modified_range_60", ret.statistic("modifiedRange", 60, [4]), "ratio", aboveZero, "Lo 1991: modified rescaled range, 60 bars"],
  ["modified_range_120", ret.statistic("modifiedRange", 120, [8]), "ratio", aboveZero, "Lo 1991: modified rescaled range, 120 bars"],
  ["dfa_64", ret.statistic("detrendedFluctuation", 64), "exponent", anything, "Peng et al. 1994, 64 bars"],
  ["dfa_128", ret.statistic("detrendedFluctuation", 128), "exponent", anything, "Peng et al. 1994, 128 bars"],
  ["size_dfa_128", size.statistic("detrendedFluctuation", 128), "exponent", anything, "Peng et al. 1994: of absolute returns, 128 bars"],
  ["growth_exponent_60", logReturn.statistic("generalizedHurst", 60, [4]), "exponent", anything, "Di Matteo 2007: order 1, 1 to 8 of 60 bars"],
  ["growth_exponent_120", logReturn.statistic("generalizedHurst", 120, [5]), "exponent", anything, "Di Matteo 2007: order 1, 1 to 16 of 120 bars"],
  ["higuchi_40", logReturn.statistic("higuchi", 40, [5]), "dimension", anything, "Higuchi 1988: strides 1 to 5, 40 bars"],
  ["higuchi_120", logReturn.statistic("higuchi", 120, [8]), "dimension", anything, "Higuchi 1988: strides 1 to 8, 120 bars"],
  ["katz_30", logReturn.statistic("katz", 30), "dimension", anything, "Katz 1988, 30 bars"],
  ["katz_90", logReturn.statistic("katz", 90), "dimension", anything, "Katz 1988, 90 bars"],
  ["petrosian_60", ret.statistic("petrosian", 60), "dimension", [1, 2], "Petrosian 1995: turns of the returns, 60 bars"],
  ["long_memory_64", ret.statistic("longMemory", 64, [8]), "exponent", anything, "Geweke and Porter-Hudak 1983: returns, 64 bars"],
  ["long_memory_128", ret.statistic("longMemory", 128, [11]), "exponent", anything, "Geweke and Porter-Hudak 1983: returns, 128 bars"],
  ["size_long_memory_128", size.statistic("longMemory", 128, [11]), "exponent", anything, "Geweke and Porter-Hudak 1983: absolute returns"],
  ["fractional_difference_3", logReturn.statistic("fractionalDifference", 60, [0.3]), "volatilities", anything, "Lopez de Prado 2018, 5.5: d = 0.3"],
  ["fractional_difference_6", logReturn.statistic("fractionalDifference", 60, [0.6]), "volatilities", anything, "Lopez de Prado 2018, 5.5: d = 0.6"],
  ["fractional_difference_8", logReturn.statistic("fractionalDifference", 60, [0.8]), "volatilities", anything, "Lopez de Prado 2018, 5.5: d = 0.8"],
  ["dickey_fuller_60", logReturn.statistic("dickeyFuller", 60, [0, 0]), "t statistic", anything, "Dickey and Fuller 1979: constant, 60 bars"],
  ["dickey_fuller_lag_120", logReturn.statistic("dickeyFuller", 120, [1, 0]), "t statistic", anything, "Dickey and Fuller 1979: constant, one lag"],
  ["dickey_fuller_trend_120", logReturn.statistic("dickeyFuller", 120, [0, 1]), "t statistic", anything, "Dickey and Fuller 1979: constant and trend"],
  ["half_life_60", logReturn.statistic("halfLife", 60), "windows", unit, "Chan 2013: Ornstein-Uhlenbeck half-life, at most the 60 bars"],
  ["half_life_120", logReturn.statistic("halfLife", 120), "windows", unit, "Chan 2013: Ornstein-Uhlenbeck half-life, at most the 120 bars"],
  ["kpss_120", logReturn.statistic("kpss", 120, [8]), "statistic", aboveZero, "Kwiatkowski et al. 1992: level, 120 bars"],
  ["mean_crossings_60", logReturn.statistic("meanCrossings", 60), "share", unit, "Kedem 1994: crossings of the mean level, 60 bars"],
  ["mean_crossings_120", logReturn.statistic("meanCrossings", 120), "share", unit, "Kedem 1994: crossings of the mean level, 120 bars"],
  ["curvature_30", logReturn.statistic("curvature", 30), "t statistic", anything, "t statistic of time squared in the path, 30 bars"],
  ["curvature_60", logReturn.statistic("curvature", 60), "t statistic", anything, "t statistic of time squared in the path, 60 bars"],
  ["curvature_120", logReturn.statistic("curvature", 120), "t statistic", anything, "t statistic of time squared in the path, 120 bars"],
  ["mann_kendall_20", close.statistic<"ratio">("mannKendall", 20), "correlation", signedUnit, "Mann 1945: Kendall's tau of close and time, 20 bars"],
  ["mann_kendall_40", close.statistic<"ratio">("mannKendall", 40), "correlation", signedUnit, "Mann 1945: Kendall's tau of close and time, 40 bars"],
]);
