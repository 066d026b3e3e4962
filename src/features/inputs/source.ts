// Where the values of an input come from, as plain data: the bar itself, the calendar, what happened since the bar before, or facts.
import type { Dimension } from "./columns.js";

export type BarColumn = "open" | "high" | "low" | "close" | "volume";

export type InputSource =
  | { readonly kind: "bar"; readonly name: BarColumn }
  /** See `calendar.ts`. */
  | { readonly kind: "calendar"; readonly name: string }
  /** What a tape (tape.ts) made of the trades, quotes or books since the bar before. */
  | { readonly kind: "tape"; readonly tape: string; readonly column: string }
  | FactSource;

/**
 * Facts as of the bar. `value`: of the `back`-th latest period known (0 the latest); `age`: days since that became known.
 * The rest are taken over the facts that became known since the bar before: `count`, `sum`, `squares` (sum of squares),
 * `max`, `min` (the last two NaN when there were none).
 */
export interface FactSource {
  readonly kind: "fact";
  readonly field: string;
  readonly about: "instrument" | "market";
  readonly show: "value" | "age" | "count" | "sum" | "squares" | "max" | "min";
  readonly back: number;
  /** Of the fact's value: a split rescales earnings per share. */
  readonly dimension: Dimension;
}
