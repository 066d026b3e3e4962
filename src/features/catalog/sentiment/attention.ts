// How much is written about an instrument: volume of texts, bursts, silence, and how it goes with price and trading.
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, volume } from "#features/language/inputs.js";
import { across, withinSector } from "#features/language/joint.js";
import { constant, type Series, where } from "#features/language/series.js";
import {
  age,
  bright,
  count,
  faded,
  fadedCount,
  meanTone,
  negative,
  perText,
  type Ratio,
  spread,
  tone,
  uncertain,
  unusual,
  words,
} from "./texts.js";

const anything = [null, null] as const;
const unit = [0, 1] as const;
const signed = [-1, 1] as const;
const twice = [-2, 2] as const;
const zero = [0, null] as const;

const ret = close.change(1);
const vol = ret.std(60);
const moved = (bars: number): Ratio => ret.sum(bars).div(vol.mul(Math.sqrt(bars)));
const turnover = volume.mean(5).div(volume.mean(60));
const relative = (x: Series, short: number, long: number): Ratio => x.mean(short).div(x.mean(long)) as Ratio;
const surprise = meanTone(20).sub(meanTone(252)).div(spread(252));
const fallTone = where(ret.lt(constant(0)), tone, 0).sum(60);
const riseTone = where(ret.gt(0), tone, 0).sum(60);
const marketTone = (bars: number): Ratio => across("mean", meanTone(bars));
const sectorTone = (bars: number): Ratio => withinSector("mean", meanTone(bars));
const share = (bars: number): Ratio => count.sum(bars).div(across("mean", count.sum(bars)));

