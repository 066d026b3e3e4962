// The forty classic daily features, raw; registry.ts serves their cross-sectional ranks as the set `classic-40`. Bars are sessions here.
import { anything, aboveZero, aboveMinusOne, unit, signedUnit, type Bounds } from "#features/language/bounds.js";
import { defineFeature, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low, open, session, typical, volume } from "#features/language/inputs.js";
import { rank, type Series, where } from "#features/language/series.js";

const ret = close.div(close.lag(1)).sub(1);
const momentum = (bars: number): Series<"ratio"> => close.div(close.lag(bars)).sub(1);
const distance = (bars: number): Series<"ratio"> => close.div(close.sma(bars)).sub(1);
const change = close.sub(close.lag(1));
const gain = change.max(0).rma(14);
const loss = change.neg().max(0).rma(14);
const macd = close.ema(12).sub(close.ema(26));
const trueRange = high
  .sub(low)
  .max(high.sub(close.lag(1)).abs())
  .max(low.sub(close.lag(1)).abs());
const downside = ret.min(0);
const rangePosition = (bars: number): Series<"ratio"> => {
  const bottom = low.rollingMin(bars);
  return close.sub(bottom).div(high.rollingMax(bars).sub(bottom));
};
/** Where the close lies between low (-1) and high (1); 0 when they are equal, as in TA-Lib AD. */
const location = where(high.gt(low), close.mul(2).sub(high).sub(low).div(high.sub(low)), 0);
const flow = typical.mul(volume);
const risen = where(typical.gt(typical.lag(1)), flow, 0).sum(14);
const fallen = where(typical.lt(typical.lag(1)), flow, 0).sum(14);
const logRange = high.div(low).log();
/** Correlation of the close with time, and its t statistic; a perfect line is held at 1e-12 from 1. */
const trend = (bars: number): Series<"ratio"> => {
  const r = close
    .slope(bars)
    .div(close.std(bars))
    .mul(Math.sqrt((bars * bars - 1) / 12))
    .clip(-1, 1);
  return r.mul(Math.sqrt(bars - 2)).div(r.mul(r).neg().add(1).max(1e-12).sqrt());
};

