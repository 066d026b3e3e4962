// What a parent order cost against the price at which it was decided, taken apart (Perold, "The implementation shortfall", 1988). Everything is a whole
// number of ticks times lots, so that the parts add up exactly.

/** One fill of a parent order. Prices in ticks. */
export interface ParentFill {
  /** Signed as the order. */
  readonly lots: number;
  readonly price: number;
  /** The market's price when this slice went out: the first one after it was ordered. */
  readonly sentAt: number;
}

export interface ParentOrder {
  /** Signed, whole: what was to be traded; never 0. */
  readonly lots: number;
  /** Ticks: when it was decided, when its first slice met the market, and when the order was over. */
  readonly decision: number;
  readonly arrival: number;
  readonly end: number;
  readonly fills: readonly ParentFill[];
}

/** Ticks times lots, positive where it cost; all whole numbers. */
export interface Shortfall {
  /** Price moved between decision and arrival, on what was filled. */
  readonly delay: number;
  /** Price moved between arrival and each slice, on what was filled: the schedule's own time. */
  readonly timing: number;
  /** From the market's price at each slice to its fill: spread, impact, and what moved while it waited. */
  readonly crossing: number;
  /** What was not filled, from decision to the end. */
  readonly opportunity: number;
  /** The sum: what the paper portfolio is ahead by, fees left out. */
  readonly total: number;
}

/** Throws RangeError where a number is not whole, or where more was filled than was to be traded. */
export function shortfallOf({ lots, decision, arrival, end, fills }: ParentOrder): Shortfall {
  const side = lots < 0 ? -1 : 1;
  let [filled, timing, crossing, paid] = [0, 0, 0, 0];
  for (const fill of fills) {
    filled += fill.lots;
    timing += fill.lots * (fill.sentAt - arrival);
    crossing += fill.lots * (fill.price - fill.sentAt);
    paid += fill.lots * (fill.price - decision);
  }
  const parts = {
    delay: filled * (arrival - decision) + 0,
    timing: timing + 0,
    crossing: crossing + 0,
    opportunity: (lots - filled) * (end - decision) + 0,
    total: paid + (lots - filled) * (end - decision) + 0,
  };
  for (const value of Object.values(parts))
    if (!Number.isSafeInteger(value)) throw new RangeError("a shortfall is made of whole ticks and lots, and stays below 2^53 of them");
  if (side * filled > side * lots || fills.some((fill) => fill.lots * side <= 0))
    throw new RangeError(`fills of ${filled} lots belong to no order of ${lots}`);
  return parts;
}
