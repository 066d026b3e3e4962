// Moving averages and the quantities that many indicators share, in the unit of their input: raw TA-Lib functions, not yet comparable
// between instruments.
import { close, high, low, volume } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import { constant, type Series, statistic, type Unit, where } from "#features/language/series.js";

export const ret = close.change(1);
export const change = close.diff(1);
export const range = high.sub(low);
/** (high + low) / 2: TA-Lib MEDPRICE. */
export const middle = high.add(low).div(2);
export const trueRange = range.max(high.sub(close.lag(1)).abs()).max(low.sub(close.lag(1)).abs());
/** TA-Lib ATR. */
export const atr = (bars: number): Series<"price"> => trueRange.rma(bars);

/** Linearly weighted average (TA-Lib WMA): the mean, moved along the least-squares line to a third of the window from its end. */
export function wma<U extends Unit>(x: Series<U>, bars: number): Series<U> {
  return x.mean(bars).add(x.slope(bars).mul((bars - 1) / 6));
}

/** Least-squares line at `ahead` bars after the newest (TA-Lib LINEARREG at 0, TSF at 1, LINEARREG_INTERCEPT at 1 - n). */
export function line<U extends Unit>(x: Series<U>, bars: number, ahead = 0): Series<U> {
  return x.mean(bars).add(x.slope(bars).mul((bars - 1) / 2 + ahead));
}

/** Triangular average: a mean of means (TA-Lib TRIMA). */
export function trima<U extends Unit>(x: Series<U>, bars: number): Series<U> {
  const half = Math.ceil(bars / 2);
  return x.mean(half).mean(bars - half + 1);
}

/** Double exponential average (Mulloy 1994; TA-Lib DEMA). */
export function dema<U extends Unit>(x: Series<U>, bars: number): Series<U> {
  const one = x.ema(bars);
  return one.mul(2).sub(one.ema(bars));
}

/** Triple exponential average (Mulloy 1994; TA-Lib TEMA). */
export function tema<U extends Unit>(x: Series<U>, bars: number): Series<U> {
  const one = x.ema(bars);
  const two = one.ema(bars);
  return one.sub(two).mul(3).add(two.ema(bars));
}

/** Tillson's T3 (1998; TA-Lib T3): the generalized double average with factor v, three times. */
export function t3<U extends Unit>(x: Series<U>, bars: number, v = 0.7): Series<U> {
  const e: Series<U>[] = [x.ema(bars)];
  for (let k = 1; k < 6; k++) e.push((e[k - 1] as Series<U>).ema(bars));
  const [, , e3, e4, e5, e6] = e as [Series<U>, Series<U>, Series<U>, Series<U>, Series<U>, Series<U>];
  const a = e6.mul(-(v ** 3));
  const b = e5.mul(3 * v * v + 3 * v ** 3);
  const c = e4.mul(-6 * v * v - 3 * v - 3 * v ** 3);
  const d = e3.mul(1 + 3 * v + v ** 3 + 3 * v * v);
  return a.add(b).add(c).add(d);
}

/** Hull average (Hull 2005; TA-Lib HMA). */
export function hma<U extends Unit>(x: Series<U>, bars: number): Series<U> {
  const fast = wma(x, Math.floor(bars / 2)).mul(2);
  return wma(fast.sub(wma(x, bars)), Math.floor(Math.sqrt(bars)));
}

/** Zero-lag exponential average (Ehlers and Way 2010; TA-Lib ZLEMA). */
export function zlema<U extends Unit>(x: Series<U>, bars: number): Series<U> {
  return x
    .mul(2)
    .sub(x.lag(Math.floor((bars - 1) / 2)))
    .ema(bars);
}

/** Net over gross movement, in [0, 1]; 1 where there is no movement (Kaufman 1995; TA-Lib ER, there 0 when still). */
export function efficiency(x: Series<"price">, bars: number): Series<"ratio"> {
  const path = x.diff(1).abs().sum(bars);
  return where(path.gt(0), x.diff(bars).abs().div(path).min(1), constant(1));
}

/** Kaufman's adaptive average (TA-Lib KAMA). */
export function kama(x: Series<"price">, bars: number): Series<"price"> {
  return fold("kama", [x, efficiency(x, bars), x.lag(1)]);
}

/** Average weighted by volume (TA-Lib VWMA); of the typical price: the price at which volume traded. */
export function vwma(x: Series<"price">, bars: number): Series<"price"> {
  return x.mul(volume).sum(bars).div(volume.sum(bars));
}

/** (4 x + 3 x1 + 2 x2 + x3) / 10: what Ehlers' transforms look at. */
export const smoothed = (x: Series<"price">): Series<"price"> => x.mul(4).add(x.lag(1).mul(3)).add(x.lag(2).mul(2)).add(x.lag(3)).div(10);
/** Smoothed dominant cycle period in bars (TA-Lib HT_DCPERIOD). */
export const cyclePeriod: Series<"ratio"> = fold("hilbert", [smoothed(close)], [], 0);
/** TA-Lib HT_PHASOR. */
export const inPhase: Series<"price"> = fold("hilbert", [smoothed(close)], [], 1);
export const quadrature: Series<"price"> = fold("hilbert", [smoothed(close)], [], 2);

/** Mean of the latest `period` values (rounded down), at most `most` (TA-Lib MAVP). */
export function variableMean(x: Series<"price">, period: Series<"ratio">, least: number, most: number): Series<"price"> {
  return statistic("variableMean", [x, period], most, [least]);
}

/** Ehlers' instantaneous trend line (TA-Lib HT_TRENDLINE): the mean over one dominant cycle, smoothed. */
export const trendLine: Series<"price"> = smoothed(variableMean(close, cyclePeriod.add(0.5), 1, 50));

/** TA-Lib MAMA (0) and FAMA (1). */
export const mama = (output: 0 | 1, fast = 0.5, slow = 0.05): Series<"price"> =>
  fold("mama", [close, inPhase, quadrature], [fast, slow], output);

/** Two-pole super smoother (Ehlers 2013). */
export const superSmoother = (x: Series<"price">, period: number): Series<"price"> => fold("superSmoother", [x, x.lag(1)], [period]);