const rows: readonly (readonly [name: string, group: string, expr: Series, unit: string, range: Bounds, source: string])[] = [
  ["mom_1", "momentum", momentum(1), "return", aboveMinusOne, "TA-Lib ROCP(1)"],
  ["mom_2", "momentum", momentum(2), "return", aboveMinusOne, "TA-Lib ROCP(2)"],
  ["mom_5", "momentum", momentum(5), "return", aboveMinusOne, "TA-Lib ROCP(5)"],
  ["mom_10", "momentum", momentum(10), "return", aboveMinusOne, "TA-Lib ROCP(10)"],
  ["mom_20", "momentum", momentum(20), "return", aboveMinusOne, "TA-Lib ROCP(20)"],
  ["mom_60", "momentum", momentum(60), "return", aboveMinusOne, "TA-Lib ROCP(60)"],
  ["mom_120", "momentum", momentum(120), "return", aboveMinusOne, "TA-Lib ROCP(120)"],
  [
    "mom_252_21",
    "momentum",
    close.lag(21).div(close.lag(252)).sub(1),
    "return",
    aboveMinusOne,
    "Jegadeesh and Titman 1993, one month skipped",
  ],
  ["reversal_5", "reversal", momentum(5).div(ret.std(60)).neg(), "volatilities", anything, "Lehmann 1990, scaled by volatility"],
  ["dist_sma_20", "trend", distance(20), "ratio", aboveMinusOne, "close / TA-Lib SMA(20) - 1"],
  ["dist_sma_50", "trend", distance(50), "ratio", aboveMinusOne, "close / TA-Lib SMA(50) - 1"],
  ["dist_sma_200", "trend", distance(200), "ratio", aboveMinusOne, "close / TA-Lib SMA(200) - 1; Brock, Lakonishok and LeBaron 1992"],
  ["ema_cross_12_26", "trend", close.ema(12).div(close.ema(26)).sub(1), "ratio", aboveMinusOne, "TA-Lib EMA(12) / EMA(26) - 1"],
  ["rsi_14", "oscillator", gain.div(gain.add(loss)).mul(100), "index", [0, 100], "Wilder 1978; TA-Lib RSI(14), NaN without any move"],
  [
    "macd_hist",
    "oscillator",
    macd.sub(macd.ema(9)).div(close),
    "ratio",
    anything,
    "Appel 1979; EMA(12) - EMA(26) less its EMA(9), over close",
  ],
  [
    "bollinger_b_20",
    "oscillator",
    close.sub(close.sma(20)).div(close.std(20).mul(4)).add(0.5),
    "ratio",
    anything,
    "TA-Lib BBANDS(20, 2): (close - lower) / (upper - lower)",
  ],
  ["atr_14", "volatility", trueRange.rma(14).div(close), "ratio", aboveZero, "Wilder 1978; TA-Lib NATR(14) / 100"],
  ["vol_20", "volatility", ret.std(20), "return per bar", aboveZero, "TA-Lib STDDEV(20) of returns"],
  ["vol_60", "volatility", ret.std(60), "return per bar", aboveZero, "TA-Lib STDDEV(60) of returns"],
  ["vol_ratio_5_60", "volatility", ret.std(5).div(ret.std(60)), "ratio", aboveZero, "short over long realised volatility"],
  [
    "downside_vol_60",
    "volatility",
    downside.mul(downside).mean(60).sqrt(),
    "return per bar",
    aboveZero,
    "Sortino and van der Meer 1991, target 0",
  ],
  ["skew_60", "distribution", ret.skew(60), "ratio", anything, "population skewness of returns"],
  ["donchian_20", "range", rangePosition(20), "ratio", unit, "Donchian channel position; TA-Lib MIN, MAX"],
  ["donchian_60", "range", rangePosition(60), "ratio", unit, "Donchian channel position; TA-Lib MIN, MAX"],
  ["donchian_252", "range", rangePosition(252), "ratio", unit, "George and Hwang 2004, nearness to the 52-week high"],
  ["volume_ratio_5_60", "volume", volume.mean(5).div(volume.mean(60)), "ratio", aboveZero, "short over long mean volume"],
  ["volume_z_20", "volume", volume.sub(volume.mean(20)).div(volume.std(20)), "deviations", anything, "volume in deviations from its mean"],
  ["amihud_20", "liquidity", ret.abs().div(close.mul(volume)).mean(20), "return per currency unit", aboveZero, "Amihud 2002, equation 1"],
  [
    "obv_20",
    "volume",
    ret.sign().mul(volume).sum(20).div(volume.sum(20)),
    "ratio",
    signedUnit,
    "Granville 1963: rise of on-balance volume over 20 bars / volume",
  ],
  ["mfi_14", "volume", risen.div(risen.add(fallen)).mul(100), "index", [0, 100], "TA-Lib MFI(14), NaN without any move"],
  ["gap_1", "overnight", session.gap, "return", aboveMinusOne, "open over the close before"],
  ["overnight_20", "overnight", session.gap.mean(20), "return per bar", aboveMinusOne, "Lou, Polk and Skouras 2019"],
  ["intraday_1", "overnight", close.div(open).sub(1), "return", aboveMinusOne, "close over open"],
  ["clv_1", "range", location, "ratio", signedUnit, "close location value; the multiplier of TA-Lib AD"],
  ["cmf_20", "volume", location.mul(volume).sum(20).div(volume.sum(20)), "ratio", signedUnit, "Chaikin money flow"],
  [
    "autocorr_20",
    "distribution",
    ret.corr(ret.lag(1), 20),
    "correlation",
    signedUnit,
    "TA-Lib CORREL(20) of returns with themselves one bar before",
  ],
  ["slope_t_60", "trend", trend(60), "t statistic", anything, "t statistic of the least-squares slope of the close"],
  ["max_ret_20", "distribution", ret.rollingMax(20), "return", aboveMinusOne, "Bali, Cakici and Whitelaw 2011 (MAX)"],
  [
    "parkinson_20",
    "volatility",
    logRange
      .mul(logRange)
      .mean(20)
      .div(4 * Math.LN2)
      .sqrt(),
    "return per bar",
    aboveZero,
    "Parkinson 1980",
  ],
  ["price_volume_corr_20", "volume", close.corr(volume, 20), "correlation", signedUnit, "TA-Lib CORREL(20) of close and volume"],
];

export const classic: readonly FeatureDefinition[] = rows.map(([name, group, expr, unitName, range, source]) =>
  defineFeature({ name, group, version: 1, expr, unit: unitName, range, source }),
);

/** The same formulas as ranks: comparable between instruments and days, which is what models want. */
export const classicRanks: readonly FeatureDefinition[] = rows.map(([name, group, expr, , , source]) =>
  defineFeature({
    name: `rank_${name}`,
    group,
    version: 1,
    expr: rank(expr),
    unit: "percentile",
    range: [-0.5, 0.5],
    source: `rank of: ${source}`,
  }),
);
