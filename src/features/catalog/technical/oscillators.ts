// Oscillators: where the close stands within its recent range or among its recent moves.
import { anything, unit, signedUnit, percent, signedPercent } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low, open, typical } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import { constant, type Series, where } from "#features/language/series.js";
import { change, middle, range, ret, trueRange, wma } from "./averages.js";
import { shareOf } from "./bounds.js";

/** Where x stands between its lowest and highest, x 100 (TA-Lib STOCHF %K). */
const place = (x: Series<"price">, top: Series<"price">, bottom: Series<"price">, bars: number): Series<"ratio"> => {
  const lowest = bottom.rollingMin(bars);
  return x.sub(lowest).div(top.rollingMax(bars).sub(lowest)).mul(100);
};
/** TA-Lib STOCHF %K (Lane 1984). */
export const fastK = (bars: number): Series<"ratio"> => place(close, high, low, bars);
/** TA-Lib STOCH %K; its mean of `d` bars is %D. */
export const slowK = (bars: number, k: number): Series<"ratio"> => fastK(bars).sma(k);
/** TA-Lib RSI (Wilder 1978). */
export const rsi = (bars: number): Series<"ratio"> => shareOf(change.max(0).rma(bars), change.neg().max(0).rma(bars));
/** TA-Lib STOCHRSI %K (Chande and Kroll 1994). */
export const stochRsi = (bars: number, k: number): Series<"ratio"> => {
  const x = rsi(bars);
  const lowest = x.rollingMin(k);
  return x.sub(lowest).div(x.rollingMax(k).sub(lowest)).mul(100).clip(0, 100);
};
/** TA-Lib KDJ: Wilder's averages of %K. */
export const kdjK = fastK(9).rma(3);
export const kdjD = kdjK.rma(3);
/** TA-Lib WILLR (Williams 1973). */
export const willr = (bars: number): Series<"ratio"> => fastK(bars).sub(100);
/** TA-Lib CCI (Lambert 1980). */
export const cci = (bars: number): Series<"ratio"> =>
  typical.sub(typical.mean(bars)).div(typical.statistic<"price">("averageDeviation", bars).mul(0.015));
/** TA-Lib SMI (Blau 1993). */
export const smi = (bars: number, slow: number, fast: number): Series<"ratio"> => {
  const [top, bottom] = [high.rollingMax(bars), low.rollingMin(bars)];
  const off = close.sub(top.add(bottom).div(2));
  return off.ema(slow).ema(fast).div(top.sub(bottom).ema(slow).ema(fast)).mul(200);
};
/** TA-Lib ULTOSC (Williams 1985). */
const pressure = close.sub(low.min(close.lag(1)));
const average = (bars: number): Series<"ratio"> => pressure.sum(bars).div(trueRange.sum(bars));
export const ultosc = (a: number, b: number, c: number): Series<"ratio"> =>
  average(a)
    .mul(4)
    .add(average(b).mul(2))
    .add(average(c))
    .mul(100 / 7);
/** TA-Lib BOP (Livshin 2001); 0 without a range. */
export const bop = where(range.gt(0), close.sub(open).div(range), 0);
/** TA-Lib IMI (Chande and Kroll 1994). */
const body = close.sub(open);
export const imi = (bars: number): Series<"ratio"> => shareOf(body.max(0).sum(bars), body.neg().max(0).sum(bars));
/** TA-Lib PERCENTRANK / 100. */
export const percentRank = (x: Series, bars: number): Series<"ratio"> => x.statistic("shareBelow", bars + 1);

/** Relative vigor index (Ehlers 2002): symmetric weights 1, 2, 2, 1. */
const symmetric = (x: Series<"price">): Series<"price"> => x.add(x.lag(1).mul(2)).add(x.lag(2).mul(2)).add(x.lag(3)).div(6);
const vigor = symmetric(body).sum(10).div(symmetric(range).sum(10));
/** Connors' RSI (Connors and Alvarez 2012): RSI(3) of price, RSI(2) of the streak, percent rank of the return. */
const streak: Series<"ratio"> = fold("streak", [change], [20]);
const streakMove = streak.diff(1);
const connors = rsi(3)
  .add(shareOf(streakMove.max(0).rma(2), streakMove.neg().max(0).rma(2)))
  .add(percentRank(ret, 100).mul(100))
  .div(3);
/** Relative momentum index (Altman 1993): RSI of moves over 10 bars. */
const move = close.diff(10);
const rmi = shareOf(move.max(0).rma(6), move.neg().max(0).rma(6));
/** Wave trend (LazyBear 2014): a CCI with exponential averages. */
const off = typical.sub(typical.ema(10));
const waveTrend = off.div(off.abs().ema(10).mul(0.015)).ema(21);
/** Inverse Fisher transform of a smoothed RSI(5) (Ehlers 2004). */
const squashed = wma(rsi(5).sub(50).mul(0.1), 9);
/** Ehlers' Laguerre RSI (2004). */
const rises: Series<"price"> = fold("laguerre", [close], [0.7], 0);
const falls: Series<"price"> = fold("laguerre", [close], [0.7], 1);
/** Schaff-like stochastic of the difference of averages (Schaff 1999), one smoothing. */
const macd = close.ema(23).sub(close.ema(50));
const lowestMacd = macd.rollingMin(10);
const schaff = macd.sub(lowestMacd).div(macd.rollingMax(10).sub(lowestMacd)).mul(100).clip(0, 100).ema(3);

