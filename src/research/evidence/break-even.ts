// How much dearer trading may become before nothing is left of what was earned over the baseline.
import { invariant } from "#base/errors.js";
import { mean } from "#research/metrics/long-run-variance.js";

/**
 * The multiple of all costs at which the mean active return is zero: 1 when nothing is left now, 2 when costs may double. To first order:
 * trades stay as they are and the returns of a session add up. Negative when even free trading would not have paid. Null when the strategy
 * pays no more than its baseline, so that no costs would end what it earns over it.
 *
 * `active`: net return less that of the baseline, `extraCost`: costs as a fraction of equity less those of the baseline; one entry per
 * session, no NaN.
 */
export function costBreakEven(active: readonly number[], extraCost: readonly number[]): number | null {
  invariant(active.length === extraCost.length, "the series of a break-even differ in length");
  if (active.length === 0) return null;
  const extra = mean(extraCost);
  return extra > 1e-12 ? 1 + mean(active) / extra : null;
}
