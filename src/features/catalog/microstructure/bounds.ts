// Ranges of values and small formulas that the tables of microstructure share.
import { type Series, type Unit, where } from "#features/language/series.js";

/** (a - b) / (a + b), in [-1, 1] where both are 0 or more; NaN where both are 0. */
export function tilt<U extends Unit>(a: Series<U>, b: Series<U>): Series<"ratio"> {
  return ratio(a.sub(b), a.add(b));
}

/** `tilt` of sums over `bars` bars. */
export function tiltOver<U extends Unit>(a: Series<U>, b: Series<U>, bars: number): Series<"ratio"> {
  return tilt(a.sum(bars), b.sum(bars));
}

/** Sum of `part` over sum of `whole`, over `bars` bars. */
export function shareOver<U extends Unit>(part: Series<U>, whole: Series<U>, bars: number): Series<"ratio"> {
  return ratio(part.sum(bars), whole.sum(bars));
}

/** a / b in one unit, which is checked when the feature is defined. */
export function ratio(a: Series, b: Series): Series<"ratio"> {
  return pure(a.div(b));
}

/** A product whose units cancel, which is checked when the feature is defined. */
export function pure(x: Series): Series<"ratio"> {
  return x as Series<"ratio">;
}

/** Mean over `short` bars relative to that over `long`. */
export function shortOverLong<U extends Unit>(x: Series<U>, short: number, long: number): Series<"ratio"> {
  return ratio(x.mean(short), x.mean(long));
}

/** (x - mean) / standard deviation over `bars` bars. */
export function standardised<U extends Unit>(x: Series<U>, bars: number): Series<"ratio"> {
  return ratio(x.sub(x.mean(bars)), x.std(bars));
}

/** Standard deviation over mean. */
export function variation<U extends Unit>(x: Series<U>, bars: number): Series<"ratio"> {
  return ratio(x.std(bars), x.mean(bars));
}

/** Slope of a least-squares line of y on x. Pure when y and x are. */
export function slopeOn(y: Series, x: Series, bars: number): Series {
  return y.cov(x, bars).div(x.cov(x, bars));
}

/** x where the base is above 0, else 0: for sums over bars of which some are empty. */
export function whereSome<U extends Unit>(base: Series, x: Series<U>): Series<U> {
  return where(base.gt(0), x, 0 as never);
}
