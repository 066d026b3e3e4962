// Direction and strength of a trend from highs and lows: Wilder's directional movement, Aroon, Vortex, Ichimoku.
import { anything, aboveZero, unit, signedUnit, percent, signedPercent } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import { constant, type Series, where } from "#features/language/series.js";
import { atr, trueRange } from "./averages.js";
import { midprice } from "./overlap.js";
import { contrast, distance, perPrice, shareOf } from "./bounds.js";

const rise = high.diff(1);
const fall = low.diff(1).neg();
/** One bar's directional movement: the larger of the two moves outside the bar before, if above 0. */
const plus = where(rise.gt(fall), rise.max(0), 0);
const minus = where(fall.gt(rise), fall.max(0), 0);

/** Wilder's sum, as inside TA-Lib DX. */
const wilder = (x: Series<"price">, bars: number): Series<"price"> => fold("wilderSum", [x], [bars]);
/** TA-Lib PLUS_DM, MINUS_DM, PLUS_DI, MINUS_DI, DX, ADX, ADXR (Wilder 1978). */
export const plusDm = (bars: number): Series<"price"> => wilder(plus, bars);
export const minusDm = (bars: number): Series<"price"> => wilder(minus, bars);
export const plusDi = (bars: number): Series<"ratio"> => plusDm(bars).div(wilder(trueRange, bars)).mul(100);
export const minusDi = (bars: number): Series<"ratio"> => minusDm(bars).div(wilder(trueRange, bars)).mul(100);
export const dx = (bars: number): Series<"ratio"> => contrast(plusDi(bars), minusDi(bars)).abs();
export const adx = (bars: number): Series<"ratio"> => dx(bars).rma(bars);
export const adxr = (bars: number): Series<"ratio"> =>
  adx(bars)
    .add(adx(bars).lag(bars - 1))
    .div(2);

/** TA-Lib AROON (Chande 1995): 100 when the extreme is now, 0 when `bars` ago. */
const freshness = (since: Series<"ratio">, bars: number): Series<"ratio"> =>
  since
    .neg()
    .add(bars)
    .mul(100 / bars);
export const aroonUp = (bars: number): Series<"ratio"> => freshness(high.statistic<"ratio">("sinceHighest", bars + 1), bars);
export const aroonDown = (bars: number): Series<"ratio"> => freshness(low.statistic<"ratio">("sinceLowest", bars + 1), bars);

/** TA-Lib VORTEX (Botes and Siepman 2010). */
export const vortexUp = (bars: number): Series<"ratio"> => high.sub(low.lag(1)).abs().sum(bars).div(trueRange.sum(bars));
export const vortexDown = (bars: number): Series<"ratio"> => low.sub(high.lag(1)).abs().sum(bars).div(trueRange.sum(bars));

/** Random walk index (Poulos 1990) over one length: the move against what a walk of the mean true range would come to. */
const walk = (move: Series<"price">, bars: number): Series<"ratio"> => move.div(trueRange.mean(bars).lag(1).mul(Math.sqrt(bars)));
const walkUp = (bars: number): Series<"ratio"> => walk(high.sub(low.lag(bars)), bars);
const walkDown = (bars: number): Series<"ratio"> => walk(high.lag(bars).sub(low), bars);

/** Ichimoku lines (Hosoda 1969); the cloud that lies under the present bar was drawn 26 bars ago. */
const tenkan = midprice(9);
const kijun = midprice(26);
const spanA = tenkan.add(kijun).div(2).lag(26);
const spanB = midprice(52).lag(26);
const top = spanA.max(spanB);
const bottom = spanA.min(spanB);

/** Chandelier exits (Le Beau 1999) of 22 bars and 3 true ranges. */
const exitLong = high.rollingMax(22).sub(atr(22).mul(3));
const exitShort = low.rollingMin(22).add(atr(22).mul(3));

/** Demand and supply (DeMark 1994). */
const demand = rise.max(0).sum(14);
const supply = fall.max(0).sum(14);

/** Deviations of the close from its mean, above and below (Lee, trend intensity index). */
const above = close.sub(close.sma(60)).max(0).sum(30);
const below = close.sma(60).sub(close).max(0).sum(30);

