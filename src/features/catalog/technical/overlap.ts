// Overlap studies: where the close stands against averages, bands and stops, and how fast those move.
import { anything, aboveZero, aboveMinusOne, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low, typical } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import { type Series } from "#features/language/series.js";
import {
  atr,
  cyclePeriod,
  dema,
  hma,
  kama,
  mama,
  middle,
  range,
  t3,
  tema,
  trendLine,
  trima,
  variableMean,
  vwma,
  wma,
  zlema,
} from "./averages.js";
import { distance, overshoot, perPrice } from "./bounds.js";

/** TA-Lib MIDPOINT and MIDPRICE. */
export const midpoint = (bars: number): Series<"price"> => close.rollingMax(bars).add(close.rollingMin(bars)).div(2);
export const midprice = (bars: number): Series<"price"> => high.rollingMax(bars).add(low.rollingMin(bars)).div(2);

/** Acceleration bands (Headley 2002; TA-Lib ACCBANDS). */
const widening = range.div(high.add(low)).mul(4);
export const accUpper = (bars: number): Series<"price"> => high.mul(widening.add(1)).sma(bars);
export const accLower = (bars: number): Series<"price"> => low.mul(widening.neg().add(1)).sma(bars);

/** Parabolic stop (TA-Lib SAR) and its side (the sign of SAREXT). */
export const sar = (speed: number, most: number, output: 0 | 1, downSpeed = speed, downMost = most): Series =>
  fold("sar", [high, low], [speed, most, downSpeed, downMost], output);
/** Supertrend line (0) and side (1) (TA-Lib SUPERTREND). */
export const supertrend = (bars: number, multiplier: number, output: 0 | 1): Series =>
  fold("supertrend", [middle, atr(bars).mul(multiplier), close], [], output);

/** Keltner channel by the average true range (Raschke; TA-Lib KC): 1 at the upper band, -1 at the lower. */
const keltner = (bars: number, atrBars: number, multiple: number): Series<"ratio"> =>
  close.sub(typical.ema(bars)).div(atr(atrBars).mul(multiple));

/** Williams' smoothed averages of the middle, each shown some bars later (Williams 1998). */
const jaws = middle.rma(13).lag(8);
const teeth = middle.rma(8).lag(5);
const lips = middle.rma(5).lag(3);

