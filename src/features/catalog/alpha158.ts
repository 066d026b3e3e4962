// Alpha158: all 158 features of pyqlib's handler of that name (Yang et al. 2020), in its order. Differences (see
// test/reference/features/alpha158): values begin with the first full window (qlib: partial windows from the first bar on); a division by
// zero is not known, or 0 where 0 / 1e-12 is 0 there (no 1e-12 is added); VWAP0 is of the bar's typical price, because bars carry no VWAP;
// CORR uses log(volume) in place of log(volume + 1), which depends on the size of a share, and is not known where no volume was traded.
import { anything, aboveZero, aboveMinusOne, unit, signedUnit, type Bounds } from "#features/language/bounds.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { close, high, low, open, typical, volume } from "#features/language/inputs.js";
import { constant, type Series, statistic, type Unit, where } from "#features/language/series.js";

const before = close.lag(1);
const upper = open.max(close);
const lower = open.min(close);
const range = high.sub(low);
const middle = close.mul(2).sub(high).sub(low);
const relative = close.div(before);
const one = constant(1);
const rose = where(close.gt(before), one, 0);
const fell = where(close.lt(before), one, 0);
const move = close.sub(before);
const volumeMove = volume.sub(volume.lag(1));
const volumeChange = volume.div(volume.lag(1)).log();
const volumeGrowth = volume.div(volume.lag(1)).add(1).log();
const turbulence = relative.sub(1).abs().mul(volume);

/** Sample deviation (divisor n - 1), as pandas. */
const deviation = <U extends Unit>(x: Series<U>, bars: number): Series<U> => x.std(bars).mul(Math.sqrt(bars / (bars - 1)));
/** 0 where there is no `whole`, of which `part` is a part. */
const share = <U extends Unit>(part: Series<U>, whole: Series<U>): Series<"ratio"> =>
  where(whole.gt(0), part.div<U>(whole) as Series<"ratio">, 0);
const rises = <U extends Unit>(x: Series<U>, bars: number): Series<U> => x.max(0).sum(bars);
const falls = <U extends Unit>(x: Series<U>, bars: number): Series<U> => x.neg().max(0).sum(bars);

type Family = readonly [name: string, of: (bars: number) => Series, unit: string, range: Bounds, formula: string];

const families: readonly Family[] = [
  ["roc", (d) => close.lag(d).div(close), "ratio", aboveZero, "Ref($close, d) / $close"],
  ["ma", (d) => close.mean(d).div(close), "ratio", aboveZero, "Mean($close, d) / $close"],
  ["std", (d) => deviation(close, d).div(close), "ratio", aboveZero, "Std($close, d) / $close"],
  ["beta", (d) => close.slope(d).div(close), "return per bar", anything, "Slope($close, d) / $close"],
  ["rsqr", (d) => trend(d).square(), "ratio", unit, "Rsquare($close, d)"],
  ["resi", (d) => residual(d).div(close), "ratio", anything, "Resi($close, d) / $close"],
  ["max", (d) => high.rollingMax(d).div(close), "ratio", aboveZero, "Max($high, d) / $close"],
  ["min", (d) => low.rollingMin(d).div(close), "ratio", aboveZero, "Min($low, d) / $close"],
  ["qtlu", (d) => close.quantile(0.8, d).div(close), "ratio", aboveZero, "Quantile($close, d, 0.8) / $close"],
  ["qtld", (d) => close.quantile(0.2, d).div(close), "ratio", aboveZero, "Quantile($close, d, 0.2) / $close"],
  ["rank", (d) => close.statistic("percentRank", d), "percentile", unit, "Rank($close, d)"],
  ["rsv", (d) => rangePosition(d), "ratio", unit, "($close - Min($low, d)) / (Max($high, d) - Min($low, d))"],
  ["imax", (d) => high.statistic<"ratio">("placeOfMax", d).div(d), "share of window", unit, "IdxMax($high, d) / d"],
  ["imin", (d) => low.statistic<"ratio">("placeOfMin", d).div(d), "share of window", unit, "IdxMin($low, d) / d"],
  ["imxd", (d) => places(d).div(d), "share of window", signedUnit, "(IdxMax($high, d) - IdxMin($low, d)) / d"],
  ["corr", (d) => statistic("pathCorrelation", [close, volumeChange], d), "correlation", signedUnit, "Corr($close, Log($volume), d)"],
  [
    "cord",
    (d) => relative.corr(volumeGrowth, d),
    "correlation",
    signedUnit,
    "Corr($close / Ref($close, 1), Log($volume / Ref($volume, 1) + 1), d)",
  ],
  ["cntp", (d) => rose.mean(d), "share", unit, "Mean($close > Ref($close, 1), d)"],
  ["cntn", (d) => fell.mean(d), "share", unit, "Mean($close < Ref($close, 1), d)"],
  ["cntd", (d) => rose.mean(d).sub(fell.mean(d)), "share", signedUnit, "CNTP - CNTN"],
  ["sump", (d) => share(rises(move, d), moves(move, d)), "ratio", unit, "share of rises in the sum of moves of $close"],
  ["sumn", (d) => share(falls(move, d), moves(move, d)), "ratio", unit, "share of falls in the sum of moves of $close"],
  ["sumd", (d) => share(rises(move, d).sub(falls(move, d)), moves(move, d)), "ratio", signedUnit, "SUMP - SUMN"],
  ["vma", (d) => volume.mean(d).div(volume), "ratio", aboveZero, "Mean($volume, d) / $volume"],
  ["vstd", (d) => deviation(volume, d).div(volume), "ratio", aboveZero, "Std($volume, d) / $volume"],
  [
    "wvma",
    (d) => deviation(turbulence, d).div(turbulence.mean(d)),
    "ratio",
    aboveZero,
    "Std / Mean of Abs($close / Ref($close, 1) - 1) * $volume",
  ],
  ["vsump", (d) => share(rises(volumeMove, d), moves(volumeMove, d)), "ratio", unit, "share of rises in the sum of moves of $volume"],
  ["vsumn", (d) => share(falls(volumeMove, d), moves(volumeMove, d)), "ratio", unit, "share of falls in the sum of moves of $volume"],
  ["vsumd", (d) => share(rises(volumeMove, d).sub(falls(volumeMove, d)), moves(volumeMove, d)), "ratio", signedUnit, "VSUMP - VSUMN"],
];

