// Shape of the distribution of returns and volumes in a window.
import { aboveZero, anything, signedUnit, unit } from "#features/language/bounds.js";
import { yes } from "#features/catalog/technical/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { volume } from "#features/language/inputs.js";
import { ret, volumeChange } from "./quantities.js";

const gain = ret.max(0);
const loss = ret.neg().max(0);
const rises = yes(ret.gt(0));
const falls = yes(ret.neg().gt(0));
const asymmetry = (bars: number) => gain.square().sum(bars).sub(loss.square().sum(bars)).div(ret.square().sum(bars)).clip(-1, 1);
const payoff = (bars: number) =>
  gain
    .sum(bars)
    .div(rises.sum(bars))
    .div(loss.sum(bars).div(falls.sum(bars)));

export const distribution: readonly FeatureDefinition[] = defineFeatures("statistical", 1, [
  ["trimmed_t_60", ret.statistic("trimmedT", 60, [0.2]), "t statistic", anything, "Yuen 1974: mean without a fifth at each end, 60 bars"],
  [
    "trimmed_t_120",
    ret.statistic("trimmedT", 120, [0.2]),
    "t statistic",
    anything,
    "Yuen 1974: mean without a fifth at each end, 120 bars",
  ],
  ["median_return_30", ret.median(30).div(ret.std(30)), "volatilities", anything, "median return over standard deviation, 30 bars"],
  ["skew_20", ret.skew(20), "ratio", anything, "population skewness of returns, 20 bars"],
  ["skew_120", ret.skew(120), "ratio", anything, "population skewness of returns, 120 bars"],
  ["kurtosis_20", ret.statistic("kurtosis", 20), "ratio", [-2, null], "Pearson 1905: excess kurtosis of returns, 20 bars"],
  ["kurtosis_60", ret.statistic("kurtosis", 60), "ratio", [-2, null], "Pearson 1905: excess kurtosis of returns, 60 bars"],
  ["kurtosis_120", ret.statistic("kurtosis", 120), "ratio", [-2, null], "Pearson 1905: excess kurtosis of returns, 120 bars"],
  ["l_skew_30", ret.statistic("lSkewness", 30), "ratio", signedUnit, "Hosking 1990: L-skewness of returns, 30 bars"],
  ["l_skew_90", ret.statistic("lSkewness", 90), "ratio", signedUnit, "Hosking 1990: L-skewness of returns, 90 bars"],
  ["l_kurtosis_30", ret.statistic("lKurtosis", 30), "ratio", [-1.5, 1], "Hosking 1990: L-kurtosis of returns, 30 bars"],
  ["l_kurtosis_90", ret.statistic("lKurtosis", 90), "ratio", [-1.5, 1], "Hosking 1990: L-kurtosis of returns, 90 bars"],
  ["geary_40", ret.statistic("geary", 40), "ratio", unit, "Geary 1935: mean absolute over standard deviation, 40 bars"],
  ["jarque_bera_40", ret.statistic("jarqueBera", 40), "chi-square", aboveZero, "Jarque and Bera 1980, 40 bars"],
  ["jarque_bera_90", ret.statistic("jarqueBera", 90), "chi-square", aboveZero, "Jarque and Bera 1980, 90 bars"],
  ["mad_ratio_60", ret.statistic("madRatio", 60), "ratio", aboveZero, "Hampel 1974: median absolute over standard deviation, 60 bars"],
  ["mad_ratio_120", ret.statistic("madRatio", 120), "ratio", aboveZero, "Hampel 1974: median absolute over standard deviation, 120 bars"],
  ["quartile_skew_60", ret.statistic("quantileSkew", 60, [0.25]), "ratio", signedUnit, "Bowley 1901: skewness of the quartiles, 60 bars"],
  [
    "quartile_skew_120",
    ret.statistic("quantileSkew", 120, [0.25]),
    "ratio",
    signedUnit,
    "Bowley 1901: skewness of the quartiles, 120 bars",
  ],
  ["decile_skew_60", ret.statistic("quantileSkew", 60, [0.1]), "ratio", signedUnit, "Kelly 1947: skewness of the deciles, 60 bars"],
  ["decile_skew_120", ret.statistic("quantileSkew", 120, [0.1]), "ratio", signedUnit, "Kelly 1947: skewness of the deciles, 120 bars"],
  ["median_skew_40", ret.statistic("medianSkew", 40), "ratio", signedUnit, "Groeneveld and Meeden 1984: mean against median, 40 bars"],
  ["median_skew_120", ret.statistic("medianSkew", 120), "ratio", signedUnit, "Groeneveld and Meeden 1984: mean against median, 120 bars"],
  ["octile_kurtosis_60", ret.statistic("octileKurtosis", 60), "ratio", aboveZero, "Moors 1988, 60 bars"],
  ["octile_kurtosis_120", ret.statistic("octileKurtosis", 120), "ratio", aboveZero, "Moors 1988, 120 bars"],
  [
    "tail_spread_60",
    ret.statistic("tailSpread", 60, [0.05]),
    "ratio",
    [1, null],
    "Crow and Siddiqui 1967: 5 % tails over quartiles, 60 bars",
  ],
  ["tail_spread_120", ret.statistic("tailSpread", 120, [0.025]), "ratio", [1, null], "Crow and Siddiqui 1967: 2.5 % tails over quartiles"],
  ["semivariance_20", asymmetry(20), "share", signedUnit, "Bollerslev, Li and Zhao 2020: up less down semivariance over all, 20 bars"],
  ["semivariance_60", asymmetry(60), "share", signedUnit, "Bollerslev, Li and Zhao 2020: up less down semivariance over all, 60 bars"],
  ["semivariance_120", asymmetry(120), "share", signedUnit, "Bollerslev, Li and Zhao 2020: up less down semivariance over all"],
  ["payoff_60", payoff(60), "ratio", aboveZero, "mean gain over mean loss, 60 bars"],
  ["payoff_120", payoff(120), "ratio", aboveZero, "mean gain over mean loss, 120 bars"],
  ["volume_cv_20", volume.std(20).div(volume.mean(20)), "ratio", aboveZero, "coefficient of variation of volume, 20 bars"],
  ["volume_cv_120", volume.std(120).div(volume.mean(120)), "ratio", aboveZero, "coefficient of variation of volume, 120 bars"],
  ["volume_l_skew_120", volume.statistic<"ratio">("lSkewness", 120), "ratio", signedUnit, "Hosking 1990: L-skewness of volume, 120 bars"],
  [
    "volume_change_kurtosis_60",
    volumeChange.statistic("kurtosis", 60),
    "ratio",
    [-2, null],
    "excess kurtosis of log volume changes, 60 bars",
  ],
]);
