// What a session notes beside its events: each day's accounts, what was out of the ordinary, and which step of a chain decided. Notes act on
// nothing.
import type { Micros } from "./time.js";

/** Whole cents (1e-2) of the base currency: sums of them are exact. */
export type Cents = number;

/** `change` = market + selection + fees + slippage + borrow + funding + interest, to the cent; costs are negative. */
export interface DayNote {
  readonly kind: "day";
  /** Of the mark. */
  readonly at: Micros;
  readonly equity: Cents;
  /** Of the equity since the day before, or since the start. */
  readonly change: Cents;
  /** What the declared exposure to equal weight of the universe earned, before costs. */
  readonly market: Cents;
  /** What the positions earned beyond that, before costs. */
  readonly selection: Cents;
  readonly fees: Cents;
  /** Spread and impact. */
  readonly slippage: Cents;
  readonly borrow: Cents;
  /** Of perpetuals, negative where it was paid; absent in notes that are older than it. */
  readonly funding?: Cents;
  /** Received, less what a debt paid. */
  readonly interest: Cents;
  /** Equity of the same cash in equal weight of the universe, and in the benchmark (null: none is named), at the same costs. */
  readonly baseline: Cents;
  readonly benchmark: Cents | null;
  /** Absolute notional traded / equity before, fraction. */
  readonly turnover: number;
  /** Instruments held. */
  readonly positions: number;
  /** Market orders' fills of the day against the open (or the worse of open and close): what they and their fees cost, and what the model of costs says. */
  readonly realised: Cents;
  readonly modelled: Cents;
  readonly orders: number;
  /** By risk, and by the venue. */
  readonly refused: number;
  readonly rejected: number;
  /** Names that printed the day before and not this day, and rows that came after the mark that waited for them. */
  readonly silent: number;
  readonly late: number;
}

export const alertKinds = [
  "fill-price",
  "refused-share",
  "turnover",
  "positions",
  "stale-feed",
  "late-bars",
  "pnl-jump",
  "prediction-shift",
  "tail-risk",
  "stress-loss",
] as const;

/** Something that the backtest of the same experiment never showed, or that a file of limits asks to hear of. */
export interface AlertNote {
  readonly kind: "alert";
  readonly at: Micros;
  readonly alert: (typeof alertKinds)[number];
  /** The figure, and the limit that it passed. */
  readonly figure: number;
  readonly limit: number;
  /** One sentence. */
  readonly detail: string;
}

/** Of a portfolio with a chain of ways to an answer: which one it was, at a decision or between two. */
export interface AnswerNote {
  readonly kind: "answer";
  readonly at: Micros;
  readonly step: string;
  /** Why those before it had none, one sentence each; empty where the first one answered. */
  readonly failed: readonly string[];
  /** Where names were chosen among: how much better the best choice could be, in units of the objective. */
  readonly gap?: number;
}

export type SessionNote = DayNote | AlertNote | AnswerNote;
