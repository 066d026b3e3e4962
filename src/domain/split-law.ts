// What a split does to whole lots. Engine and venue apply the same law, so their positions agree to the lot.
import type { Split } from "./corporate-action.js";
import type { Lots, Ticks } from "./instrument.js";
import type { WorkingOrder } from "./order.js";

/** New whole lots, and the fraction of a new lot (same sign) that is paid out in cash. */
export function splitLots(lots: number, ratio: number): { readonly lots: Lots; readonly fraction: number } {
  const exact = lots * ratio;
  // 1/3-like ratios leave 299.99999999999994 where 300 is meant.
  const nearest = Math.round(exact);
  const whole = Math.abs(exact - nearest) < 1e-6 ? nearest : Math.trunc(exact);
  const fraction = exact - whole;
  return { lots: (whole === 0 ? 0 : whole) as Lots, fraction: Math.abs(fraction) < 1e-6 ? 0 : fraction };
}

/** The working order on the new basis; null when less than one new lot is left of it, or when its limit falls below one tick. */
export function splitWorking(working: WorkingOrder, split: Split): WorkingOrder | null {
  const { lots } = splitLots(working.remaining, split.ratio);
  if (lots === 0) return null;
  if (working.limit === null) return { order: working.order, remaining: lots, limit: null };
  // Never a worse price than was asked for: a buyer's limit goes down to the grid, a seller's up.
  const exact = working.limit / split.ratio;
  const limit = lots > 0 ? Math.floor(exact + 1e-9) : Math.ceil(exact - 1e-9);
  return limit < 1 ? null : { order: working.order, remaining: lots, limit: limit as Ticks };
}
