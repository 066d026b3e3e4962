// Trade flow: who takes, how much at once, in which order and rhythm. Windows are in bars of the run.
import { anything, aboveZero, aboveMinusOne, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, tape } from "#features/language/inputs.js";
import { type Series, statistic } from "#features/language/series.js";
import { ratio, shareOver, shortOverLong, standardised, tilt, tiltOver, variation, whereSome } from "./bounds.js";

const count = tape("trade", "count");
const volume = tape<"volume">("trade", "volume");
const bought = tape<"volume">("trade", "bought");
const sold = tape<"volume">("trade", "sold");
const buys = tape("trade", "buys");
const sells = tape("trade", "sells");
const money = tape<"money">("trade", "money");
const boughtMoney = tape<"money">("trade", "boughtMoney");
const soldMoney = tape<"money">("trade", "soldMoney");
const squares = tape<"mixed">("trade", "squares");
const cubes = tape<"mixed">("trade", "cubes");
const largest = tape<"volume">("trade", "largest");
const repeats = tape("trade", "repeats");
const turns = tape("trade", "turns");
const rises = tape("trade", "rises");
const falls = tape("trade", "falls");
const gaps = tape("trade", "gaps");

const net = bought.sub(sold);
const vwap = (bars: number): Series<"price"> => money.sum(bars).div(volume.sum(bars));
const square = (x: Series): Series => x.mul(x);
/** Mean squared size over squared mean size, at least 1. */
const sizeSpread = (bars: number): Series<"ratio"> => ratio(squares.sum(bars).mul(count.sum(bars)), square(volume.sum(bars)));
/** Third central moment of the sizes over their variance^1.5. */
const sizeSkew = (bars: number): Series<"ratio"> => {
  const n = count.sum(bars);
  const mean: Series = volume.sum(bars).div(n);
  const second = squares.sum(bars).div(n) as Series;
  const variance = ratio(second, square(mean)).sub(1).max(0);
  const third = ratio(cubes.sum(bars).div(n) as Series, square(mean).mul(mean))
    .sub(ratio(second, square(mean)).mul(3))
    .add(2);
  return third.div(variance.mul(variance.sqrt()));
};
/** Sum over bars of the variance of log prices within each bar x its volume. */
const apart = whereSome(
  volume,
  tape<"volume">("trade", "deviationSquares").sub(square(tape<"volume">("trade", "deviation")).div(volume) as Series as Series<"volume">),
).max(0);
/** Squared coefficient of variation of the times between trades, plus 1. */
const gapSpread = (bars: number): Series<"ratio"> =>
  tape("trade", "gapSquares").sum(bars).mul(count.sum(bars)).div(gaps.sum(bars).square());
const burst = (bars: number): Series<"ratio"> => {
  const cv = gapSpread(bars).sub(1).max(0).sqrt();
  return cv.sub(1).div(cv.add(1));
};
const leeReady = "Lee and Ready 1991 signs";

