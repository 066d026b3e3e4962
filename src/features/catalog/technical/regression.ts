// TA-Lib's statistic functions on prices: least-squares lines, beta and correlation of highs and lows, deviations and ranks.
import { anything, aboveZero, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low, typical } from "#features/language/inputs.js";
import { type Series } from "#features/language/series.js";
import { line } from "./averages.js";
import { overshoot, perPrice } from "./bounds.js";

/** Slope of y on x (divisor n on both sides). */
const slopeOn = (y: Series<"ratio">, x: Series<"ratio">, bars: number): Series<"ratio"> => y.cov(x, bars).div(x.std(bars).square());
/** TA-Lib BETA: slope of the second series' returns on the first's. */
export const beta = (x: Series<"price">, y: Series<"price">, bars: number): Series<"ratio"> => slopeOn(y.change(1), x.change(1), bars);
/** Nearest-rank percentile of TA-Lib PERCENTILE differs from the interpolated one here (type 7). */
const quartiles = (bars: number): Series<"price"> => close.quantile(0.75, bars).sub(close.quantile(0.25, bars));
const residual = close.sub(line(close, 20));

export const regression: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["linreg_distance_40", overshoot(line(close, 40)), "ratio", anything, "1 - TA-Lib LINEARREG(40) / close"],
  ["linreg_slope_7", perPrice(close.slope(7)), "ratio", anything, "TA-Lib LINEARREG_SLOPE(7) over close"],
  ["linreg_slope_100", perPrice(close.slope(100)), "ratio", anything, "TA-Lib LINEARREG_SLOPE(100) over close"],
  [
    "linreg_angle_14",
    close
      .slope(14)
      .div(close.sma(14))
      .mul(100)
      .atan()
      .mul(180 / Math.PI),
    "degrees",
    [-90, 90],
    "TA-Lib LINEARREG_ANGLE(14) of the close in percent of its mean",
  ],
  ["linreg_intercept_30", overshoot(line(close, 30, -29)), "ratio", anything, "1 - TA-Lib LINEARREG_INTERCEPT(30) / close"],
  ["tsf_100", overshoot(line(close, 100, 1)), "ratio", anything, "1 - TA-Lib TSF(100) / close"],
  ["linreg_channel_20", residual.div(residual.std(20)), "deviations", anything, "close less TA-Lib LINEARREG(20), in deviations of that"],
  ["beta_high_low_20", beta(high, low, 20), "ratio", anything, "TA-Lib BETA(20) of high and low"],
  ["beta_low_high_60", beta(low, high, 60), "ratio", anything, "TA-Lib BETA(60) of low and high; Guangda 2017 (resistance and support)"],
  ["correl_high_low_30", high.corr(low, 30), "correlation", signedUnit, "TA-Lib CORREL(30) of high and low"],
  [
    "avgdev_ratio_14",
    typical.statistic<"price">("averageDeviation", 14).div(typical.std(14)),
    "ratio",
    [0, 1 + 1e-9],
    "TA-Lib AVGDEV(14) / STDDEV(14); Geary 1935",
  ],
  ["stddev_100", close.std(100).div(close.sma(100)), "ratio", aboveZero, "TA-Lib STDDEV(100) over SMA(100)"],
  ["quartile_range_30", perPrice(quartiles(30)), "ratio", aboveZero, "distance of TA-Lib PERCENTILE(30) at 75 and 25 over close"],
  ["dist_median_120", perPrice(close.sub(close.median(120))), "ratio", anything, "close less TA-Lib PERCENTILE(120) at 50 over close"],
]);
