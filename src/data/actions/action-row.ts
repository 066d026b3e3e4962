// A corporate action as files tell it: by symbol and ex-date. `toReferenceEvents` turns it into what the engine is told.
import type { IsoDate } from "#domain/time.js";

/** `exDate` is the first day that trades without the dividend, on the new share basis, or (delisting) not at all. */
export type ActionRow =
  | { readonly kind: "split"; readonly exDate: IsoDate; readonly symbol: string; readonly ratio: number }
  | { readonly kind: "dividend"; readonly exDate: IsoDate; readonly symbol: string; readonly amount: number }
  | { readonly kind: "delisting"; readonly exDate: IsoDate; readonly symbol: string; readonly finalReturn: number };

/** What a reader of foreign files found; a line it cannot read becomes a problem, never an exception. */
export interface ReadActions {
  readonly actions: readonly ActionRow[];
  /** One sentence each, with the line's number. */
  readonly problems: readonly string[];
}

/**
 * The fraction p/q with the smallest q <= `largest` that is within `tolerance` (relative) of `value`; `value` itself when there is none.
 * Files give split ratios as rounded factors: 6.999986 means 7, 0.666667 means 2/3.
 */
export function simpleRatio(value: number, tolerance: number, largest: number): number {
  for (let q = 1; q <= largest; q++) {
    const p = Math.round(value * q);
    if (Math.abs(p / q - value) <= tolerance * value) return p / q;
  }
  return value;
}

/** `value` with the fewest decimals (two to six) that stay within what is `uncertain` of it; `value` itself when more are needed. */
export function roundWithin(value: number, uncertain: number): number {
  for (let decimals = 2; decimals < 7; decimals++) {
    const rounded = Number(value.toFixed(decimals));
    if (Math.abs(rounded - value) <= uncertain) return rounded;
  }
  return value;
}
