// Volatility: by ranges, by recursions, its jumps and its own variation.
import { aboveMinusOne, aboveZero, anything, signedUnit, unit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { fold } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";
import { garmanKlass, intraday, logRange, logReturn, overnight, parkinson, ret, rogersSatchell, size, variance } from "./quantities.js";

/** Yang and Zhang 2000, equation 10. */
const yangZhang = (bars: number): Series<"ratio"> => {
  const k = 0.34 / (1.34 + (bars + 1) / (bars - 1));
  return variance(overnight, bars)
    .add(variance(intraday, bars).mul(k))
    .add(rogersSatchell.mean(bars).mul(1 - k));
};
const closeVariance = (bars: number): Series<"ratio"> => variance(logReturn, bars);
const overnightShare = (bars: number): Series<"ratio"> =>
  variance(overnight, bars).div(variance(overnight, bars).add(variance(intraday, bars)));

/** RiskMetrics 1996: exponential mean of squares with this many bars (31 for 0.94). */
const riskMetrics = (bars: number): Series<"ratio"> => ret.square().ema(bars).sqrt();
/** Corsi 2009 with fixed weights: mean of the deviations of 1, 5 and 22 bars, of the ranges. */
const har = parkinson.sqrt().add(parkinson.mean(5).sqrt()).add(parkinson.mean(22).sqrt()).div(3);
const longRun = ret.square().mean(250);
const garch = (gamma: number, output: number): Series<"ratio"> =>
  fold("garch", [ret, longRun], [gamma === 0 ? 0.06 : 0.03, gamma, 0.92], output);
const component = (output: number): Series<"ratio"> => fold("componentGarch", [ret, longRun], [0.08, 0.8, 0.98, 0.03], output);

const realized = (bars: number): Series<"ratio"> => ret.square().mean(bars);
/** Barndorff-Nielsen and Shephard 2004: variance by products of neighbors, which jumps do not enter. */
const bipower = (bars: number): Series<"ratio"> =>
  size
    .mul<"ratio">(size.lag(1))
    .mean(bars)
    .mul(Math.PI / 2);
const quadpower = (bars: number): Series<"ratio"> =>
  size
    .mul<"ratio">(size.lag(1))
    .mul<"ratio">(size.lag(2).mul<"ratio">(size.lag(3)))
    .mean(bars)
    .mul(Math.PI ** 2 / 4);
const jump = (variance_: Series<"ratio">, bars: number): Series<"ratio"> => variance_.div(realized(bars)).neg().add(1);
/** Huang and Tauchen 2005, equation 8, with quad-power quarticity. */
const jumpZ = (bars: number): Series<"ratio"> =>
  jump(bipower(bars), bars).div(
    quadpower(bars)
      .div(bipower(bars).square())
      .max(1)
      .mul((Math.PI ** 2 / 4 + Math.PI - 5) / bars)
      .sqrt(),
  );
/** Andersen, Dobrev and Schaumburg 2012: mean square of the median of three neighbors. */
const medianVariance = (bars: number): Series<"ratio"> => {
  const [a, b, c] = [size, size.lag(1), size.lag(2)];
  const middle = a.min(b).max(a.max(b).min(c));
  return middle
    .square()
    .mean(bars)
    .mul(Math.PI / (6 - 4 * Math.sqrt(3) + Math.PI));
};
const volatility20 = ret.std(20);

export const volatility: readonly FeatureDefinition[] = defineFeatures("statistical", 1, [
  ["garman_klass_10", garmanKlass.mean(10).sqrt(), "return per bar", aboveZero, "Garman and Klass 1980, 10 bars"],
  ["rogers_satchell_40", rogersSatchell.max(0).mean(40).sqrt(), "return per bar", aboveZero, "Rogers and Satchell 1991, 40 bars"],
  ["yang_zhang_90", yangZhang(90).sqrt(), "return per bar", aboveZero, "Yang and Zhang 2000, 90 bars"],
  [
    "range_efficiency_20",
    parkinson.mean(20).div(closeVariance(20)),
    "ratio",
    aboveZero,
    "Parkinson 1980 over close-to-close variance, 20 bars",
  ],
  [
    "range_efficiency_60",
    parkinson.mean(60).div(closeVariance(60)),
    "ratio",
    aboveZero,
    "Parkinson 1980 over close-to-close variance, 60 bars",
  ],
  [
    "drift_share_60",
    rogersSatchell.mean(60).div(garmanKlass.mean(60)),
    "ratio",
    anything,
    "Rogers and Satchell 1991 over Garman and Klass 1980",
  ],
  ["yang_zhang_ratio_10_60", yangZhang(10).div(yangZhang(60)).sqrt(), "ratio", aboveZero, "Yang and Zhang 2000, 10 over 60 bars"],
  ["overnight_share_20", overnightShare(20), "share", unit, "French and Roll 1986: variance from close to open over all, 20 bars"],
  ["overnight_share_90", overnightShare(90), "share", unit, "French and Roll 1986: variance from close to open over all, 90 bars"],
  ["ewma_vol", riskMetrics(32), "return per bar", aboveZero, "RiskMetrics 1996: weight of the past 31/33"],
  ["ewma_ratio", riskMetrics(8).div(riskMetrics(99)), "ratio", aboveZero, "RiskMetrics 1996: weights of the past 7/9 and 0.98"],
  ["har_vol_ratio", har.div(parkinson.mean(120).sqrt()), "ratio", aboveZero, "Corsi 2009: 1, 5 and 22 bars against 120"],
  ["garch_vol", garch(0, 0), "return per bar", aboveZero, "Bollerslev 1986: 0.06, 0.92; variance target of 250 bars"],
  [
    "gjr_calibration_30",
    garch(0.06, 1).square().mean(30),
    "ratio",
    aboveZero,
    "Glosten, Jagannathan and Runkle 1993: mean squared return over its forecast, 30 bars",
  ],
  ["gjr_ratio", garch(0.06, 0).div(longRun.sqrt()), "ratio", aboveZero, "Glosten, Jagannathan and Runkle 1993 over 250 bars"],
  [
    "egarch_ratio",
    fold<"ratio">("egarch", [ret, longRun], [0.12, -0.08, 0.95]).div(longRun.sqrt()),
    "ratio",
    aboveZero,
    "Nelson 1991: 0.12, -0.08, 0.95 over 250 bars",
  ],
  ["component_short", component(0), "ratio", anything, "Engle and Lee 1999: transitory over permanent variance"],
  ["component_trend", component(1), "ratio", aboveMinusOne, "Engle and Lee 1999: permanent variance against 250 bars"],
  [
    "stochastic_vol",
    fold("stochasticVolatility", [ret.div(ret.std(120))], [0.95, 0.05]),
    "log ratio",
    anything,
    "Harvey, Ruiz and Shephard 1994",
  ],
  ["jump_share_20", jump(bipower(20), 20), "share", [null, 1], "Barndorff-Nielsen and Shephard 2004: 1 - bipower / realized, 20 bars"],
  ["jump_share_60", jump(bipower(60), 60), "share", [null, 1], "Barndorff-Nielsen and Shephard 2004: 1 - bipower / realized, 60 bars"],
  ["jump_share_120", jump(bipower(120), 120), "share", [null, 1], "Barndorff-Nielsen and Shephard 2004: 1 - bipower / realized, 120 bars"],
  [
    "jump_median_30",
    jump(medianVariance(30), 30),
    "share",
    [null, 1],
    "Andersen, Dobrev and Schaumburg 2012: 1 - median / realized, 30 bars",
  ],
  [
    "jump_median_90",
    jump(medianVariance(90), 90),
    "share",
    [null, 1],
    "Andersen, Dobrev and Schaumburg 2012: 1 - median / realized, 90 bars",
  ],
  ["jump_z_40", jumpZ(40), "normal score", anything, "Huang and Tauchen 2005, 40 bars"],
  [
    "vol_of_vol_60",
    volatility20.std(60).div(volatility20.mean(60)),
    "ratio",
    aboveZero,
    "deviation of 20-bar volatility over its mean, 60 bars",
  ],
  ["range_variation_20", logRange.std(20).div(logRange.mean(20)), "ratio", aboveZero, "deviation of log range over its mean, 20 bars"],
  ["range_variation_90", logRange.std(90).div(logRange.mean(90)), "ratio", aboveZero, "deviation of log range over its mean, 90 bars"],
  ["range_skew_60", logRange.skew(60), "ratio", anything, "population skewness of log range, 60 bars"],
  [
    "range_acf_1_60",
    logRange.statistic("autocorrelation", 60, [1]),
    "correlation",
    signedUnit,
    "Taylor 1986: of log range, lag 1, 60 bars",
  ],
  [
    "volatility_trend_60",
    size.slope(60).div(size.mean(60)).mul(60),
    "ratio",
    anything,
    "least-squares slope of absolute returns over their mean, 60 bars",
  ],
]);
