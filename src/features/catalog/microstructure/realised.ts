// Realised measures from trade to trade, and volume at price. Windows are in bars of the run.
import { anything, aboveZero, unit, signedUnit } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { tape } from "#features/language/inputs.js";
import type { Series } from "#features/language/series.js";
import { ratio, shareOver, shortOverLong, variation, whereSome } from "./bounds.js";

const count = tape("tick", "count");
const squares = tape("tick", "squares");
const absolute = tape("tick", "absolute");
const largest = tape("tick", "largest");
const net = tape("tick", "net");
const product = (lag: number): Series<"ratio"> => tape("tick", `product${lag}`);
/** Parzen weights at h / 5, h = 1..4. */
const parzen = [1, 2, 3, 4].map((h) => {
  const x = h / 5;
  return x <= 0.5 ? 1 - 6 * x * x + 6 * x ** 3 : 2 * (1 - x) ** 3;
});
/** Realised kernel over realised variance. */
const kernelRatio = (bars: number): Series<"ratio"> =>
  parzen
    .reduce<Series<"ratio">>(
      (sum, weight, k) =>
        sum.add(
          product(k + 1)
            .sum(bars)
            .mul(2 * weight),
        ),
      squares.sum(bars),
    )
    .max(0)
    .div(squares.sum(bars));
const continuous = (bars: number): Series<"ratio"> => shareOver(tape("tick", "bipower").mul(Math.PI / 2), squares, bars);
const rms = squares.sqrt();
const traded = tape<"volume">("trade", "volume");
const profile = (name: string): Series<"ratio"> => tape("profile", name);
/** Average over bars, weighted by their volume: bars without trades say nothing. */
const byVolume = (x: Series<"ratio">, bars: number): Series<"ratio"> => shareOver(whereSome(traded, x.mul(traded)), traded, bars);
const area = profile("above").sub(profile("below"));
const bns = "Barndorff-Nielsen and Shephard 2004";
const kernels = "Barndorff-Nielsen, Hansen, Lunde and Shephard 2009, equation 1 (Parzen, H = 4), over realised variance";

