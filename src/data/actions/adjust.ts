// Raw bars of one instrument on the share basis of a moment, as somebody at that moment would have adjusted them: what he could not
// know, bars and actions alike, has no part in it. Adjusted bars are never stored.
import type { Dividend, ReferenceEvent, Split } from "#domain/corporate-action.js";
import { type BarBatch, createBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { isAdjustment } from "./reference-events.js";

/**
 * The bars with `seenAt` <= `asOf`. A split divides earlier prices by its ratio and multiplies earlier volumes. On the full basis a
 * dividend also multiplies earlier prices by 1 - amount / last close before it (CRSP's and Lean's price factor), so that ratios of
 * closes are total returns; where it eats the whole close, earlier prices are NaN. Events of other instruments must not be among them.
 */
export function adjustAsOf(bars: BarBatch, events: readonly ReferenceEvent[], asOf: Micros, basis: "split" | "full"): BarBatch {
  const known = events
    .filter(isAdjustment)
    .filter((event) => event.seenAt <= asOf && (basis === "full" || event.kind === "split"))
    .sort((a, b) => a.at - b.at || rank(a) - rank(b));
  const length = visible(bars, asOf);
  const out = createBarBatch(length);
  for (const name of ["at", "seenAt", "openAt", "instrument"] as const) out[name].set(bars[name].subarray(0, length));
  let price = 1;
  let shares = 1;
  let next = known.length - 1;
  for (let i = length - 1; i >= 0; i--) {
    // `>=`: a bar ends before the action of the same moment, because its end is exclusive.
    for (; next >= 0 && (known[next] as Split).at >= (bars.at[i] as number); next--) {
      const event = known[next] as Split | Dividend;
      if (event.kind === "dividend") {
        const left = 1 - event.amount / closeBefore(bars.close[i] as number, bars.at[i] as number, known, next);
        price *= left > 0 ? left : Number.NaN;
      } else {
        price /= event.ratio;
        shares *= event.ratio;
      }
    }
    for (const name of ["open", "high", "low", "close"] as const) out[name][i] = (bars[name][i] as number) * price;
    out.volume[i] = (bars.volume[i] as number) * shares;
  }
  return out;
}

/** The close on the basis of event `k`: splits between the bar and the event (days without a bar) have already changed it. */
function closeBefore(close: number, barAt: number, known: readonly (Split | Dividend)[], k: number): number {
  let basis = close;
  for (let m = k - 1; m >= 0 && (known[m] as Split).at >= barAt; m--) {
    const earlier = known[m] as Split | Dividend;
    if (earlier.kind === "split") basis /= earlier.ratio;
  }
  return basis;
}

function visible(bars: BarBatch, asOf: Micros): number {
  let n = bars.length;
  while (n > 0 && (bars.seenAt[n - 1] as number) > asOf) n--;
  return n;
}

/** A dividend belongs to shares of the old basis. */
function rank(event: Split | Dividend): number {
  return event.kind === "dividend" ? 0 : 1;
}
