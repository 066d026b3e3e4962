// Changes: how long the present state has lasted, how probable a recent change is, and the statistics that watch for one.
import { aboveZero, anything, unit } from "#features/language/bounds.js";
import { logRange, ret, size, standardized } from "#features/catalog/statistical/quantities.js";
import { defineFeatures, type FeatureDefinition } from "#features/language/definition.js";
import { volume } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";

/** A change every 60 bars on average, runs of up to 40 bars told apart. */
export const runLength = (x: Series<"ratio">, output: number): Series<"ratio"> => fold("runLength", [x], [60, 40], output);
const range = logRange.div(logRange.mean(120)).sub(1).mul(2);
const activity = volume.div(volume.mean(120)).log();
const squared = standardized.square().sub(1);

export const changePoints: readonly FeatureDefinition[] = defineFeatures("regime", 1, [
  ["run_length", runLength(standardized, 0), "share of 40 bars", unit, "Adams and MacKay 2007: expected bars since returns changed"],
  ["recent_change", runLength(standardized, 1), "probability", unit, "Adams and MacKay 2007: returns changed within five bars"],
  ["run_surprise", runLength(standardized, 2), "nats", anything, "Adams and MacKay 2007: minus log density of the return as predicted"],
  ["range_run_length", runLength(range, 0), "share of 40 bars", unit, "Adams and MacKay 2007: expected bars since log ranges changed"],
  ["range_recent_change", runLength(range, 1), "probability", unit, "Adams and MacKay 2007: log ranges changed within five bars"],
  ["volume_run_length", runLength(activity, 0), "share of 40 bars", unit, "Adams and MacKay 2007: expected bars since log volume changed"],
  ["cusum_up_40", standardized.statistic("cusum", 40, [0.25]), "deviations", aboveZero, "Page 1954: returns upward, drift 0.25, 40 bars"],
  [
    "cusum_down_40",
    standardized.neg().statistic("cusum", 40, [0.25]),
    "deviations",
    aboveZero,
    "Page 1954: returns downward, drift 0.25, 40 bars",
  ],
  [
    "cusum_vol_up_60",
    squared.statistic("cusum", 60, [0.5]),
    "variances",
    aboveZero,
    "Page 1954: squared returns upward, drift 0.5, 60 bars",
  ],
  [
    "cusum_vol_down_60",
    squared.neg().statistic("cusum", 60, [0.25]),
    "variances",
    aboveZero,
    "Page 1954: squared returns downward, drift 0.25",
  ],
  [
    "page_hinkley_volume_60",
    activity.statistic("pageHinkley", 60, [0.05]),
    "log volumes",
    aboveZero,
    "Hinkley 1971: log volume, drift 0.05, 60 bars",
  ],
  ["page_hinkley_range_60", range.statistic("pageHinkley", 60, [0.1]), "ratio", aboveZero, "Hinkley 1971: log ranges, drift 0.1, 60 bars"],
  ["mean_break_60", ret.statistic("meanBreak", 60), "bridge", anything, "Ploberger and Kraemer 1992: mean, 60 bars, with direction"],
  ["mean_break_120", ret.statistic("meanBreak", 120), "bridge", anything, "Ploberger and Kraemer 1992: mean, 120 bars, with direction"],
  [
    "mean_break_age_120",
    ret.statistic("breakAge", 120),
    "share of 120 bars",
    unit,
    "Ploberger and Kraemer 1992: bars since the mean's break",
  ],
  ["variance_break_60", ret.statistic("varianceBreak", 60), "bridge", anything, "Inclan and Tiao 1994: variance, 60 bars, with direction"],
  [
    "variance_break_120",
    ret.statistic("varianceBreak", 120),
    "bridge",
    anything,
    "Inclan and Tiao 1994: variance, 120 bars, with direction",
  ],
  [
    "variance_break_age_120",
    ret.statistic("varianceBreakAge", 120),
    "share of 120 bars",
    unit,
    "Inclan and Tiao 1994: bars since the variance's break",
  ],
  [
    "distribution_shift_80",
    ret.statistic("kolmogorovShift", 80, [20]),
    "distance",
    unit,
    "Smirnov 1948: returns of 20 bars and of 60 before",
  ],
  [
    "size_shift_80",
    size.statistic("kolmogorovShift", 80, [20]),
    "distance",
    unit,
    "Smirnov 1948: absolute returns of 20 bars and of 60 before",
  ],
  ["mean_shift_t", ret.statistic("welch", 120, [30]), "t statistic", anything, "Welch 1947: mean return of 30 bars against 90 before"],
  ["volume_shift_t", activity.statistic("welch", 80, [20]), "t statistic", anything, "Welch 1947: log volume of 20 bars against 60 before"],
]);
