// Trend: its direction, its order across horizons, its age, and what filters make of it.
import { aboveMinusOne, anything, signedUnit, unit } from "#features/language/bounds.js";
import { yes } from "#features/catalog/technical/bounds.js";
import { logReturn, parkinson, ret } from "#features/catalog/statistical/quantities.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";

const mean = (all: readonly Series<"ratio">[]): Series<"ratio"> => all.reduce((sum, x) => sum.add(x)).div(all.length);
/** Sign of each shorter average against the next longer one. */
const averages = [5, 10, 20, 50, 100, 200].map((bars) => close.sma(bars));
const order = mean(averages.slice(1).map((longer, k) => (averages[k] as Series<"price">).sub(longer).sign()));
const agreement = mean([5, 20, 60, 120, 250].map((bars) => close.diff(bars).sign()));
/** t statistic of the least-squares slope of the close; a perfect line is held at 1e-12 from 1. */
const slopeT = (bars: number): Series<"ratio"> => {
  const r = close
    .slope(bars)
    .div(close.std(bars))
    .mul(Math.sqrt((bars * bars - 1) / 12))
    .clip(-1, 1);
  return r.mul(Math.sqrt(bars - 2)).div(r.mul(r).neg().add(1).max(1e-12).sqrt());
};
/** Kaufman 1995, with its sign. */
const efficiency = (bars: number): Series<"ratio"> => close.diff(bars).div(close.diff(1).abs().sum(bars)).clip(-1, 1);
const age = (x: Series<"ratio">, cap: number): Series<"ratio"> => fold("stateLength", [x], [cap]);
const aboveAverage = close.div(close.sma(50)).sub(1);
const pullback = close
  .div(close.sma(20))
  .sub(1)
  .div(ret.std(60))
  .mul(close.sma(50).sub(close.sma(200)).sign());
const localTrend = (level: number, slope: number, output: number): Series<"ratio"> =>
  fold<"ratio">("localTrend", [logReturn], [level, slope], output).div(logReturn.std(60));
/** Noise of the price by its ranges, of the level by its returns. */
const noisy = (output: number): Series<"ratio"> =>
  fold("noisyLevel", [logReturn, parkinson.mean(5), logReturn.square().mean(60).mul(0.2)], [], output);

export const trendStates: readonly FeatureDefinition[] = defineFeatures("regime", 1, [
  ["trend_order", order, "share", signedUnit, "order of the averages of 5, 10, 20, 50, 100 and 200 bars: signs of neighbors, mean"],
  ["momentum_agreement", agreement, "share", signedUnit, "Moskowitz, Ooi and Pedersen 2012: mean sign of returns over 5 to 250 bars"],
  ["trend_t_120", slopeT(120), "t statistic", anything, "t statistic of the least-squares slope of the close, 120 bars"],
  ["signed_efficiency_120", efficiency(120), "ratio", signedUnit, "Kaufman 1995: efficiency ratio with sign, 120 bars"],
  ["efficiency_250", efficiency(250).abs(), "ratio", unit, "Kaufman 1995: efficiency ratio, 250 bars"],
  ["trend_conflict", efficiency(20).sub(efficiency(120)), "ratio", [-2, 2], "Kaufman 1995: signed efficiency of 20 less of 120 bars"],
  ["above_average_60", yes(aboveAverage.gt(0)).mean(60), "share", unit, "share of 60 bars with the close above its 50-bar average"],
  ["new_high_share_60", yes(close.gt(close.rollingMax(40).lag(1))).mean(60), "share", unit, "share of 60 bars with a 40-bar high"],
  ["new_low_share_60", yes(close.lt(close.rollingMin(40).lag(1))).mean(60), "share", unit, "share of 60 bars with a 40-bar low"],
  ["cross_age_50", age(aboveAverage, 100), "share of 100 bars", signedUnit, "bars since the close crossed its 50-bar average, with sign"],
  [
    "cross_age_20_100",
    age(close.sma(20).div(close.sma(100)).sub(1), 250),
    "share of 250 bars",
    signedUnit,
    "bars since the averages of 20 and 100 bars crossed, with sign",
  ],
  ["trend_pullback", pullback, "volatilities", anything, "distance from the 20-bar average along the trend of 50 over 200 bars"],
  ["kalman_slope_fast", localTrend(0.5, 0.01, 0), "volatilities", anything, "Harvey 1989, local linear trend 0.5 : 0.01: slope"],
  ["kalman_slope_slow", localTrend(0.1, 0.0001, 0), "volatilities", anything, "Harvey 1989, local linear trend 0.1 : 0.0001: slope"],
  ["kalman_shock", localTrend(0.1, 0.0001, 1), "volatilities", anything, "Harvey 1989, local linear trend 0.1 : 0.0001: innovation"],
  ["kalman_gain", noisy(0), "share", unit, "Harvey 1989, local level; noise by Parkinson ranges: gain"],
  [
    "kalman_gap",
    noisy(1).div(logReturn.std(60)),
    "volatilities",
    anything,
    "Harvey 1989, local level; noise by Parkinson ranges: price over level",
  ],
  [
    "sma_200_slope_20",
    close.sma(200).change(20).div(ret.std(60)),
    "volatilities",
    anything,
    "Faber 2007: rise of the 200-bar average in 20 bars",
  ],
  ["dist_low_250", close.div(close.rollingMin(250)).sub(1), "ratio", [0, null], "rise from the lowest close of 250 bars"],
  [
    "golden_cross",
    close.sma(50).div(close.sma(200)).sub(1),
    "ratio",
    aboveMinusOne,
    "Brock, Lakonishok and LeBaron 1992: averages of 50 over 200 bars",
  ],
]);
