// Volatility: size of the bars, and how it changes.
import { anything, aboveZero, aboveMinusOne, percent } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low } from "#features/language/inputs.js";
import { type Series } from "#features/language/series.js";
import { atr, change, line, range, trueRange } from "./averages.js";
import { perPrice, shareOf, yes } from "./bounds.js";

/** TA-Lib NATR, in percent. */
export const natr = (bars: number): Series<"ratio"> => perPrice(atr(bars)).mul(100);
/** TA-Lib ADR. */
export const adr = (bars: number): Series<"price"> => range.sma(bars);
/** Chaikin's volatility (TA-Lib CVI), in percent. */
export const cvi = (average: number, back: number): Series<"ratio"> => range.ema(average).change(back).mul(100);
/** Mass index (Dorsey 1992; TA-Lib MASSI). */
export const massIndex = (average: number, bars: number): Series<"ratio"> =>
  range.ema(average).div(range.ema(average).ema(average)).sum(bars);
/** Relative volatility index (Dorsey 1993; TA-Lib RVI). */
const spread = close.std(10);
export const rvi = (bars: number): Series<"ratio"> =>
  shareOf(yes(change.gt(0)).mul(spread).rma(bars), yes(change.neg().gt(0)).mul(spread).rma(bars));
/** Choppiness index (Dreiss 1993): 100 in a walk on the spot, 0 on a straight line. */
const choppiness = (bars: number): Series<"ratio"> =>
  trueRange
    .sum(bars)
    .div(
      high
        .max(close.lag(1))
        .rollingMax(bars)
        .sub(low.min(close.lag(1)).rollingMin(bars)),
    )
    .log()
    .mul(100 / Math.log(bars));

export const volatility: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["natr_50", natr(50), "percent", aboveZero, "TA-Lib NATR(50); Wilder 1978"],
  ["atr_ratio_5_50", atr(5).div(atr(50)), "ratio", aboveZero, "TA-Lib ATR(5) / ATR(50)"],
  ["true_range_1", perPrice(trueRange), "ratio", aboveZero, "TA-Lib TRANGE over close"],
  ["true_range_shock", trueRange.div(atr(14).lag(1)), "true ranges", aboveZero, "TA-Lib TRANGE over ATR(14) of the bar before"],
  ["adr_ratio_7_60", adr(7).div(adr(60)), "ratio", aboveZero, "TA-Lib ADR(7) / ADR(60); Crabel 1990 (narrow ranges)"],
  ["range_share", range.div(range.rollingMax(7)), "ratio", [0, 1], "range over the widest of 7 bars; Crabel 1990 (NR7, WS7)"],
  ["cvi_10", cvi(10, 10), "percent", [-100, null], "TA-Lib CVI(10, 10)"],
  ["mass_index", massIndex(9, 25), "ratio", aboveZero, "TA-Lib MASSI(9, 25); Dorsey 1992"],
  ["rvi_14", rvi(14), "index", percent, "TA-Lib RVI(14, 10); Dorsey 1993"],
  ["rvi_inertia", line(rvi(14), 20), "index", anything, "inertia: least-squares line of RVI(14) over 20 bars; Dorsey 1995"],
  ["choppiness_14", choppiness(14), "index", [-1e-9, 100 + 1e-9], "choppiness index of 14 bars; Dreiss 1993"],
  ["choppiness_50", choppiness(50), "index", [-1e-9, 100 + 1e-9], "choppiness index of 50 bars; Dreiss 1993"],
  ["ulcer_14", close.statistic<"ratio">("ulcer", 14), "ratio", [0, 1], "ulcer index of 14 bars; Martin and McCann 1989"],
  ["ulcer_60", close.statistic<"ratio">("ulcer", 60), "ratio", [0, 1], "ulcer index of 60 bars; Martin and McCann 1989"],
  ["gap_share_20", trueRange.sub(range).sum(20).div(trueRange.sum(20)), "share", [0, 1], "part of TA-Lib TRANGE outside the bar, 20 bars"],
  ["bollinger_width_change", close.std(20).change(10), "ratio", aboveMinusOne, "change of the width of TA-Lib BBANDS(20) over 10 bars"],
  ["variance_ratio_10_50", close.std(10).div(close.std(50)).square(), "ratio", aboveZero, "TA-Lib VAR(10) / VAR(50)"],
]);