export const overlap: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["dist_wma_10", distance(wma(close, 10)), "ratio", aboveMinusOne, "close / TA-Lib WMA(10) - 1"],
  ["trima_slope_40", trima(close, 40).change(10), "return", aboveMinusOne, "change of TA-Lib TRIMA(40) over 10 bars"],
  ["dist_dema_21", overshoot(dema(close, 21)), "ratio", anything, "1 - TA-Lib DEMA(21) / close; Mulloy 1994"],
  ["dist_tema_60", overshoot(tema(close, 60)), "ratio", anything, "1 - TA-Lib TEMA(60) / close; Mulloy 1994"],
  ["dist_t3_10", overshoot(t3(close, 10)), "ratio", anything, "1 - TA-Lib T3(10, 0.7) / close; Tillson 1998"],
  ["t3_slope_5", t3(close, 5).diff(1).div(close), "ratio", anything, "change of TA-Lib T3(5, 0.7) over close"],
  ["dist_kama_10", distance(kama(close, 10)), "ratio", aboveMinusOne, "close / TA-Lib KAMA(10) - 1; Kaufman 1995"],
  ["kama_slope_30", kama(close, 30).change(5), "return", aboveMinusOne, "change of TA-Lib KAMA(30) over 5 bars"],
  ["dist_hma_55", overshoot(hma(close, 55)), "ratio", anything, "1 - TA-Lib HMA(55) / close; Hull 2005"],
  ["hma_slope_20", hma(close, 20).diff(1).div(close), "ratio", anything, "change of TA-Lib HMA(20) over close"],
  [
    "zlema_cross_12_50",
    perPrice(zlema(close, 12).sub(zlema(close, 50))),
    "ratio",
    anything,
    "TA-Lib ZLEMA(12) - ZLEMA(50) over close; Ehlers and Way 2010",
  ],
  ["dist_rma_50", distance(close.rma(50)), "ratio", aboveMinusOne, "close / TA-Lib RMA(50) - 1"],
  ["dist_mama", distance(mama(0)), "ratio", aboveMinusOne, "close / TA-Lib MAMA(0.5, 0.05) - 1; Ehlers 2001"],
  ["mama_fama", mama(0).div(mama(1)).sub(1), "ratio", aboveMinusOne, "TA-Lib MAMA / FAMA - 1; Ehlers 2001"],
  ["dist_ht_trendline", distance(trendLine), "ratio", aboveMinusOne, "close / TA-Lib HT_TRENDLINE - 1; Ehlers 2001"],
  [
    "dist_mavp",
    distance(variableMean(close, cyclePeriod.mul(0.5), 2, 30)),
    "ratio",
    aboveMinusOne,
    "close / TA-Lib MAVP(half the dominant cycle, 2, 30) - 1",
  ],
  ["vwma_tilt_20", vwma(close, 20).div(close.sma(20)).sub(1), "ratio", aboveMinusOne, "TA-Lib VWMA(20) / SMA(20) - 1"],
  ["dist_vwap_40", distance(vwma(typical, 40)), "ratio", aboveMinusOne, "close / volume-weighted typical price of 40 bars - 1"],
  ["dist_midpoint_14", distance(midpoint(14)), "ratio", aboveMinusOne, "close / TA-Lib MIDPOINT(14) - 1"],
  ["dist_midprice_100", distance(midprice(100)), "ratio", aboveMinusOne, "close / TA-Lib MIDPRICE(100) - 1"],
  [
    "dist_sar",
    perPrice(close.sub(sar(0.02, 0.2, 0) as Series<"price">)),
    "ratio",
    anything,
    "1 - TA-Lib SAR(0.02, 0.2) / close; Wilder 1978",
  ],
  [
    "dist_sarext",
    perPrice(close.sub(sar(0.005, 0.05, 0, 0.01, 0.1) as Series<"price">)),
    "ratio",
    anything,
    "1 - |TA-Lib SAREXT| / close with 0.005 to 0.05 when long, 0.01 to 0.1 when short",
  ],
  [
    "accbands_pos_20",
    close.sub(accLower(20)).div(accUpper(20).sub(accLower(20))),
    "ratio",
    anything,
    "(close - lower) / (upper - lower) of TA-Lib ACCBANDS(20); Headley 2002",
  ],
  [
    "bollinger_squeeze_120",
    close.std(20).div(close.sma(20)).statistic<"ratio">("shareBelow", 121),
    "share",
    unit,
    "place of the width of TA-Lib BBANDS(20, 2) among those of 120 bars; Bollinger 2001",
  ],
  ["keltner_pos_8", keltner(8, 50, 2), "ratio", anything, "(close - middle) / (upper - middle) of TA-Lib KC(8, 50, 2)"],
  [
    "squeeze_20",
    close.std(20).mul(2).div(atr(20).mul(1.5)),
    "ratio",
    aboveZero,
    "Bollinger width over Keltner width; Carter 2005 (squeeze below 1)",
  ],
  [
    "donchian_width_20",
    high.rollingMax(20).sub(low.rollingMin(20)).div(close),
    "ratio",
    aboveZero,
    "(upper - lower) / close of TA-Lib DONCHIAN(20)",
  ],
  [
    "dist_supertrend",
    perPrice(close.sub(supertrend(10, 3, 0) as Series<"price">)),
    "ratio",
    anything,
    "1 - TA-Lib SUPERTREND(10, 3) / close",
  ],
  ["supertrend_side", supertrend(20, 2, 1) as Series<"ratio">, "sign", signedUnit, "side of TA-Lib SUPERTREND(20, 2)"],
  ["alligator_lips_jaws", perPrice(lips.sub(jaws)), "ratio", anything, "lips - jaws over close; Williams 1998"],
  ["alligator_lips_teeth", perPrice(lips.sub(teeth)), "ratio", anything, "lips - teeth over close; Williams 1998"],
]);
