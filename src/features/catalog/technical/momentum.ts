// Momentum: differences of averages, rates of change and their smoothed forms.
import { anything, aboveMinusOne, unit, signedPercent } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low, open } from "#features/language/inputs.js";
import { Series, type Unit } from "#features/language/series.js";
import { atr, change, efficiency, hma, line, middle, ret, wma } from "./averages.js";
import { contrast, perPrice, yes } from "./bounds.js";

/** TA-Lib APO with plain and with exponential averages, and PPO. */
export const apo = <U extends Unit>(x: Series<U>, fast: number, slow: number): Series<U> => x.ema(fast).sub(x.ema(slow));
export const apoPlain = <U extends Unit>(x: Series<U>, fast: number, slow: number): Series<U> => x.sma(fast).sub(x.sma(slow));
export const ppo = (fast: number, slow: number): Series<"ratio"> => close.ema(fast).div(close.ema(slow)).sub(1).mul(100);

/** What is left of a line after its own average: a histogram. */
export const lessOwn = <U extends Unit>(x: Series<U>, average: Series<U>): Series<U> => x.sub(average);
/** TA-Lib MACDFIX: alphas 0.15 and 0.075, the classic roundings of 12 and 26 bars. */
const fixed = (bars: number, alpha: number): Series<"price"> => new Series({ op: "smooth", x: close.node, bars, alpha });
export const macdFix = fixed(12, 0.15).sub(fixed(26, 0.075));
export const macdExt = apoPlain(close, 12, 26);

/** TA-Lib ROC in percent. */
export const roc = (bars: number): Series<"ratio"> => close.change(bars).mul(100);
/** TA-Lib COPPOCK (Coppock 1962). */
export const coppock = (average: number, short: number, long: number): Series<"ratio"> => wma(roc(short).add(roc(long)), average);
/** TA-Lib TRIX (Hutson 1983), in percent. */
export const trix = (bars: number): Series<"ratio"> => close.ema(bars).ema(bars).ema(bars).change(1).mul(100);
/** TA-Lib DPO: the close of half a window ago less the mean. */
export const dpo = (bars: number): Series<"price"> => close.lag(Math.floor(bars / 2) + 1).sub(close.sma(bars));
/** TA-Lib TSI (Blau 1991). */
export const tsi = (first: number, second: number): Series<"ratio"> =>
  change.ema(first).ema(second).div(change.abs().ema(first).ema(second)).mul(100);
/** TA-Lib FOSC (Chande and Kroll 1994): close less the forecast made one bar before, in percent. */
export const fosc = (bars: number): Series<"ratio"> => perPrice(close.sub(line(close, bars, 1).lag(1))).mul(100);
/** Awesome oscillator (Williams 1998; TA-Lib AO). */
export const ao = apoPlain(middle, 5, 34);
/** TA-Lib ERI (Elder 1993). */
export const bullPower = (bars: number): Series<"price"> => high.sub(close.ema(bars));
export const bearPower = (bars: number): Series<"price"> => low.sub(close.ema(bars));
/** TA-Lib VHF (White 1991): distance of the extremes of n closes over n changes. */
export const vhf = (bars: number): Series<"ratio"> => close.rollingMax(bars).sub(close.rollingMin(bars)).div(change.abs().sum(bars));
/** TA-Lib QSTICK (Chande and Kroll 1994). */
export const qstick = (bars: number): Series<"price"> => close.sub(open).sma(bars);

/** Know sure thing (Pring 1992), in percent. */
const kst = roc(10).sma(10).add(roc(15).sma(10).mul(2)).add(roc(20).sma(10).mul(3)).add(roc(30).sma(15).mul(4));
/** Price momentum oscillator (Swenlin): two averages of the rate of change, alphas 2 / 35 and 2 / 20. */
const pmo = roc(1).ema(34).ema(19);
/** Rises and falls of a plain window: TA-Lib CMOU (Chande 1994). */
const up = change.max(0);
const down = change.neg().max(0);
export const cmou = (bars: number): Series<"ratio"> => contrast(up.sum(bars), down.sum(bars));
export const cmo = (bars: number): Series<"ratio"> => contrast(up.rma(bars), down.rma(bars));