const rows: readonly FeatureRow[] = [
  ["a158_kmid", close.sub(open).div(open), "return", aboveMinusOne, qlib("KMID")],
  ["a158_klen", range.div(open), "ratio", aboveZero, qlib("KLEN")],
  ["a158_kmid2", share(close.sub(open), range), "ratio", signedUnit, qlib("KMID2")],
  ["a158_kup", high.sub(upper).div(open), "ratio", aboveZero, qlib("KUP")],
  ["a158_kup2", share(high.sub(upper), range), "ratio", unit, qlib("KUP2")],
  ["a158_klow", lower.sub(low).div(open), "ratio", aboveZero, qlib("KLOW")],
  ["a158_klow2", share(lower.sub(low), range), "ratio", unit, qlib("KLOW2")],
  ["a158_ksft", middle.div(open), "ratio", anything, qlib("KSFT")],
  ["a158_ksft2", share(middle, range), "ratio", signedUnit, qlib("KSFT2")],
  ["a158_open0", open.div(close), "ratio", aboveZero, qlib("OPEN0")],
  ["a158_high0", high.div(close), "ratio", aboveZero, qlib("HIGH0")],
  ["a158_low0", low.div(close), "ratio", aboveZero, qlib("LOW0")],
  ["a158_vwap0", typical.div(close), "ratio", aboveZero, qlib("VWAP0, of (high + low + close) / 3")],
  ...families.flatMap(([name, of, what, bounds, formula]) =>
    [5, 10, 20, 30, 60].map((d): FeatureRow => [`a158_${name}_${d}`, of(d), what, bounds, qlib(`${name.toUpperCase()}${d}: ${formula}`)]),
  ),
];

export const alpha158: readonly FeatureDefinition[] = defineFeatures("alpha158", 1, rows);

/** Correlation of the close with time. */
function trend(bars: number): Series<"ratio"> {
  const scale = Math.sqrt((bars * bars - 1) / 12);
  return close.slope(bars).div(close.std(bars)).mul(scale).clip(-1, 1);
}

/** The close less the end of its least-squares line. */
function residual(bars: number): Series<"price"> {
  return close.sub(close.mean(bars)).sub(close.slope(bars).mul((bars - 1) / 2));
}

function rangePosition(bars: number): Series<"ratio"> {
  const bottom = low.rollingMin(bars);
  return share(close.sub(bottom), high.rollingMax(bars).sub(bottom));
}

/** Bars by which the highest high came after the lowest low. */
function places(bars: number): Series<"ratio"> {
  return high.statistic<"ratio">("placeOfMax", bars).sub(low.statistic<"ratio">("placeOfMin", bars));
}

function moves<U extends Unit>(x: Series<U>, bars: number): Series<U> {
  return rises(x, bars).add(falls(x, bars));
}

function qlib(text: string): string {
  return `pyqlib Alpha158 ${text}`;
}
