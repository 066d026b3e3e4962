// The market's state, from all instruments of the moment: breadth, dispersion, correlation, volatility and stress, turbulence and absorption.
import { aboveZero, anything, signedUnit, unit } from "#features/language/bounds.js";
import { yes } from "#features/catalog/technical/bounds.js";
import { meanT, ret, size } from "#features/catalog/statistical/quantities.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, volume } from "#features/language/inputs.js";
import { across, fold } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";
import { runLength } from "./change-points.js";
import { bearish, scaled } from "./hidden-states.js";

const place = (x: Series<"ratio">, bars: number): Series<"ratio"> => x.statistic("percentile", bars);
/** Return of the market with equal weights. */
const market = across("mean", ret);
const dispersion = across("std", ret);
const advancing = across("share", ret);
const net = advancing.mul(2).sub(1);
const aboveAverage = (bars: number): Series<"ratio"> => across("share", close.div(close.sma(bars)).sub(1));
const newHighs = across("mean", yes(close.gt(close.rollingMax(60).lag(1))).sub(yes(close.lt(close.rollingMin(60).lag(1)))));
/** Variance of the market over the square of the mean deviation: the mean correlation of many instruments (Driessen, Maenhout and Vilkov 2009). */
const correlation = (bars: number): Series<"ratio"> =>
  market
    .std(bars)
    .div(across("mean", ret.std(bars)))
    .square();
const turbulence = across("turbulence", ret, [0.97, 60]);
const absorption = across("absorption", ret, [0.98, 60]);
const amihud = size.div(close.mul(volume));
const illiquidity = (amihud.mean(20) as Series).div(amihud.mean(120) as Series) as Series<"ratio">;
const volatility = ret.std(20);
const sectors = across("sectorSpread", ret);

