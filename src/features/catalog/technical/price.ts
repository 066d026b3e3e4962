// Shape of the bar, Heikin-Ashi candles and pivots of the bar before.
import { anything, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low, open, typical } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import { type Series, where } from "#features/language/series.js";
import { middle, range } from "./averages.js";
import { distance, perPrice, yes } from "./bounds.js";

/** TA-Lib AVGPRICE, WCLPRICE (TYPPRICE is `typical`, MEDPRICE `middle`). */
export const averagePrice = open.add(high).add(low).add(close).div(4);
export const weightedClose = high.add(low).add(close.mul(2)).div(4);

/** Heikin-Ashi candle (TA-Lib HA); its close is the average price. */
export const haOpen: Series<"price"> = fold("heikinAshiOpen", [open, averagePrice]);
export const haHigh = high.max(haOpen).max(averagePrice);
export const haLow = low.min(haOpen).min(averagePrice);

const body = close.sub(open);
const upperShadow = high.sub(open.max(close));
const lowerShadow = open.min(close).sub(low);
/** Share of the bar's range, 0 without one. */
const share = (x: Series<"price">): Series<"ratio"> => where(range.gt(0), x.div(range), 0);

const pivot = typical.lag(1);
const rangeBefore = range.lag(1);

export const prices: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["dist_avgprice", distance(averagePrice), "ratio", [-1, 3], "close / TA-Lib AVGPRICE - 1"],
  ["typprice_change_1", typical.change(1), "return", [-1, null], "change of TA-Lib TYPPRICE"],
  ["dist_medprice_3", distance(middle.sma(3)), "ratio", [-1, 5], "close / mean of 3 TA-Lib MEDPRICE - 1"],
  ["wclprice_momentum_3", weightedClose.change(3), "return", [-1, null], "change of TA-Lib WCLPRICE over 3 bars"],
  ["ha_body", perPrice(averagePrice.sub(haOpen)), "ratio", anything, "body of TA-Lib HA over close; Valcu 2004"],
  ["ha_trend_10", yes(averagePrice.gt(haOpen)).mean(10), "share", unit, "share of rising TA-Lib HA candles in 10 bars; Valcu 2004"],
  [
    "ha_shadow",
    where(haHigh.gt(haLow), haHigh.sub(haOpen.max(averagePrice)).sub(haOpen.min(averagePrice).sub(haLow)).div(haHigh.sub(haLow)), 0),
    "share",
    signedUnit,
    "upper less lower shadow of TA-Lib HA over its range; Valcu 2004",
  ],
  ["body_share_1", share(body.abs()), "share", unit, "size of the body over the range; Nison 1991"],
  ["upper_shadow_5", share(upperShadow).mean(5), "share", unit, "mean upper shadow over the range, 5 bars; Nison 1991"],
  ["lower_shadow_5", share(lowerShadow).mean(5), "share", unit, "mean lower shadow over the range, 5 bars; Nison 1991"],
  [
    "pivot_distance",
    close.sub(pivot).div(rangeBefore),
    "ranges",
    anything,
    "close less pivot point in ranges of the bar before; floor traders",
  ],
  ["opening_range_1", open.sub(low.lag(1)).div(rangeBefore), "ranges", anything, "open within the range of the bar before (Taylor 1950)"],
  [
    "inside_bars_10",
    yes(high.lt(high.lag(1)))
      .mul(yes(low.gt(low.lag(1))))
      .mean(10),
    "share",
    unit,
    "share of inside bars in 10 bars; Crabel 1990",
  ],
  [
    "outside_bars_20",
    yes(high.gt(high.lag(1)))
      .mul(yes(low.lt(low.lag(1))))
      .mean(20),
    "share",
    unit,
    "share of outside bars in 20 bars; Crabel 1990",
  ],
]);
