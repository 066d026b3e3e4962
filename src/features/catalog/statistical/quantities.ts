// The series that statistical and regime features are taken of. None of them holds a level.
import { close, high, low, open, volume } from "#features/language/inputs.js";
import type { Series } from "#features/language/series.js";

export const ret = close.change(1);
export const logReturn = close.div(close.lag(1)).log();
export const size = ret.abs();
/** Return in standard deviations of the last 60. */
export const standardized = ret.div(ret.std(60));
export const logRange = high.div(low).log();
/** Of the volume against the bar before. */
export const volumeChange = volume.div(volume.lag(1)).log();

/** Variance per bar of open to close, high and low (Rogers and Satchell 1991). */
export const rogersSatchell = high
  .div(close)
  .log()
  .mul(high.div(open).log())
  .add(low.div(close).log().mul(low.div(open).log()));
/** Variance per bar of open, high, low and close (Garman and Klass 1980). */
export const garmanKlass = logRange
  .square()
  .div(2)
  .sub(
    close
      .div(open)
      .log()
      .square()
      .mul(2 * Math.LN2 - 1),
  );
/** Variance per bar of high and low (Parkinson 1980). */
export const parkinson = logRange.square().div(4 * Math.LN2);
export const overnight = open.div(close.lag(1)).log();
export const intraday = close.div(open).log();

/** Unbiased variance. */
export const variance = (x: Series<"ratio">, bars: number): Series<"ratio"> =>
  x
    .std(bars)
    .square()
    .mul(bars / (bars - 1));
/** Mean over standard error. */
export const meanT = (x: Series<"ratio">, bars: number): Series<"ratio"> =>
  x
    .mean(bars)
    .div(x.std(bars))
    .mul(Math.sqrt(bars - 1));