const rows: readonly FeatureRow[] = [
  ["trade_imbalance", tilt(bought, sold), "ratio", signedUnit, `(bought - sold) / both; ${leeReady}; Chordia, Roll and Subrahmanyam 2002`],
  [
    "trade_imbalance_10",
    tiltOver(bought, sold, 10),
    "ratio",
    signedUnit,
    `(bought - sold) / both; ${leeReady}; Chordia, Roll and Subrahmanyam 2002`,
  ],
  [
    "trade_imbalance_60",
    tiltOver(bought, sold, 60),
    "ratio",
    signedUnit,
    `(bought - sold) / both; ${leeReady}; Chordia, Roll and Subrahmanyam 2002`,
  ],
  [
    "trade_imbalance_ema_20",
    whereSome(bought.add(sold), tilt(bought, sold)).ema(20),
    "ratio",
    signedUnit,
    "exponential average of (bought - sold) / both, 0 at bars without trades",
  ],
  ["trade_count_imbalance_10", tiltOver(buys, sells, 10), "ratio", signedUnit, "OIBNUM of Chordia, Roll and Subrahmanyam 2002, scaled"],
  ["trade_count_imbalance_60", tiltOver(buys, sells, 60), "ratio", signedUnit, "OIBNUM of Chordia, Roll and Subrahmanyam 2002, scaled"],
  ["trade_imbalance_turn", tiltOver(bought, sold, 5).sub(tiltOver(bought, sold, 60)), "ratio", [-2, 2], "short less long trade imbalance"],
  ["trade_flow_z_60", standardised(net, 60), "deviations", anything, "net volume in deviations from its mean"],
  ["trade_flow_autocorr_60", net.corr(net.lag(1), 60), "correlation", signedUnit, "Hasbrouck and Ho 1987, order flow persistence"],
  ["trade_flow_autocorr_lag5_60", net.corr(net.lag(5), 60), "correlation", signedUnit, "Lillo and Farmer 2004, long memory of order flow"],
  ["trade_flow_share_up_20", net.sign().mean(20), "ratio", signedUnit, "mean sign of net volume"],
  [
    "trade_sign_run_60",
    net.sign().statistic("signRun", 60),
    "bars",
    [-60, 60],
    "bars in a row with net volume of one sign, times the sign",
  ],
  [
    "trade_longest_sign_run_60",
    net.sign().statistic("longestSignRun", 60),
    "bars",
    [0, 60],
    "longest run of one sign of net volume; Wald and Wolfowitz 1940",
  ],
  [
    "trade_size_imbalance_30",
    ratio(bought.sum(30).div(buys.sum(30)), sold.sum(30).div(sells.sum(30))).log(),
    "log ratio",
    anything,
    "mean size of buys over that of sells",
  ],
  ["trade_intensity_60", ratio(count, count.mean(60)), "ratio", aboveZero, "trades in the bar over their mean"],
  ["trade_intensity_5_60", shortOverLong(count, 5, 60), "ratio", aboveZero, "short over long mean number of trades"],
  ["trade_volume_5_60", shortOverLong(volume, 5, 60), "ratio", aboveZero, "short over long mean traded volume"],
  [
    "trade_clustering_60",
    ratio(count.std(60).square(), count.mean(60)),
    "ratio",
    aboveZero,
    "Fano factor of the number of trades: 1 for a Poisson process",
  ],
  ["trade_count_autocorr_60", count.corr(count.lag(1), 60), "correlation", signedUnit, "Hawkes 1971, self-excitement seen in counts"],
  [
    "trade_size_5_60",
    ratio(volume.sum(5).div(count.sum(5)), volume.sum(60).div(count.sum(60))),
    "ratio",
    aboveZero,
    "short over long mean trade size",
  ],
  ["trade_size_cv_20", sizeSpread(20).sub(1).max(0).sqrt(), "ratio", aboveZero, "coefficient of variation of trade sizes"],
  ["trade_size_skew_20", sizeSkew(20), "ratio", anything, "skewness of trade sizes"],
  ["trade_largest_share_20", ratio(largest.rollingMax(20), volume.sum(20)), "ratio", unit, "largest trade over all volume"],
  ["trade_size_concentration_20", ratio(squares.sum(20), square(volume.sum(20))), "ratio", unit, "Herfindahl index of trade sizes"],
  [
    "trade_largest_sign_20",
    tape("trade", "largestSign").mul(largest).sum(20).div(largest.sum(20)),
    "ratio",
    signedUnit,
    "signed size of each bar's largest trade; Barclay and Warner 1993",
  ],
  [
    "trade_informed_20",
    ratio(buys.sub(sells).abs().mean(20), buys.add(sells).mean(20)),
    "ratio",
    unit,
    "E|B - S| / E(B + S): Aktas, de Bodt, Declerck and Van Oppens 2007",
  ],
  [
    "vpin_50",
    statistic<"ratio">("vpin", [bought, sold], 50, [10]),
    "ratio",
    unit,
    "Easley, Lopez de Prado and O'Hara 2012, equation 4; 10 buckets",
  ],
  [
    "vpin_200",
    statistic<"ratio">("vpin", [bought, sold], 200, [50]),
    "ratio",
    unit,
    "Easley, Lopez de Prado and O'Hara 2012, equation 4; 50 buckets",
  ],
  ["trade_vwap_5_60", ratio(vwap(5), vwap(60)).sub(1), "return", aboveMinusOne, "short over long volume-weighted average price"],
  ["trade_close_vwap_20", ratio(close, vwap(20)).sub(1), "return", aboveMinusOne, "close over VWAP; Berkowitz, Logue and Noser 1988"],
  [
    "trade_side_vwap_20",
    ratio(boughtMoney.sum(20).div(bought.sum(20)), soldMoney.sum(20).div(sold.sum(20))).sub(1),
    "return",
    aboveMinusOne,
    "average price of buys over that of sells",
  ],
  [
    "trade_price_dispersion_20",
    shareOver(apart, volume, 20).sqrt(),
    "log return",
    aboveZero,
    "volume-weighted deviation of log prices within a bar",
  ],
  [
    "trade_repeat_share_20",
    shareOver(repeats, repeats.add(turns), 20),
    "ratio",
    unit,
    "share of trades on the side of the trade before; Biais, Hillion and Spatt 1995",
  ],
  [
    "trade_longest_run_20",
    ratio(tape("trade", "longestRun").rollingMax(20), count.mean(20)),
    "ratio",
    aboveZero,
    "longest run of one sign within a bar, in mean bars' trades",
  ],
  [
    "trade_run_volume_20",
    ratio(tape<"volume">("trade", "runVolume").rollingMax(20), volume.sum(20)),
    "ratio",
    unit,
    "volume of the largest run of one sign over all volume",
  ],
  ["trade_tick_balance_20", shareOver(rises.sub(falls), count, 20), "ratio", signedUnit, "up-ticks less down-ticks over trades"],
  ["trade_gap_mean_20", shareOver(gaps, count, 20), "seconds", aboveZero, "mean time between trades; Engle and Russell 1998"],
  ["trade_burstiness_20", burst(20), "ratio", signedUnit, "(cv - 1) / (cv + 1) of times between trades; Goh and Barabasi 2008"],
  [
    "trade_longest_gap_20",
    ratio(tape("trade", "longestGap").rollingMax(20), gaps.sum(20)),
    "ratio",
    unit,
    "longest time without a trade over all time",
  ],
  ["trade_flow_return_corr_60", net.corr(close.change(1), 60), "correlation", signedUnit, "correlation of net volume with returns"],
  ["trade_flow_size_corr_60", net.abs().corr(volume, 60), "correlation", signedUnit, "how one-sided busy bars are"],
  ["trade_flow_variation_60", variation(net.abs(), 60), "ratio", aboveZero, "coefficient of variation of |net volume|"],
  [
    "trade_range_position_20",
    ratio(
      tape<"price">("trade", "last").sub(tape<"price">("trade", "low").rollingMin(20)),
      tape<"price">("trade", "high").rollingMax(20).sub(tape<"price">("trade", "low").rollingMin(20)),
    ),
    "ratio",
    unit,
    "last trade within the range of trades",
  ],
];

export const tradeFeatures: readonly FeatureDefinition[] = defineFeatures("microstructure", 1, rows);