export const oscillators: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["rsi_3", rsi(3), "index", percent, "TA-Lib RSI(3), NaN without any move; Wilder 1978"],
  ["rsi_28", rsi(28), "index", percent, "TA-Lib RSI(28), NaN without any move; Wilder 1978"],
  ["rsi_change_14", rsi(14).diff(5), "index", signedPercent, "change of TA-Lib RSI(14) over 5 bars"],
  ["stoch_k_14_3", slowK(14, 3), "index", percent, "TA-Lib STOCH(14, 3) %K; Lane 1984"],
  ["stoch_d_40_5_5", slowK(40, 5).sma(5), "index", percent, "TA-Lib STOCH(40, 5, 5) %D; Lane 1984"],
  ["stoch_cross_14", slowK(14, 3).sub(slowK(14, 3).sma(3)), "index", signedPercent, "TA-Lib STOCH(14, 3, 3) %K less %D; Lane 1984"],
  ["stochf_3", fastK(3), "index", percent, "TA-Lib STOCHF(3) %K; Lane 1984"],
  ["stochrsi_14", stochRsi(14, 14), "index", percent, "TA-Lib STOCHRSI(14, 14) %K; Chande and Kroll 1994"],
  ["stochrsi_d_14_5", stochRsi(14, 5).sma(3), "index", percent, "TA-Lib STOCHRSI(14, 5, 3) %D; Chande and Kroll 1994"],
  ["kdj_j", kdjK.mul(3).sub(kdjD.mul(2)), "index", anything, "TA-Lib KDJ(9, 3, 3) J"],
  ["willr_14", willr(14), "index", [-100, 0], "TA-Lib WILLR(14); Williams 1973"],
  ["cci_14", cci(14), "index", anything, "TA-Lib CCI(14); Lambert 1980"],
  ["cci_50", cci(50), "index", anything, "TA-Lib CCI(50); Lambert 1980"],
  ["smi_13", smi(13, 25, 2), "index", [-100 - 1e-7, 100 + 1e-7], "TA-Lib SMI(13, 2, 25); Blau 1993"],
  ["ultosc", ultosc(7, 14, 28), "index", percent, "TA-Lib ULTOSC(7, 14, 28); Williams 1985"],
  ["bop_3", bop.sma(3), "ratio", signedUnit, "SMA(3) of TA-Lib BOP; Livshin 2001"],
  ["bop_14", bop.sma(14), "ratio", signedUnit, "SMA(14) of TA-Lib BOP; Livshin 2001"],
  ["imi_14", imi(14), "index", percent, "TA-Lib IMI(14), NaN without bodies; Chande and Kroll 1994"],
  ["relative_vigor_10", vigor, "ratio", signedUnit, "relative vigor index; Ehlers 2002"],
  [
    "relative_vigor_hist",
    vigor.sub(vigor.add(vigor.lag(1).mul(2)).add(vigor.lag(2).mul(2)).add(vigor.lag(3)).div(6)),
    "ratio",
    [-2, 2],
    "relative vigor index less its signal; Ehlers 2002",
  ],
  ["connors_rsi", connors, "index", percent, "Connors RSI(3, 2, 100); Connors and Alvarez 2012"],
  ["streak", streak, "bars", [-20, 20], "length of the run of rises or falls, at most 20; Connors and Alvarez 2012"],
  ["relative_momentum_6_10", rmi, "index", percent, "relative momentum index (6, 10); Altman 1993"],
  ["wave_trend", waveTrend, "index", anything, "wave trend (10, 21): smoothed (price - EMA) / (0.015 EMA of its size)"],
  ["fisher_rsi_5_9", squashed.tanh(), "ratio", signedUnit, "inverse Fisher transform of WMA(9) of RSI(5); Ehlers 2004"],
  [
    "fisher_10",
    fold<"ratio">("fisher", [place(middle, middle, middle, 10).div(100)]),
    "ratio",
    [-8, 8],
    "Fisher transform of the place in 10 bars; Ehlers 2002",
  ],
  ["laguerre_rsi", rises.div(rises.add(falls)), "ratio", unit, "Laguerre RSI, gamma 0.7; Ehlers 2004"],
  ["schaff_cycle", schaff, "index", percent, "stochastic(10) of EMA(23) - EMA(50), smoothed; Schaff 1999"],
  ["percent_rank_100", percentRank(close, 100), "share", unit, "TA-Lib PERCENTRANK(100) / 100"],
  ["return_rank_60", percentRank(ret, 60), "share", unit, "TA-Lib PERCENTRANK(60) of returns / 100; Connors and Alvarez 2012"],
  [
    "gravity_7",
    middle.statistic<"ratio">("balance", 7),
    "windows",
    [-0.5, 0.5],
    "center of gravity of 7 bars, from the middle of the window; Ehlers 2002",
  ],
  ["double_smooth_stoch", shareOfRange(), "index", percent, "double smoothed stochastic (13, 9, 5); Blau 1990"],
  [
    "close_location_10",
    where(range.gt(0), close.sub(low).div(range), constant(0.5)).mean(10),
    "share",
    unit,
    "mean place of the close within the bar over 10 bars; Williams' intraday %R",
  ],
]);

/** Blau's double smoothed stochastic: numerator and denominator averaged twice before they are divided. */
function shareOfRange(): Series<"ratio"> {
  const lowest = low.rollingMin(13);
  return close.sub(lowest).ema(9).ema(5).div(high.rollingMax(13).sub(lowest).ema(9).ema(5)).mul(100).clip(0, 100);
}