const rows: readonly FeatureRow[] = [
  [
    "tick_vol_20",
    squares.mean(20).sqrt(),
    "return per bar",
    aboveZero,
    "root of realised variance; Andersen, Bollerslev, Diebold and Labys 2003",
  ],
  ["tick_vol_5_60", shortOverLong(squares, 5, 60), "ratio", aboveZero, "short over long realised variance; Corsi 2009"],
  [
    "tick_jump_share_20",
    continuous(20).neg().add(1).max(0),
    "ratio",
    unit,
    `1 - bipower variation / realised variance, at least 0; ${bns}`,
  ],
  [
    "tick_jump_share_100",
    continuous(100).neg().add(1).max(0),
    "ratio",
    unit,
    `1 - bipower variation / realised variance, at least 0; ${bns}`,
  ],
  [
    "tick_min_rv_20",
    shareOver(tape("tick", "smaller").mul(Math.PI / (Math.PI - 2)), squares, 20),
    "ratio",
    aboveZero,
    "minRV over realised variance; Andersen, Dobrev and Schaumburg 2012, equation 5",
  ],
  ["realised_kernel_20", kernelRatio(20), "ratio", aboveZero, kernels],
  ["realised_kernel_100", kernelRatio(100), "ratio", aboveZero, kernels],
  [
    "tick_roll_20",
    product(1).neg().sum(20).max(0).div(count.sum(20)).sqrt().mul(2),
    "ratio",
    aboveZero,
    "Roll 1984 from trade to trade: 2 sqrt(-autocovariance), 0 when it is positive",
  ],
  [
    "tick_autocorr_20",
    shareOver(product(1), squares, 20),
    "ratio",
    anything,
    "first autocorrelation of returns between trades; Hasbrouck 2007, section 3.5",
  ],
  ["tick_autocorr_lag2_20", shareOver(product(2), squares, 20), "ratio", anything, "second autocorrelation of returns between trades"],
  [
    "tick_kurtosis_20",
    ratio(tape("tick", "fourths").sum(20).mul(count.sum(20)), squares.sum(20).square()),
    "ratio",
    aboveZero,
    "realised kurtosis; Amaya, Christoffersen, Jacobs and Vasquez 2015, equation 4",
  ],
  [
    "tick_skew_20",
    ratio(tape("tick", "cubes").sum(20).mul(count.sum(20).sqrt()), squares.sum(20).mul(squares.sum(20).sqrt())),
    "ratio",
    anything,
    "realised skewness; Amaya, Christoffersen, Jacobs and Vasquez 2015, equation 3",
  ],
  [
    "tick_signed_jump_20",
    shareOver(tape("tick", "riseSquares").mul(2).sub(squares), squares, 20),
    "ratio",
    signedUnit,
    "signed jump variation over realised variance; Patton and Sheppard 2015",
  ],
  [
    "tick_signed_jump_100",
    shareOver(tape("tick", "riseSquares").mul(2).sub(squares), squares, 100),
    "ratio",
    signedUnit,
    "signed jump variation over realised variance; Patton and Sheppard 2015",
  ],
  [
    "tick_largest_20",
    ratio(largest.square().rollingMax(20), squares.sum(20)),
    "ratio",
    unit,
    "largest squared return over realised variance",
  ],
  [
    "tick_efficiency_20",
    ratio(net.sum(20).abs(), absolute.sum(20)),
    "ratio",
    unit,
    "net over gross path from trade to trade; Kaufman 1995",
  ],
  [
    "tick_variance_ratio_20",
    shareOver(net.square(), squares, 20),
    "ratio",
    aboveZero,
    "variance of bars over that of trades; Lo and MacKinlay 1988",
  ],
  [
    "tick_variance_ratio_100",
    shareOver(net.square(), squares, 100),
    "ratio",
    aboveZero,
    "variance of bars over that of trades; Lo and MacKinlay 1988",
  ],
  ["tick_move_share_20", shareOver(tape("tick", "moves"), count, 20), "ratio", unit, "trades that move the price"],
  ["tick_step_20", shareOver(absolute, tape("tick", "moves"), 20), "log return", aboveZero, "mean size of a price change between trades"],
  [
    "tick_vol_of_vol_60",
    variation(rms, 60),
    "ratio",
    aboveZero,
    "coefficient of variation of realised volatility; Corsi, Mittnik, Pigorsch and Pigorsch 2008",
  ],
  ["tick_vol_autocorr_60", rms.corr(rms.lag(1), 60), "correlation", signedUnit, "clustering of realised volatility"],
  [
    "tick_leverage_60",
    net.corr(squares, 60),
    "correlation",
    signedUnit,
    "correlation of return and realised variance; Bollerslev, Litvinova and Tauchen 2006",
  ],
  [
    "tick_per_trade_5_60",
    ratio(shareOver(squares, count, 5), shareOver(squares, count, 60)),
    "ratio",
    aboveZero,
    "short over long variance per trade; Jones, Kaul and Lipson 1994",
  ],
  [
    "tick_vol_count_corr_60",
    squares.corr(count, 60),
    "correlation",
    signedUnit,
    "correlation of realised variance and number of trades; Ane and Geman 2000",
  ],
  [
    "profile_modal_share_10",
    byVolume(profile("modal"), 10),
    "ratio",
    unit,
    "share of the volume at the bar's fullest price bin; Steidlmayer 1984",
  ],
  [
    "profile_second_share_10",
    byVolume(profile("second"), 10),
    "ratio",
    unit,
    "share of the fullest bin that is no neighbor of the fullest: two-humped profiles",
  ],
  ["profile_entropy_10", byVolume(profile("entropy"), 10), "nats", [0, Math.log(32)], "entropy of volume over price bins"],
  ["profile_bins_10", byVolume(profile("occupied"), 10), "bins", [1, 32], "price bins with volume"],
  ["profile_mode_distance", profile("fromMode"), "log return", anything, "last trade from the fullest price bin (point of control)"],
  [
    "profile_mode_distance_10",
    ratio(byVolume(profile("fromMode"), 10), byVolume(profile("fromMode").abs(), 10)),
    "ratio",
    signedUnit,
    "on which side of the fullest bins the bars end",
  ],
  [
    "profile_value_area_10",
    byVolume(area, 10),
    "log return",
    aboveZero,
    "width of the bins that hold 70 % of the volume; Steidlmayer 1984",
  ],
  ["profile_value_area_5_60", ratio(byVolume(area, 5), byVolume(area, 60)), "ratio", aboveZero, "short over long width of the value area"],
  [
    "profile_value_area_tilt_10",
    ratio(byVolume(profile("above").add(profile("below")), 10), byVolume(area, 10)),
    "ratio",
    signedUnit,
    "how much more of the value area is above the fullest bin",
  ],
  [
    "profile_overhang",
    profile("overhang"),
    "ratio",
    signedUnit,
    "volume above the last price less that below; Grinblatt and Han 2005 within a bar",
  ],
  [
    "profile_overhang_10",
    byVolume(profile("overhang"), 10),
    "ratio",
    signedUnit,
    "volume above the last price less that below; Grinblatt and Han 2005 within a bar",
  ],
];

export const realisedFeatures: readonly FeatureDefinition[] = defineFeatures("microstructure", 1, rows);
