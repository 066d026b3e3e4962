// Returns of an instrument and of those that it is compared with, and regressions of the one on the others.
import { close } from "#features/language/inputs.js";
import { peer, withinSector } from "#features/language/joint.js";
import type { PeerRole } from "#features/language/node.js";
import { constant, type Series, where } from "#features/language/series.js";

export type Ratio = Series<"ratio">;

export const ret = close.change(1);
export const market = peer("market", ret);
/** Mean return of the instruments of the own sector, the own one included. */
export const sector = withinSector("mean", ret);
export const returnsOf = (role: PeerRole): Ratio => peer(role, ret);
/** Relative change over `bars` bars, of another instrument. */
export const changeOf = (role: PeerRole, bars: number): Ratio => peer(role, close.change(bars));

const unknown = constant(0).div(0);

/** Slope of the regression of y on x; NaN when x is constant. */
export function slope(y: Ratio, x: Ratio, bars: number): Ratio {
  return y.cov(x, bars).div(x.std(bars).square());
}

/** Share of the variance of y that x explains, in [0, 1]. */
export function explained(y: Ratio, x: Ratio, bars: number): Ratio {
  return y.corr(x, bars).square().min(1);
}

/** Standard deviation of what the regression of y on x leaves (divisor n). */
export function residual(y: Ratio, x: Ratio, bars: number): Ratio {
  return y.std(bars).mul(explained(y, x, bars).neg().add(1).max(0).sqrt());
}

export interface TwoFactors {
  readonly first: Ratio;
  readonly second: Ratio;
  /** In [0, 1]. */
  readonly explained: Ratio;
}

/** Least squares of y on a and b together, with a constant; NaN where a and b cannot be told apart (|correlation| above 0.9999). */
export function twoFactors(y: Ratio, a: Ratio, b: Ratio, bars: number): TwoFactors {
  const [aa, bb] = [a.std(bars).square(), b.std(bars).square()];
  const [ab, ya, yb] = [a.cov(b, bars), y.cov(a, bars), y.cov(b, bars)];
  const both = aa.mul(bb);
  const determinant = both.sub(ab.square());
  const apart = determinant.gt(both.mul(2e-4));
  const over = (x: Ratio): Ratio => where(apart, x.div(determinant), unknown);
  const first = over(ya.mul(bb).sub(yb.mul(ab)));
  const second = over(yb.mul(aa).sub(ya.mul(ab)));
  const share = first.mul(ya).add(second.mul(yb)).div(y.std(bars).square());
  return { first, second, explained: share.clip(0, 1) };
}
