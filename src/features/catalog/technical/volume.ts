// Volume: how it flows with the price. Cumulated lines (OBV, AD, PVT) appear as their rise over a window, which forgets.
import { anything, aboveZero, aboveMinusOne, signedUnit, percent, signedPercent } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low, typical, volume } from "#features/language/inputs.js";
import { constant, type Series, where } from "#features/language/series.js";
import { change, middle, range, ret, trueRange } from "./averages.js";
import { contrast, perPrice, shareOf, yes } from "./bounds.js";

/** TA-Lib AD per bar: volume times the place of the close in the bar, in [-1, 1]; 0 without a range. */
const location = where(range.gt(0), close.mul(2).sub(high).sub(low).div(range), 0);
export const flow = location.mul(volume);
/** TA-Lib OBV and PVT per bar. */
export const signed = change.sign().mul(volume);
export const trendFlow = ret.mul(volume);
/**
 * TA-Lib ADOSC (Chaikin): averages of cumulated flow differ by averages of flow alone, E_n(sum x) = sum x - (n - 1) / 2 E_n(x).
 */
export const adosc = (fast: number, slow: number): Series<"volume"> =>
  flow
    .ema(slow)
    .mul((slow - 1) / 2)
    .sub(flow.ema(fast).mul((fast - 1) / 2));
/** TA-Lib EFI (Elder 1993). */
export const force = (bars: number): Series<"money"> => change.mul(volume).ema(bars);
/** TA-Lib WAD per bar (Williams): the close against the true low after a rise, the true high after a fall. */
export const wad = where(
  change.gt(0),
  close.sub(low.min(close.lag(1))),
  where(change.neg().gt(0), close.sub(high.max(close.lag(1))), change.mul(0)),
);
/** TA-Lib RVOL. */
export const rvol = (bars: number): Series<"ratio"> => volume.div(volume.mean(bars).lag(1));
/** TA-Lib PVO in percent. */
export const pvo = (fast: number, slow: number): Series<"ratio"> => volume.ema(fast).div(volume.ema(slow)).sub(1).mul(100);
/** TA-Lib MARKETFI (Williams 1995). */
export const facilitation = range.div(volume);
/** Returns on bars with more (TA-Lib PVI) or less (NVI) volume than the bar before. */
const grown = volume.gt(volume.lag(1));
const shrunk = volume.lt(volume.lag(1));
export const positive = where(grown, ret, 0);
export const negative = where(shrunk, ret, 0);
/** Sums of three prices that are equal in decimals differ in their last bits: moves under 1e-12 are none (TA-Lib forgives them as well). */
const TIE = 1 + 1e-12;
const rose = typical.gt(typical.lag(1).mul(TIE));
const fell = typical.lag(1).gt(typical.mul(TIE));
/** TA-Lib MFI (Quong and Soudack 1989). */
const money = typical.mul(volume);
export const mfi = (bars: number): Series<"ratio"> => shareOf(where(rose, money, 0).sum(bars), where(fell, money, 0).sum(bars));

/** Ease of movement (Arms 1983): path of the middle per volume needed, in units of the usual range and volume. */
const ease = middle
  .diff(1)
  .div(range.mean(14))
  .mul(range.div(range.mean(14)))
  .div(volume.div(volume.mean(14)));
/** Volume of bars whose change is known, so that averages of signed and of all volume see the same bars. */
const paired = where(change.gt(0), volume, volume);
/** Twiggs money flow (Twiggs 2001): location within the true range, averaged as Wilder does. */
const trueLow = low.min(close.lag(1));
const trueHigh = high.max(close.lag(1));
const trueLocation = where(trueHigh.gt(trueLow), close.mul(2).sub(trueHigh).sub(trueLow).div(trueHigh.sub(trueLow)), 0);
/** Klinger's volume force (1997), with the trend by the typical price. */
const klinger = yes(rose).sub(yes(fell)).mul(volume);
/** Moving average of the close weighted by volume, exponential (Dormeier 2011). */
const weighted = (bars: number): Series<"price"> => close.mul(volume).ema(bars).div(volume.ema(bars));
const vwMacd = weighted(12).sub(weighted(26));
const upVolume = where(change.gt(0), volume, 0);
const downVolume = where(change.neg().gt(0), volume, 0);