const rows: readonly FeatureRow[] = [
  ["text_count_5", count.sum(5).add(1).log(), "log(1 + texts)", zero, "Antweiler and Frank 2004: log(1 + number of texts)"],
  ["text_count_60", count.sum(60).add(1).log(), "log(1 + texts)", zero, "Antweiler and Frank 2004: log(1 + number of texts)"],
  ["text_faded_5", fadedCount(5).add(1).log(), "log(1 + texts)", zero, "log(1 + texts with weights 2^(-age / 5))"],
  [
    "text_unusual_1_20",
    count.div(count.mean(20)),
    "ratio",
    zero,
    "the bar's texts over the usual number (abnormal attention, Barber and Odean 2008)",
  ],
  ["text_unusual_5_60", relative(count, 5, 60), "ratio", zero, "texts over the usual number (abnormal attention, Barber and Odean 2008)"],
  [
    "text_unusual_20_252",
    relative(count, 20, 252),
    "ratio",
    zero,
    "texts over the usual number (abnormal attention, Barber and Odean 2008)",
  ],
  ["text_z_60", unusual(count, 60), "deviations", anything, "texts of the bar in deviations from their mean"],
  ["text_length_20_120", perText(words, 20).div(perText(words, 120)), "ratio", anything, "words per text, short over long"],
  ["text_burst_20", count.square().sum(20).div(count.sum(20).square()), "ratio", unit, "Herfindahl index of texts over twenty bars"],
  ["text_active_60", where(count.gt(0), constant(1), 0).mean(60), "ratio", unit, "share of bars with a text"],
  [
    "text_trend_20",
    count.slope(20).div(count.mean(20)),
    "ratio per bar",
    anything,
    "least-squares slope of the number of texts over its mean",
  ],
  ["text_autocorr_60", count.corr(count.lag(1), 60), "correlation", signed, "autocorrelation of the number of texts"],
  ["text_silence", age.min(250), "days", [null, 250], "days since the last text, at most 250"],
  [
    "text_moves_60",
    count.corr(ret.abs(), 60),
    "correlation",
    signed,
    "number of texts with the size of returns (Antweiler and Frank 2004)",
  ],
  ["text_trading_60", count.corr(volume, 60), "correlation", signed, "number of texts with volume (Antweiler and Frank 2004)"],
  ["text_after_moves_60", count.corr(ret.abs().lag(1), 60), "correlation", signed, "number of texts with the size of the return before"],
  ["tone_return_corr_60", tone.corr(ret, 60), "correlation", signed, "summed tone with the return of its bar"],
  ["tone_leads_60", ret.corr(tone.lag(1), 60), "correlation", signed, "return with the summed tone one bar before (Tetlock 2007)"],
  ["tone_follows_60", tone.corr(ret.lag(1), 60), "correlation", signed, "summed tone with the return one bar before"],
  [
    "tone_response_120",
    ret.cov(tone, 120).div(tone.std(120).square()),
    "return per unit of tone",
    anything,
    "slope of the return on the bar's summed tone",
  ],
  ["tone_price_gap_20", surprise.sub(moved(20)), "deviations", anything, "surprise of tone less the price move, both in deviations"],
  ["tone_price_gap_5", unusual(faded(2), 60).sub(moved(5)), "deviations", anything, "fading tone less the price move, both in deviations"],
  ["tone_price_agree_20", surprise.tanh().mul(moved(20).tanh()), "ratio", signed, "tanh of the surprise of tone x tanh of the price move"],
  ["tone_times_volume_5", meanTone(5).mul(turnover), "tone", anything, "mean tone x unusual volume"],
  ["tone_times_attention_5", meanTone(5).mul(relative(count, 5, 60)), "tone", anything, "mean tone x unusual number of texts"],
  [
    "tone_quiet_price_5",
    faded(5).div(moved(5).abs().add(1)),
    "tone",
    signed,
    "fading tone that the price has not answered: over 1 + |move| in deviations",
  ],
  [
    "tone_in_falls_60",
    fallTone.sub(riseTone).div(count.sum(60)),
    "tone",
    anything,
    "summed tone on falling less that on rising bars, per text",
  ],
  [
    "negative_in_falls_60",
    where(ret.lt(constant(0)), negative, 0)
      .sum(60)
      .div(negative.sum(60)),
    "ratio",
    anything,
    "share of negative words that came on falling bars",
  ],
  [
    "uncertain_times_vol_20",
    perText(uncertain, 20).clip(0, 1).mul(ret.std(20)).div(vol),
    "ratio",
    zero,
    "uncertainty x short over long volatility",
  ],
  ["text_share_5", share(5), "ratio", zero, "texts over the universe's mean number"],
  ["text_share_60", share(60), "ratio", zero, "texts over the universe's mean number"],
  [
    "text_share_change_5_60",
    share(5).div(share(60)),
    "ratio",
    zero,
    "short over long share of the universe's texts (Da, Engelberg and Gao 2011)",
  ],
  ["text_concentration_20", across("concentration", count.sum(20)), "ratio", unit, "Herfindahl index of texts over the universe"],
  ["tone_market_5", marketTone(5), "tone", signed, "mean tone over the universe"],
  ["tone_market_60", marketTone(60), "tone", signed, "mean tone over the universe"],
  ["tone_market_change_5_60", marketTone(5).sub(marketTone(60)), "tone", twice, "short less long mean tone over the universe"],
  ["tone_market_dispersion_20", across("std", meanTone(20)), "tone", unit, "spread of tone over the universe"],
  ["tone_market_breadth_5", across("share", meanTone(5)), "ratio", unit, "share of the universe with good tone"],
  ["text_market_unusual_5_60", across("mean", relative(count, 5, 60)), "ratio", zero, "mean unusual attention over the universe"],
  ["tone_sector_20", sectorTone(20), "tone", signed, "mean tone over the sector"],
  ["tone_sector_change_5_60", sectorTone(5).sub(sectorTone(60)), "tone", twice, "short less long mean tone over the sector"],
  ["tone_sector_gap_20", sectorTone(20).sub(marketTone(20)), "tone", twice, "sector's less universe's mean tone"],
  ["tone_less_sector_20", meanTone(20).sub(sectorTone(20)), "tone", twice, "own less the sector's mean tone"],
  ["tone_less_market_5", meanTone(5).sub(marketTone(5)), "tone", twice, "own less the universe's mean tone"],
  [
    "tone_market_beta_120",
    ret.cov(marketTone(5).diff(1), 120).div(marketTone(5).diff(1).std(120).square()),
    "return per unit of tone",
    anything,
    "slope of the return on changes of the universe's tone (Baker and Wurgler 2006)",
  ],
  [
    "tone_bright_less_market_20",
    bright(20).sub(across("mean", bright(20))),
    "ratio",
    anything,
    "share of positive words less the universe's mean",
  ],
];

export const attentions: readonly FeatureDefinition[] = defineFeatures("sentiment", 1, rows);