export const directional: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["adx_14", adx(14), "index", percent, "TA-Lib ADX(14); Wilder 1978"],
  ["adxr_14", adxr(14), "index", percent, "TA-Lib ADXR(14); Wilder 1978"],
  ["adx_change_14", adx(14).diff(5), "index", signedPercent, "change of TA-Lib ADX(14) over 5 bars"],
  ["dx_14", dx(14), "index", percent, "TA-Lib DX(14); Wilder 1978"],
  ["plus_di_14", plusDi(14), "index", [0, null], "TA-Lib PLUS_DI(14); Wilder 1978"],
  ["minus_di_14", minusDi(14), "index", [0, null], "TA-Lib MINUS_DI(14); Wilder 1978"],
  ["di_contrast_28", contrast(plusDi(28), minusDi(28)), "index", signedPercent, "DX(28) with its sign; Wilder 1978"],
  ["plus_dm_7", perPrice(plusDm(7)), "ratio", aboveZero, "TA-Lib PLUS_DM(7) over close; Wilder 1978"],
  ["minus_dm_7", perPrice(minusDm(7)), "ratio", aboveZero, "TA-Lib MINUS_DM(7) over close; Wilder 1978"],
  ["aroon_up_25", aroonUp(25), "index", percent, "TA-Lib AROON(25) up; Chande 1995"],
  ["aroon_down_25", aroonDown(25), "index", percent, "TA-Lib AROON(25) down; Chande 1995"],
  ["aroon_osc_14", aroonUp(14).sub(aroonDown(14)), "index", signedPercent, "TA-Lib AROONOSC(14); Chande 1995"],
  ["aroon_osc_50", aroonUp(50).sub(aroonDown(50)), "index", signedPercent, "TA-Lib AROONOSC(50); Chande 1995"],
  ["vortex_up_14", vortexUp(14), "ratio", aboveZero, "TA-Lib VORTEX(14) plus; Botes and Siepman 2010"],
  ["vortex_down_14", vortexDown(14), "ratio", aboveZero, "TA-Lib VORTEX(14) minus; Botes and Siepman 2010"],
  ["vortex_contrast_28", vortexUp(28).sub(vortexDown(28)), "ratio", anything, "TA-Lib VORTEX(28) plus less minus; Botes and Siepman 2010"],
  ["random_walk_up", walkUp(8).max(walkUp(24)), "ratio", anything, "random walk index of highs, the larger of 8 and 24 bars; Poulos 1990"],
  [
    "random_walk_down",
    walkDown(8).max(walkDown(24)),
    "ratio",
    anything,
    "random walk index of lows, the larger of 8 and 24 bars; Poulos 1990",
  ],
  ["dist_tenkan", distance(tenkan), "ratio", [-1, null], "close / tenkan - 1; Hosoda 1969"],
  ["dist_kijun", distance(kijun), "ratio", [-1, null], "close / kijun - 1; Hosoda 1969"],
  ["tenkan_kijun", perPrice(tenkan.sub(kijun)), "ratio", anything, "tenkan - kijun over close; Hosoda 1969"],
  [
    "cloud_distance",
    perPrice(close.sub(top).max(0).add(close.sub(bottom).min(0))),
    "ratio",
    anything,
    "close outside the cloud, 0 within it; Hosoda 1969",
  ],
  ["cloud_thickness", perPrice(spanA.sub(spanB)), "ratio", anything, "span A - span B over close; Hosoda 1969"],
  [
    "cloud_ahead",
    perPrice(tenkan.add(kijun).div(2).sub(midprice(52))),
    "ratio",
    anything,
    "cloud drawn now for 26 bars ahead, over close; Hosoda 1969",
  ],
  ["chandelier_long_22", perPrice(close.sub(exitLong)), "ratio", anything, "close less the long exit; Le Beau 1999"],
  ["chandelier_short_22", perPrice(exitShort.sub(close)), "ratio", anything, "short exit less the close; Le Beau 1999"],
  ["demarker_14", demand.div(demand.add(supply)), "ratio", unit, "DeMarker; DeMark 1994"],
  ["trend_intensity_30", shareOf(above, below), "index", percent, "trend intensity index of 30 bars about SMA(60); Lee 2002"],
  [
    "new_high_age_120",
    high.statistic<"ratio">("sinceHighest", 120).div(119),
    "share",
    unit,
    "bars since the highest high of 120 bars; TA-Lib MAXINDEX",
  ],
  [
    "new_low_age_120",
    low.statistic<"ratio">("sinceLowest", 120).div(119),
    "share",
    unit,
    "bars since the lowest low of 120 bars; TA-Lib MININDEX",
  ],
  [
    "fractal_balance_30",
    where(low.lag(2).gt(low.rollingMin(5)), constant(0), constant(1))
      .sub(where(high.rollingMax(5).gt(high.lag(2)), constant(0), constant(1)))
      .mean(30),
    "share",
    signedUnit,
    "swing lows less swing highs (TA-Lib FRACTAL(2, 2)) in 30 bars; Williams 1995",
  ],
  [
    "swing_trend",
    where(high.gt(high.lag(1)), constant(1), 0)
      .sub(where(low.lt(low.lag(1)), constant(1), 0))
      .mean(10),
    "share",
    signedUnit,
    "higher highs less lower lows in 10 bars; Dow's definition of a trend",
  ],
]);
