// Liquidity from bars alone, where no trades, quotes or books are at hand: spreads from ranges and autocovariances, illiquidity ratios,
// impact regressions, volume and its order imbalance. Made for daily bars; windows are in bars of the run.
import { anything, aboveZero, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, high, low, open, volume } from "#features/language/inputs.js";
import { constant, type Series, statistic, where } from "#features/language/series.js";
import { pure, ratio, shareOver, shortOverLong, slopeOn, variation, whereSome } from "./bounds.js";

const ret = close.change(1);
const money = close.mul(volume);
const range = ratio(high, low).log();
const moved = where(ret.abs().gt(0), constant(1), 0);
/** 1 at bars with volume, 0 at those without. */
const active = where(volume.gt(0), constant(1), 0);
/** Volume over its mean: what can be compared between instruments. */
const relative = (bars: number): Series<"ratio"> => ratio(volume, volume.mean(bars));

/** Corwin and Schultz: of the bar and the one before, the range of both against those of each. */
const beta = range.square().add(range.square().lag(1));
const gamma = ratio(high.max(high.lag(1)), low.min(low.lag(1)))
  .log()
  .square();
const root = 3 - 2 * Math.SQRT2;
const alpha = beta
  .sqrt()
  .mul((Math.SQRT2 - 1) / root)
  .sub(gamma.div(root).sqrt());
const corwinSchultz = alpha.div(2).tanh().mul(2).max(0);

/** Abdi and Ranaldo: distance of the close from the middle of the log range, this bar's and the next one's. */
const logMiddle = (bars: number): Series<"ratio"> => {
  const today = ratio(close.lag(1).mul(close.lag(1)), high.lag(1).mul(low.lag(1))).log();
  const tomorrow = ratio(close.lag(1).mul(close.lag(1)), high.mul(low)).log();
  // Each logarithm is twice the distance from the middle of the range.
  return today.mul(tomorrow).mean(bars).max(0).sqrt();
};
const roll = (bars: number): Series<"ratio"> => ret.cov(ret.lag(1), bars).neg().max(0).sqrt().mul(2);

/** Per money; bars without volume say nothing. */
const illiquidity = (x: Series<"ratio">): Series => whereSome(volume, x.div(money) as Series);
/** A return per money, relative to its long mean: no unit is left. */
const illiquidityRatio = (x: Series<"ratio">, short: number, long: number): Series<"ratio"> =>
  ratio(illiquidity(x).sum(short).div(active.sum(short)), illiquidity(x).sum(long).div(active.sum(long)));
const down = ret.neg().max(0);

/** Coefficient of `a` in the regression of y on a, b and a constant. */
const partial = (y: Series<"ratio">, a: Series<"ratio">, b: Series<"ratio">, bars: number): Series<"ratio"> => {
  const [ya, yb, ab] = [y.cov(a, bars), y.cov(b, bars), a.cov(b, bars)];
  const [aa, bb] = [a.cov(a, bars), b.cov(b, bars)];
  return ya.mul(bb).sub(yb.mul(ab)).div(aa.mul(bb).sub(ab.square()));
};
const signedVolume = (bars: number): Series<"ratio"> => ret.sign().mul(relative(bars));
const location = where(high.gt(low), ratio(close.mul(2).sub(high).sub(low), high.sub(low)), 0);
const body = where(high.gt(low), ratio(close.sub(open).abs(), high.sub(low)), 0);
const cs = "Corwin and Schultz 2012, equations 14 and 18, no adjustment for gaps";
const elo = "Easley, Lopez de Prado and O'Hara 2012";

