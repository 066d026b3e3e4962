// What the trading of a run cost against the prices at which it was decided: plain data, of `truewind tca` and of reports.

/** Account currency; positive cost. The first four and the fees add up to the total. */
export interface TcaParts {
  readonly delay: number;
  readonly timing: number;
  readonly crossing: number;
  readonly opportunity: number;
  readonly fees: number;
  readonly total: number;
}

export interface TcaCosts {
  readonly parents: number;
  /** Of what was decided, account currency at the decision's prices; and the part of it that was filled. */
  readonly notional: number;
  readonly filled: number;
  readonly parts: TcaParts;
  /** Standard error of the total, basis points of the notional: decisions are taken to be independent. NaN of fewer than two. */
  readonly error: number;
  /** Fills against the market's volume-weighted mean while they were made, basis points of what was filled; NaN without volume. */
  readonly vwap: number;
}

export interface TcaSide extends TcaCosts {
  readonly side: "buys" | "sales" | "all";
  /** Units traded per unit that the market traded meanwhile, all together; NaN without volume. */
  readonly participation: number;
  /**
   * Where the price stood so many bars after a fill, basis points of the fills: positive where it had gone on in the order's favor; with its standard
   * error over moments of decision.
   */
  readonly markouts: readonly { readonly bars: number; readonly mean: number; readonly error: number; readonly fills: number }[];
}

export interface TcaGroup extends TcaCosts {
  readonly name: string;
}

export interface TcaParent {
  readonly instrument: string;
  /** Moment of the decision, ISO 8601. */
  readonly decidedAt: string;
  /** Signed; and those of them that were filled. */
  readonly lots: number;
  readonly filledLots: number;
  /** Account currency, at the decision's price. */
  readonly notional: number;
  readonly parts: TcaParts;
}

export interface TcaResult {
  readonly run: string;
  readonly name: string;
  readonly currency: string;
  /** Of the experiment: how targets were reached. */
  readonly style: string;
  readonly simulated: boolean;
  readonly sides: readonly TcaSide[];
  /** By how the orders were sent and met, by instrument, and by day of the decision. */
  readonly styles: readonly TcaGroup[];
  readonly instruments: readonly TcaGroup[];
  readonly days: readonly TcaGroup[];
  /** In order of time. */
  readonly parents: readonly TcaParent[];
  /** Parent orders that a split cut in two, or whose fills the journal does not explain. */
  readonly leftOut: number;
}