export const volumes: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["adosc_3_10", adosc(3, 10).div(volume.ema(10)), "volumes", anything, "TA-Lib ADOSC(3, 10) over mean volume; Chaikin"],
  ["ad_rise_60", flow.sum(60).div(volume.sum(60)), "share", signedUnit, "rise of TA-Lib AD over 60 bars / volume"],
  ["obv_rise_60", signed.sum(60).div(volume.sum(60)), "share", signedUnit, "rise of TA-Lib OBV over 60 bars / volume; Granville 1963"],
  [
    "obv_hist",
    signed.ema(21).sub(signed.ema(9)).div(paired.ema(21)),
    "share",
    anything,
    "change of flow: EMA(21) - EMA(9) of signed volume / EMA(21) of volume; Granville 1963",
  ],
  ["pvt_rise_20", trendFlow.sum(20).div(volume.sum(20)), "return", anything, "rise of TA-Lib PVT over 20 bars / volume"],
  ["pvi_rise_60", positive.sum(60), "return", anything, "sum of returns in TA-Lib PVI over 60 bars; Fosback 1976"],
  ["nvi_rise_60", negative.sum(60), "return", anything, "sum of returns in TA-Lib NVI over 60 bars; Fosback 1976"],
  ["force_13", force(13).div(close.mul(volume).ema(13)), "return", anything, "TA-Lib EFI(13) over traded value; Elder 1993"],
  ["force_2", force(2).div(close.mul(volume).ema(30)), "return", anything, "TA-Lib EFI(2) over traded value of 30 bars; Elder 1993"],
  ["wad_rise_20", wad.sum(20).div(trueRange.sum(20)), "share", signedUnit, "rise of TA-Lib WAD over 20 bars / TRANGE; Williams"],
  ["rvol_120", rvol(120), "ratio", aboveZero, "TA-Lib RVOL(120)"],
  ["pvo_12_26", pvo(12, 26), "percent", [-100, null], "TA-Lib PVO(12, 26)"],
  ["pvo_hist", pvo(5, 35).sub(pvo(5, 35).ema(9)), "percent", anything, "TA-Lib PVO(5, 35) less its EMA(9)"],
  [
    "facilitation_20",
    facilitation.div(facilitation.mean(20)),
    "ratio",
    aboveZero,
    "TA-Lib MARKETFI over its mean of 20 bars; Williams 1995",
  ],
  ["mfi_28", mfi(28), "index", percent, "TA-Lib MFI(28), NaN without any move; Quong and Soudack 1989"],
  ["mfi_5", mfi(5), "index", percent, "TA-Lib MFI(5), NaN without any move; Quong and Soudack 1989"],
  [
    "mfi_less_rsi_14",
    mfi(14).sub(shareOf(change.max(0).sum(14), change.neg().max(0).sum(14))),
    "index",
    signedPercent,
    "TA-Lib MFI(14) less the same of unweighted moves",
  ],
  ["ease_of_movement_14", ease.mean(14), "ratio", anything, "ease of movement, ranges and volumes in units of their means; Arms 1983"],
  ["twiggs_money_flow_21", trueLocation.mul(volume).rma(21).div(paired.rma(21)), "share", signedUnit, "Twiggs money flow(21); Twiggs 2001"],
  [
    "klinger",
    klinger.ema(34).sub(klinger.ema(55)).div(paired.ema(55)),
    "share",
    anything,
    "volume oscillator of signed volume (34, 55) / volume; Klinger 1997",
  ],
  [
    "volume_zone_14",
    signed.ema(14).div(paired.ema(14)).mul(100),
    "index",
    signedPercent,
    "volume zone oscillator(14); Khalil and Steckler 2011",
  ],
  [
    "price_zone_14",
    change
      .sign()
      .mul(close)
      .ema(14)
      .div(where(change.gt(0), close, close).ema(14))
      .mul(100),
    "index",
    signedPercent,
    "price zone oscillator(14); Khalil and Steckler 2011",
  ],
  [
    "vw_macd_hist",
    perPrice(vwMacd.sub(vwMacd.ema(9))),
    "ratio",
    anything,
    "volume-weighted MACD(12, 26, 9) histogram over close; Dormeier 2011",
  ],
  [
    "up_volume_contrast_14",
    contrast(upVolume.rma(14), downVolume.rma(14)),
    "index",
    signedPercent,
    "volume of rises against volume of falls, Wilder's averages; Arms 1967",
  ],
  [
    "intraday_intensity_5",
    flow.sum(5).div(volume.sum(5)),
    "share",
    signedUnit,
    "intraday intensity of 5 bars; Bostian 1967, TA-Lib CMF(5)",
  ],
  [
    "volume_price_confirm",
    weighted(10).div(close.ema(10)).sub(1),
    "ratio",
    aboveMinusOne,
    "volume price confirmation: VWEMA(10) / EMA(10) - 1; Dormeier 2011",
  ],
  ["volume_climax_60", volume.div(volume.rollingMax(60)), "ratio", [0, 1], "volume over the most of 60 bars; TA-Lib MAX"],
  [
    "volume_trend_20",
    volume.slope(20).div(volume.mean(20)),
    "share per bar",
    anything,
    "TA-Lib LINEARREG_SLOPE(20) of volume over its mean",
  ],
  [
    "effort_result_20",
    where(volume.gt(0), trueRange.div(trueRange.mean(20)).div(volume.div(volume.mean(20))), constant(0)),
    "ratio",
    aboveZero,
    "range for volume, both over their means of 20 bars; Wyckoff 1931",
  ],
]);