const rows: readonly FeatureRow[] = [
  ["roll_spread_20", roll(20), "ratio", aboveZero, "Roll 1984: 2 sqrt(-autocovariance of returns), 0 when it is positive"],
  ["roll_spread_60", roll(60), "ratio", aboveZero, "Roll 1984: 2 sqrt(-autocovariance of returns), 0 when it is positive"],
  ["corwin_schultz_20", corwinSchultz.mean(20), "ratio", aboveZero, `${cs}; two-bar estimates below 0 are 0`],
  ["corwin_schultz_60", corwinSchultz.mean(60), "ratio", aboveZero, `${cs}; two-bar estimates below 0 are 0`],
  ["abdi_ranaldo_20", logMiddle(20), "ratio", aboveZero, "Abdi and Ranaldo 2017, equation 10, monthly form"],
  ["abdi_ranaldo_60", logMiddle(60), "ratio", aboveZero, "Abdi and Ranaldo 2017, equation 10, monthly form"],
  ["amihud_ratio_5_60", illiquidityRatio(ret.abs(), 5, 60), "ratio", aboveZero, "Amihud 2002, short over long"],
  ["amihud_ratio_20_250", illiquidityRatio(ret.abs(), 20, 250), "ratio", aboveZero, "Amihud 2002, short over long"],
  [
    "amihud_down_share_60",
    shareOver(illiquidity(down), illiquidity(ret.abs()), 60),
    "ratio",
    unit,
    "share of falls in Amihud's measure; Brennan, Huh and Subrahmanyam 2013",
  ],
  ["range_illiquidity_5_60", illiquidityRatio(range, 5, 60), "ratio", aboveZero, "range per money, short over long"],
  [
    "overnight_illiquidity_60",
    shareOver(illiquidity(ratio(open, close.lag(1)).sub(1).abs()), illiquidity(ret.abs()), 60),
    "ratio",
    aboveZero,
    "Amihud's measure of gaps over that of returns; Barardehi, Bernhardt, Ruchti and Weidenmier 2021",
  ],
  [
    "amivest_5_60",
    shortOverLong(ratio(money, money.mean(60)).div(ret.abs().mean(20)), 5, 60),
    "ratio",
    aboveZero,
    "Amivest liquidity ratio (money per return), short over long; Cooper, Groth and Avera 1985",
  ],
  ["zero_return_share_60", moved.mean(60).neg().add(1), "ratio", unit, "Lesmond, Ogden and Trzcinka 1999, bars without a change of price"],
  ["zero_volume_share_60", active.mean(60).neg().add(1), "ratio", unit, "Liu 2006, bars without volume"],
  [
    "pastor_stambaugh_60",
    partial(ret, signedVolume(60).lag(1), ret.lag(1), 60),
    "return",
    anything,
    "Pastor and Stambaugh 2003, equation 1: return on the signed volume before, given the return before",
  ],
  [
    "pastor_stambaugh_120",
    partial(ret, signedVolume(60).lag(1), ret.lag(1), 120),
    "return",
    anything,
    "Pastor and Stambaugh 2003, equation 1: return on the signed volume before, given the return before",
  ],
  [
    "campbell_grossman_wang_60",
    partial(ret, ret.lag(1).mul(relative(60).lag(1)), ret.lag(1), 60),
    "ratio",
    anything,
    "Campbell, Grossman and Wang 1993, equation 2; Llorente, Michaely, Saar and Wang 2002: reversal after volume",
  ],
  ["kyle_lambda_bars_60", slopeOnPure(ret, signedVolume(60), 60), "return", anything, "Kyle 1985 with volume signed by the bar's return"],
  [
    "hasbrouck_fit_60",
    ret.corr(ret.sign().mul(relative(60).sqrt()), 60),
    "correlation",
    signedUnit,
    "fit of Hasbrouck 2009, equation 5, with volume signed by the bar's return: how much of returns volume explains",
  ],
  [
    "kyle_location_60",
    slopeOnPure(ret, location.mul(relative(60)), 60),
    "return",
    anything,
    "return on volume signed by the close's place in the range",
  ],
  ["impact_range_60", slopeOnPure(range, relative(60), 60), "log return", anything, "range on relative volume: what volume does to prices"],
  [
    "bulk_imbalance_20",
    statistic("bulkImbalance", [ret, volume], 20) as Series<"ratio">,
    "ratio",
    signedUnit,
    `bulk volume classification; ${elo}, equation 7`,
  ],
  [
    "bulk_imbalance_60",
    statistic("bulkImbalance", [ret, volume], 60) as Series<"ratio">,
    "ratio",
    signedUnit,
    `bulk volume classification; ${elo}, equation 7`,
  ],
  [
    "bulk_vpin_50",
    statistic("bulkVpin", [ret, volume], 50) as Series<"ratio">,
    "ratio",
    unit,
    `VPIN with bulk classification; ${elo}, equations 4 and 7`,
  ],
  [
    "bulk_location_50",
    shareOver(location.mul(volume).abs() as Series<"volume">, volume, 50),
    "ratio",
    unit,
    "one-sidedness of volume by the close's place in the range",
  ],
  [
    "signed_volume_autocorr_60",
    signedVolume(20).corr(signedVolume(20).lag(1), 60),
    "correlation",
    signedUnit,
    "persistence of volume signed by the bar's return",
  ],
  [
    "volume_variation_60",
    variation(volume, 60),
    "ratio",
    aboveZero,
    "coefficient of variation of volume; Chordia, Subrahmanyam and Anshuman 2001",
  ],
  ["money_volatility_60", ratio(money, money.lag(1)).log().std(60), "log ratio", aboveZero, "volatility of the money traded"],
  ["volume_skew_60", volume.skew(60), "ratio", anything, "skewness of volume"],
  [
    "volume_shock_50",
    volume.statistic<"ratio">("percentRank", 50),
    "percentile",
    unit,
    "rank of volume among the last bars; Gervais, Kaniel and Mingelgrin 2001",
  ],
  ["volume_range_corr_60", volume.corr(range, 60), "correlation", signedUnit, "correlation of volume and range; Karpoff 1987"],
  [
    "volume_return_lead_60",
    ret.corr(relative(20).lag(1), 60),
    "correlation",
    signedUnit,
    "correlation of returns with relative volume one bar before",
  ],
  [
    "range_per_volume_5_60",
    ratio(shareOver(range, relative(60), 5), shareOver(range, relative(60), 60)),
    "ratio",
    aboveZero,
    "short over long range per relative volume",
  ],
  ["body_share_20", body.mean(20), "ratio", unit, "|close - open| over high - low: how much of the range lasts"],
  ["path_share_20", ratio(ratio(close, close.lag(20)).log().abs(), range.sum(20)), "ratio", aboveZero, "net move over the sum of ranges"],
  [
    "price_delay_60",
    delayShare(60),
    "ratio",
    unit,
    "squared correlation of returns with signed volume one bar before, over that plus that of the same bar; after Hou and Moskowitz 2005",
  ],
  ["close_at_extreme_60", where(location.abs().gt(0.999), constant(1), 0).mean(60), "ratio", unit, "bars that close at their high or low"],
  [
    "narrow_bar_share_60",
    where(ratio(range, range.mean(60)).lt(constant(0.5)), constant(1), 0).mean(60),
    "ratio",
    unit,
    "bars with less than half the mean range",
  ],
  ["volume_above_mean_share_20", where(relative(60).gt(1), constant(1), 0).mean(20), "ratio", unit, "bars with more than the mean volume"],
];

export const liquidityFeatures: readonly FeatureDefinition[] = defineFeatures("microstructure", 1, rows);

function slopeOnPure(y: Series<"ratio">, x: Series<"ratio">, bars: number): Series<"ratio"> {
  return pure(slopeOn(y, x, bars));
}

/** Share of what the bar before explains of returns, given both. */
function delayShare(bars: number): Series<"ratio"> {
  const now = ret.corr(signedVolume(20), bars).square();
  const before = ret.corr(signedVolume(20).lag(1), bars).square();
  return before.div(now.add(before));
}
