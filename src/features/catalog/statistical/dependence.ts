// Dependence of returns on the returns and volumes before and beside them.
import { aboveZero, anything, signedUnit } from "#features/language/bounds.js";
import { yes } from "#features/catalog/technical/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, volume } from "#features/language/inputs.js";
import { type Series, statistic } from "#features/language/series.js";
import { ret, size, volumeChange } from "./quantities.js";

const rises = yes(ret.gt(0));
const falls = yes(ret.neg().gt(0));
const riseVolume = (bars: number): Series<"volume"> => volume.mul<"ratio">(rises).sum(bars).div(rises.sum(bars));
const fallVolume = (bars: number): Series<"volume"> => volume.mul<"ratio">(falls).sum(bars).div(falls.sum(bars));
const volumeAsymmetry = (bars: number): Series<"ratio"> => riseVolume(bars).sub(fallVolume(bars)).div(volume.mean(bars));
const ranks = (x: Series, y: Series, bars: number): Series<"ratio"> => statistic("spearman", [x, y], bars);
/** Da, Gurun and Warachka 2014: sign of the return times share of falls less share of rises. */
const discreteness = (bars: number): Series<"ratio"> =>
  close
    .diff(bars)
    .sign()
    .mul(falls.mean(bars).sub(rises.mean(bars)));