export const momentum: readonly FeatureDefinition[] = defineFeatures("technical", 1, [
  ["apo_atr_5_20", apo(close, 5, 20).div(atr(20)), "true ranges", anything, "TA-Lib APO(5, 20) over ATR(20)"],
  ["ppo_sma_10_100", close.sma(10).div(close.sma(100)).sub(1), "ratio", aboveMinusOne, "TA-Lib PPO(10, 100), plain averages, / 100"],
  [
    "macd_hist_5_35",
    perPrice(lessOwn(apo(close, 5, 35), apo(close, 5, 35).ema(5))),
    "ratio",
    anything,
    "TA-Lib MACD(5, 35, 5) histogram over close; Appel 1979",
  ],
  ["macdfix_atr", macdFix.ema(9).div(atr(26)), "true ranges", anything, "TA-Lib MACDFIX(9) signal over ATR(26)"],
  [
    "macdext_hist",
    perPrice(lessOwn(macdExt, macdExt.sma(9))),
    "ratio",
    anything,
    "TA-Lib MACDEXT(12, 26, 9) histogram, plain averages, over close",
  ],
  ["mom_atr_40", close.diff(40).div(atr(14)), "true ranges", anything, "TA-Lib MOM(40) over ATR(14)"],
  ["mom_change_10", close.change(10).sub(close.change(10).lag(10)), "return", anything, "change of TA-Lib ROCP(10) over 10 bars"],
  ["coppock_change_5", coppock(10, 11, 14).diff(5), "percent", anything, "change of TA-Lib COPPOCK(10, 11, 14) over 5 bars; Coppock 1962"],
  ["kst", kst, "percent", anything, "know sure thing; Pring 1992"],
  ["kst_hist", lessOwn(kst, kst.sma(9)), "percent", anything, "know sure thing less its signal; Pring 1992"],
  ["pmo", pmo, "percent", anything, "price momentum oscillator: EMA(19) of EMA(34) of ROC(1); Swenlin"],
  ["trix_30", trix(30), "percent", anything, "TA-Lib TRIX(30); Hutson 1983"],
  ["trix_hist_9", lessOwn(trix(9), trix(9).ema(9)), "percent", anything, "TA-Lib TRIX(9) less its EMA(9); Hutson 1983"],
  ["dpo_20", perPrice(dpo(20)), "ratio", anything, "TA-Lib DPO(20) over close"],
  ["tsi_25_13", tsi(25, 13), "index", signedPercent, "TA-Lib TSI(25, 13); Blau 1991"],
  ["tsi_hist_13_7", lessOwn(tsi(13, 7), tsi(13, 7).ema(7)), "index", [-200, 200], "TA-Lib TSI(13, 7) less its EMA(7); Blau 1991"],
  ["fosc_14", fosc(14), "percent", anything, "TA-Lib FOSC(14); Chande and Kroll 1994"],
  ["ao", perPrice(ao), "ratio", anything, "TA-Lib AO(5, 34) over close; Williams 1998"],
  ["ac", perPrice(lessOwn(ao, ao.sma(5))), "ratio", anything, "TA-Lib AC(5, 34, 5) over close; Williams 1998"],
  ["bull_power_13", perPrice(bullPower(13)), "ratio", anything, "TA-Lib ERI(13) bull power over close; Elder 1993"],
  ["bear_power_13", perPrice(bearPower(13)), "ratio", anything, "TA-Lib ERI(13) bear power over close; Elder 1993"],
  ["efficiency_10", efficiency(close, 10), "ratio", unit, "TA-Lib ER(10), 1 where still; Kaufman 1995"],
  ["efficiency_60", efficiency(close, 60), "ratio", unit, "TA-Lib ER(60), 1 where still; Kaufman 1995"],
  ["vhf_28", vhf(28), "ratio", [0, 1 + 1e-9], "TA-Lib VHF(28); White 1991"],
  ["qstick_10", perPrice(qstick(10)), "ratio", anything, "TA-Lib QSTICK(10) over close; Chande and Kroll 1994"],
  ["cmou_14", cmou(14), "index", signedPercent, "TA-Lib CMOU(14): plain sums; Chande 1994"],
  ["cmo_5", cmo(5), "index", signedPercent, "TA-Lib CMO(5): Wilder's averages; Chande 1994"],
  [
    "pretty_good_50",
    close.sub(close.sma(50)).div(atr(50)),
    "true ranges",
    anything,
    "pretty good oscillator: close less SMA(50) over ATR(50); Johnson",
  ],
  ["psychological_12", yes(ret.gt(0)).mean(12), "share", unit, "psychological line: share of rises in 12 bars"],
  ["hull_trend", hma(close, 16).div(hma(close, 64)).sub(1).clip(-1, 1), "ratio", [-1, 1], "HMA(16) / HMA(64) - 1 within +-1; Hull 2005"],
  [
    "elder_impulse",
    close
      .ema(13)
      .diff(1)
      .sign()
      .add(
        lessOwn(apo(close, 12, 26), apo(close, 12, 26).ema(9))
          .diff(1)
          .sign(),
      ),
    "score",
    [-2, 2],
    "impulse system: signs of the changes of EMA(13) and of the MACD histogram; Elder 2002",
  ],
]);
