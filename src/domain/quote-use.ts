// What a run's orders met where they were filled on recorded quotes: gaps of the recording, and what the record cannot charge them.

/** Of an instrument whose recording has gaps in the sessions traded. */
export interface QuotedGaps {
  readonly instrument: string;
  readonly gaps: number;
  /** All of them, and the longest, from the last quote before to the next. */
  readonly seconds: number;
  readonly longestSeconds: number;
}

export interface QuoteUse {
  /** Ages at which quotes stand no more: the shortest and the longest among the instruments; null where none was quoted. */
  readonly maxAgeSeconds: readonly [number, number] | null;
  /** In the order of the instruments. */
  readonly gaps: readonly QuotedGaps[];
  /** Orders to the quoted instruments, and how many of them were at the venue while a gap had left nothing to trade against. */
  readonly orders: number;
  readonly ordersInGaps: number;
  /** Decisions that led to such orders, and how many of them to one that met a gap. */
  readonly decisions: number;
  readonly decisionsInGaps: number;
  /** Notional of all fills on quotes, base currency. */
  readonly traded: number;
  /**
   * What the square-root law says that the fills have cost beyond the displayed prices, which nobody paid here: base currency, over the `traded` of
   * instruments whose volume is known. All that is bought or sold of one within a session, without a turn, is one order.
   */
  readonly impact: { readonly money: number; readonly traded: number };
}