export const dependence: readonly FeatureDefinition[] = defineFeatures("statistical", 1, [
  ["acf_1_30", ret.statistic("autocorrelation", 30, [1]), "correlation", signedUnit, "Box and Jenkins 1970: lag 1, 30 bars"],
  ["acf_1_120", ret.statistic("autocorrelation", 120, [1]), "correlation", signedUnit, "Box and Jenkins 1970: lag 1, 120 bars"],
  ["acf_2_90", ret.statistic("autocorrelation", 90, [2]), "correlation", signedUnit, "Box and Jenkins 1970: lag 2, 90 bars"],
  ["acf_5_90", ret.statistic("autocorrelation", 90, [5]), "correlation", signedUnit, "Box and Jenkins 1970: lag 5, 90 bars"],
  ["pacf_2_60", ret.statistic("partialAutocorrelation", 60, [2]), "correlation", signedUnit, "Durbin 1960: partial, lag 2, 60 bars"],
  ["pacf_3_90", ret.statistic("partialAutocorrelation", 90, [3]), "correlation", signedUnit, "Durbin 1960: partial, lag 3, 90 bars"],
  ["pacf_4_120", ret.statistic("partialAutocorrelation", 120, [4]), "correlation", signedUnit, "Durbin 1960: partial, lag 4, 120 bars"],
  [
    "size_acf_1_60",
    size.statistic("autocorrelation", 60, [1]),
    "correlation",
    signedUnit,
    "Taylor 1986: of absolute returns, lag 1, 60 bars",
  ],
  [
    "size_acf_1_120",
    size.statistic("autocorrelation", 120, [1]),
    "correlation",
    signedUnit,
    "Taylor 1986: of absolute returns, lag 1, 120 bars",
  ],
  [
    "size_acf_5_120",
    size.statistic("autocorrelation", 120, [5]),
    "correlation",
    signedUnit,
    "Taylor 1986: of absolute returns, lag 5, 120 bars",
  ],
  [
    "volume_acf_2_60",
    volume.statistic("autocorrelation", 60, [2]),
    "correlation",
    signedUnit,
    "Box and Jenkins 1970: of volume, lag 2, 60 bars",
  ],
  [
    "volume_acf_5_120",
    volume.statistic("autocorrelation", 120, [5]),
    "correlation",
    signedUnit,
    "Box and Jenkins 1970: of volume, lag 5, 120 bars",
  ],
  ["ljung_box_60", ret.statistic("ljungBox", 60, [5]), "chi-square", aboveZero, "Ljung and Box 1978: 5 lags, 60 bars"],
  ["ljung_box_120", ret.statistic("ljungBox", 120, [10]), "chi-square", aboveZero, "Ljung and Box 1978: 10 lags, 120 bars"],
  ["mcleod_li_60", ret.statistic("mcLeodLi", 60, [5]), "chi-square", aboveZero, "McLeod and Li 1983: 5 lags of squares, 60 bars"],
  ["mcleod_li_120", ret.statistic("mcLeodLi", 120, [10]), "chi-square", aboveZero, "McLeod and Li 1983: 10 lags of squares, 120 bars"],
  ["random_walk_4_60", ret.statistic("varianceRatio", 60, [4]), "ratio", aboveZero, "Lo and MacKinlay 1988: variance ratio, 4 of 60 bars"],
  ["random_walk_8_60", ret.statistic("varianceRatio", 60, [8]), "ratio", aboveZero, "Lo and MacKinlay 1988: variance ratio, 8 of 60 bars"],
  [
    "random_walk_10_120",
    ret.statistic("varianceRatio", 120, [10]),
    "ratio",
    aboveZero,
    "Lo and MacKinlay 1988: variance ratio, 10 of 120 bars",
  ],
  [
    "random_walk_20_120",
    ret.statistic("varianceRatio", 120, [20]),
    "ratio",
    aboveZero,
    "Lo and MacKinlay 1988: variance ratio, 20 of 120 bars",
  ],
  [
    "random_walk_z_2_60",
    ret.statistic("varianceRatioZ", 60, [2]),
    "normal score",
    anything,
    "Lo and MacKinlay 1988: robust z, 2 of 60 bars",
  ],
  [
    "random_walk_z_6_120",
    ret.statistic("varianceRatioZ", 120, [6]),
    "normal score",
    anything,
    "Lo and MacKinlay 1988: robust z, 6 of 120 bars",
  ],
  ["runs_z_40", ret.statistic("runs", 40), "normal score", anything, "Wald and Wolfowitz 1940, 40 bars"],
  ["runs_z_120", ret.statistic("runs", 120), "normal score", anything, "Wald and Wolfowitz 1940, 120 bars"],
  ["time_reversal_60", ret.statistic("timeReversal", 60), "ratio", anything, "Ramsey and Rothman 1996, 60 bars"],
  ["time_reversal_120", ret.statistic("timeReversal", 120), "ratio", anything, "Ramsey and Rothman 1996, 120 bars"],
  ["bicorrelation_60", ret.statistic("bicorrelation", 60), "ratio", anything, "Hinich 1996: lags 1 and 2, 60 bars"],
  ["bicorrelation_120", ret.statistic("bicorrelation", 120), "ratio", anything, "Hinich 1996: lags 1 and 2, 120 bars"],
  [
    "chatterjee_60",
    statistic("chatterjee", [ret.lag(1), ret], 60),
    "ratio",
    [null, 1],
    "Chatterjee 2021: return on the one before, 60 bars",
  ],
  [
    "chatterjee_90",
    statistic("chatterjee", [ret.lag(1), ret], 90),
    "ratio",
    [null, 1],
    "Chatterjee 2021: return on the one before, 90 bars",
  ],
  [
    "quadrant_60",
    statistic("quadrant", [ret.lag(1), ret], 60),
    "correlation",
    signedUnit,
    "Blomqvist 1950: return and the one before, 60 bars",
  ],
  ["leverage_60", ret.lag(1).corr(size, 60), "correlation", signedUnit, "Black 1976: return and the size of the next one, 60 bars"],
  ["leverage_120", ret.lag(1).corr(size, 120), "correlation", signedUnit, "Black 1976: return and the size of the next one, 120 bars"],
  ["rank_volume_return_20", ranks(ret, volume, 20), "correlation", signedUnit, "Spearman 1904: return and volume, 20 bars"],
  ["rank_volume_return_60", ranks(ret, volume, 60), "correlation", signedUnit, "Spearman 1904: return and volume, 60 bars"],
  [
    "rank_volume_size_20",
    ranks(size, volume, 20),
    "correlation",
    signedUnit,
    "Spearman 1904; Karpoff 1987: absolute return and volume, 20 bars",
  ],
  [
    "rank_volume_size_90",
    ranks(size, volume, 90),
    "correlation",
    signedUnit,
    "Spearman 1904; Karpoff 1987: absolute return and volume, 90 bars",
  ],
  [
    "rank_volume_leads_60",
    ranks(volumeChange.lag(1), ret, 60),
    "correlation",
    signedUnit,
    "Spearman 1904: volume change and next return, 60 bars",
  ],
  [
    "kendall_volume_40",
    statistic("kendall", [ret, volumeChange], 40),
    "correlation",
    signedUnit,
    "Kendall 1945: return and volume change, 40 bars",
  ],
  ["volume_asymmetry_20", volumeAsymmetry(20), "ratio", anything, "Karpoff 1987: mean volume of rises less of falls over all, 20 bars"],
  ["volume_asymmetry_90", volumeAsymmetry(90), "ratio", anything, "Karpoff 1987: mean volume of rises less of falls over all, 90 bars"],
  ["information_discreteness_60", discreteness(60), "share", signedUnit, "Da, Gurun and Warachka 2014, equation 1, 60 bars"],
  ["information_discreteness_250", discreteness(250), "share", signedUnit, "Da, Gurun and Warachka 2014, equation 1, 250 bars"],
]);
