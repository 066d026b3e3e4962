// The tone of texts about an instrument: level, fading memory, change, surprise, dispersion, extremes.
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { constant, where } from "#features/language/series.js";
import {
  best,
  bright,
  count,
  faded,
  meanTone,
  negative,
  perText,
  positive,
  type Ratio,
  spread,
  tone,
  uncertain,
  unusual,
  worst,
} from "./texts.js";

const anything = [null, null] as const;
const unit = [0, 1] as const;
const signed = [-1, 1] as const;
const twice = [-2, 2] as const;
const zero = [0, null] as const;

const surprise = (short: number, long: number): Ratio => meanTone(short).sub(meanTone(long)).div(spread(long));
/** Antweiler and Frank 2004, equation 1: (M+ - M-) / (M+ + M-) of positive and negative words. */
const bullish = (bars: number): Ratio => bright(bars).mul(2).sub(1).clip(-1, 1);

const rows: readonly FeatureRow[] = [
  ["tone_2", meanTone(2), "tone", signed, "mean tone of texts (Tetlock 2007)"],
  ["tone_5", meanTone(5), "tone", signed, "mean tone of texts (Tetlock 2007)"],
  ["tone_20", meanTone(20), "tone", signed, "mean tone of texts (Tetlock 2007)"],
  ["tone_60", meanTone(60), "tone", signed, "mean tone of texts (Tetlock 2007)"],
  ["tone_faded_2", faded(2), "tone", signed, "mean tone with weights 2^(-age / 2)"],
  ["tone_faded_10", faded(10), "tone", signed, "mean tone with weights 2^(-age / 10)"],
  ["tone_faded_40", faded(40), "tone", signed, "mean tone with weights 2^(-age / 40)"],
  ["tone_faded_change_2_10", faded(2).sub(faded(10)), "tone", twice, "short less long memory of tone"],
  ["tone_faded_change_10_40", faded(10).sub(faded(40)), "tone", twice, "short less long memory of tone"],
  ["tone_change_5_20", meanTone(5).sub(meanTone(20)), "tone", twice, "short less long mean tone"],
  ["tone_change_20_60", meanTone(20).sub(meanTone(60)), "tone", twice, "short less long mean tone"],
  ["tone_step_5", meanTone(5).diff(5), "tone", twice, "mean tone of five bars less that of the five before"],
  ["tone_slope_20", faded(5).slope(20), "tone per bar", anything, "least-squares slope of the fading tone"],
  [
    "tone_surprise_5_60",
    surprise(5, 60),
    "deviations",
    anything,
    "Tetlock, Saar-Tsechansky and Macskassy 2008: tone in deviations from its own past",
  ],
  [
    "tone_surprise_5_252",
    surprise(5, 252),
    "deviations",
    anything,
    "Tetlock, Saar-Tsechansky and Macskassy 2008: tone in deviations from its own past",
  ],
  ["tone_sum_z_60", unusual(tone, 60), "deviations", anything, "the bar's summed tone in deviations from its mean"],
  ["tone_load_20", tone.sum(20).div(count.mean(252)), "usual bars", anything, "summed tone over the usual number of texts of a bar"],
  ["tone_dispersion_5", spread(5), "tone", zero, "standard deviation of the tones of texts"],
  ["tone_dispersion_20", spread(20), "tone", zero, "standard deviation of the tones of texts"],
  ["tone_dispersion_ratio_20_120", spread(20).div(spread(120)), "ratio", zero, "short over long dispersion of tone"],
  [
    "tone_agreement_20",
    bullish(20).square().neg().add(1).max(0).sqrt().neg().add(1),
    "ratio",
    unit,
    "Antweiler and Frank 2004, equation 3: 1 - sqrt(1 - B^2)",
  ],
  ["tone_bullish_5", bullish(5), "ratio", signed, "Antweiler and Frank 2004, equation 1, by words"],
  ["tone_bullish_60", bullish(60), "ratio", signed, "Antweiler and Frank 2004, equation 1, by words"],
  ["tone_bullish_change_5_60", bullish(5).sub(bullish(60)), "ratio", twice, "short less long balance of positive and negative words"],
  ["positive_share_5", perText(positive, 5).clip(0, 1), "share of words", unit, "Loughran and McDonald 2011: positive words"],
  ["positive_share_60", perText(positive, 60).clip(0, 1), "share of words", unit, "Loughran and McDonald 2011: positive words"],
  ["negative_share_5", perText(negative, 5).clip(0, 1), "share of words", unit, "Loughran and McDonald 2011: negative words"],
  ["negative_share_60", perText(negative, 60).clip(0, 1), "share of words", unit, "Loughran and McDonald 2011: negative words"],
  [
    "negative_change_5_60",
    perText(negative, 5).sub(perText(negative, 60)),
    "share of words",
    anything,
    "short less long share of negative words",
  ],
  ["negative_z_120", unusual(negative, 120), "deviations", anything, "Tetlock 2007: negativity of the bar in deviations from its mean"],
  ["uncertain_share_5", perText(uncertain, 5).clip(0, 1), "share of words", unit, "Loughran and McDonald 2011: words of uncertainty"],
  ["uncertain_share_60", perText(uncertain, 60).clip(0, 1), "share of words", unit, "Loughran and McDonald 2011: words of uncertainty"],
  [
    "uncertain_change_5_60",
    perText(uncertain, 5).sub(perText(uncertain, 60)),
    "share of words",
    anything,
    "short less long share of words of uncertainty",
  ],
  ["uncertain_z_120", unusual(uncertain, 120), "deviations", anything, "uncertainty of the bar in deviations from its mean"],
  ["tone_best_5", best.rollingMax(5).clip(-1, 1), "tone", signed, "best text of five bars; 0 stands in for a bar without one"],
  ["tone_worst_5", worst.rollingMin(5).clip(-1, 1), "tone", signed, "worst text of five bars; 0 stands in for a bar without one"],
  [
    "tone_range_20",
    best.clip(-1, 1).rollingMax(20).sub(worst.clip(-1, 1).rollingMin(20)),
    "tone",
    [0, 2],
    "best less worst text of twenty bars",
  ],
  ["tone_percentile_120", faded(5).statistic("percentRank", 120), "percentile", unit, "place of the fading tone among its last 120 values"],
  ["tone_drawdown_60", faded(5).sub(faded(5).rollingMax(60)), "tone", [-2, 0], "fading tone below its best of 60 bars"],
  ["tone_rebound_60", faded(5).sub(faded(5).rollingMin(60)), "tone", [0, 2], "fading tone above its worst of 60 bars"],
  ["tone_swing_20", faded(2).diff(1).std(20), "tone per bar", zero, "volatility of the fading tone"],
  ["tone_autocorr_60", tone.corr(tone.lag(1), 60), "correlation", signed, "autocorrelation of the bars' summed tone"],
  ["tone_skew_60", tone.skew(60), "ratio", anything, "population skewness of the bars' summed tone"],
  ["tone_good_bars_20", tone.sign().mean(20), "ratio", signed, "share of bars with good less share with bad summed tone"],
  [
    "tone_extreme_20",
    where(unusual(tone, 60).abs().gt(2), constant(1), 0).mul(tone.sign()).mean(20),
    "ratio",
    signed,
    "share of bars more than two deviations from the mean, with the sign of their tone",
  ],
  [
    "tone_reversal_5_60",
    where(surprise(5, 60).abs().gt(1), surprise(5, 60).tanh().neg(), 0).mul(unusual(count.mean(5), 60).abs().tanh()),
    "ratio",
    signed,
    "against a surprise of over one deviation, the more the more unusual the number of texts (overreaction, Tetlock 2011)",
  ],
];

export const tones: readonly FeatureDefinition[] = defineFeatures("sentiment", 1, rows);