export const marketStates: readonly FeatureDefinition[] = defineFeatures("regime", 1, [
  [
    "dispersion_ratio_1",
    dispersion.div(dispersion.mean(60)),
    "ratio",
    aboveZero,
    "Garcia, Mantilla-Garcia and Martellini 2014: dispersion over its 60-bar mean",
  ],
  ["dispersion_20", dispersion.mean(20), "return", aboveZero, "Garcia, Mantilla-Garcia and Martellini 2014: dispersion, 20 bars"],
  ["dispersion_percentile", place(dispersion.mean(5), 120), "percentile", unit, "place of 5-bar dispersion in the last 120"],
  [
    "dispersion_tails_20",
    across("quantileSpread", ret, [0.25]).div(dispersion).mean(20),
    "ratio",
    aboveZero,
    "quartile distance over dispersion, 20 bars",
  ],
  ["market_skew_1", across("skew", ret).mean(5), "ratio", anything, "skewness across instruments, 5 bars"],
  ["momentum_dispersion", across("std", close.change(120)), "return", aboveZero, "Stivers and Sun 2010: dispersion of 120-bar returns"],
  [
    "volatility_dispersion",
    across("std", volatility.div(ret.std(120)).log()),
    "log ratio",
    aboveZero,
    "dispersion of volatility ratios, 20 over 120 bars",
  ],
  ["sector_share_20", sectors.mean(20).div(dispersion.mean(20)), "ratio", aboveZero, "dispersion of sector means over dispersion, 20 bars"],
  ["breadth_1", advancing, "share", unit, "share of instruments that rise"],
  ["breadth_volatility_40", net.std(40), "share", unit, "standard deviation of net advances, 40 bars"],
  ["above_average_share_200", aboveAverage(200), "share", unit, "share of instruments above their 200-bar average"],
  ["above_average_change_50", aboveAverage(50).diff(20), "share", signedUnit, "change of the share above the 50-bar average over 20 bars"],
  ["net_new_highs_10", newHighs.mean(10), "share", signedUnit, "share of instruments at 60-bar highs less at lows, 10 bars"],
  ["average_correlation_20", correlation(20), "correlation", aboveZero, "Driessen, Maenhout and Vilkov 2009, 20 bars"],
  ["average_correlation_120", correlation(120), "correlation", aboveZero, "Driessen, Maenhout and Vilkov 2009, 120 bars"],
  [
    "correlation_change",
    correlation(20).div(correlation(120)).log(),
    "log ratio",
    anything,
    "Pollet and Wilson 2010: mean correlation of 20 over 120 bars",
  ],
  ["correlation_percentile", place(correlation(40), 120), "percentile", unit, "place of 40-bar mean correlation in the last 120"],
  [
    "market_correlation_gap",
    ret.corr(market, 40).sub(ret.corr(market, 120)),
    "correlation",
    [-2, 2],
    "correlation with the market, 40 less 120 bars",
  ],
  ["market_vol_20", market.std(20), "return per bar", aboveZero, "volatility of the market with equal weights, 20 bars"],
  ["market_vol_ratio_5_60", market.std(5).div(market.std(60)), "ratio", aboveZero, "volatility of the market, 5 over 60 bars"],
  ["market_vol_percentile", place(market.std(20), 250), "percentile", unit, "place of the market's 20-bar volatility in the last 250"],
  ["market_trend_60", meanT(market, 60), "t statistic", anything, "Student 1908: mean return of the market over its standard error"],
  [
    "market_drawdown_120",
    market.add(1).log().statistic("maxDrawdown", 120),
    "share",
    unit,
    "largest loss of the market from a high within 120 bars",
  ],
  ["market_skew_60", market.skew(60), "ratio", anything, "skewness of the market's return, 60 bars"],
  [
    "market_autocorrelation_60",
    market.statistic("autocorrelation", 60, [1]),
    "correlation",
    signedUnit,
    "Lo and MacKinlay 1990: of the market, lag 1, 60 bars",
  ],
  [
    "market_bear",
    fold("twoStates", [scaled(market, 120)], bearish),
    "probability",
    unit,
    "Hamilton 1989, filter on the market: falling and wild",
  ],
  [
    "market_run_length",
    runLength(scaled(market, 120), 0),
    "share of 40 bars",
    unit,
    "Adams and MacKay 2007: expected bars since the market changed",
  ],
  [
    "volatile_share",
    across("share", volatility.div(ret.std(120)).sub(1)),
    "share",
    unit,
    "share of instruments with more volatility over 20 than 120 bars",
  ],
  ["market_illiquidity", across("mean", illiquidity.log()), "log ratio", anything, "Amihud 2002: mean measure of 20 over 120 bars"],
  [
    "market_activity_5",
    across("mean", volume.div(volume.mean(60)).log()).mean(5),
    "log ratio",
    anything,
    "mean log volume against 60 bars, 5 bars",
  ],
  ["turbulence_1", turbulence, "ratio", aboveZero, "Kritzman and Li 2010, equation 1: sectors' returns against the past, weight 0.97"],
  ["turbulence_20", turbulence.mean(20), "ratio", aboveZero, "Kritzman and Li 2010, 20 bars"],
  ["turbulence_percentile", place(turbulence.mean(5), 120), "percentile", unit, "Kritzman and Li 2010: place of 5 bars in the last 120"],
  ["absorption_ratio", absorption, "share", unit, "Kritzman, Li, Page and Rigobon 2011: sectors, weight of the past 0.98"],
  [
    "absorption_shift",
    absorption.mean(15).sub(absorption.mean(120)).div(absorption.std(120)),
    "deviations",
    anything,
    "Kritzman, Li, Page and Rigobon 2011, equation 2",
  ],
  [
    "market_stress",
    place(market.std(20), 250)
      .add(place(correlation(40), 120))
      .add(place(dispersion.mean(5), 120))
      .div(3),
    "percentile",
    unit,
    "mean place of volatility, correlation and dispersion; after Hollo, Kremer and Lo Duca 2012",
  ],
]);
