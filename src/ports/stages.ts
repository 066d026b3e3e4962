// The stages of a decision as the engine sees them: features -> signals -> target -> orders -> risk. Each gets a narrow view.
import type { TradingGate } from "#domain/breaker.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { Fact } from "#domain/fact.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { EventBatch } from "#domain/market.js";
import type { Order, RiskDecision } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Outcome, Signals, TargetPortfolio } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";

/** Compiled features: a fold over events, with all its state in one place. */
export interface FeaturePlan {
  readonly features: readonly string[];
  /** Folds rows `start` to `end` of the batch, in order. An instrument may occur several times. Bars are its clock; the rest waits for them. */
  advance(batch: EventBatch, start: number, end: number): void;
  /** A split rescales state. Dividends are told too, for features of total return; price features pass them over. */
  reference(event: Split | Dividend | Fact): void;
  /**
   * The frame of a moment of decision. Rows whose last bar ended before `since` are late: NaN and not members. It is reused by the next call.
   */
  frame(asOf: Micros, since: Micros): FeatureFrame;
  snapshot(): Uint8Array;
  restore(snapshot: Uint8Array): void;
}

export interface Strategy {
  readonly name: string;
  /** May look at anything known at `frame.asOf`; may not keep hidden state. */
  decide(frame: FeatureFrame, view: PortfolioView): Signals | Promise<Signals>;
  /** Of strategies that go on learning while they run. */
  readonly learner?: Learner;
}

/** What a strategy has learned since the run began: all of it is state of the engine, and no event but an outcome changes it. */
export interface Learner {
  /** Told of each decision once, right before the first `decide` at which its label has ended; oldest first. */
  learn(outcome: Outcome): void;
  snapshot(): Uint8Array;
  /** Throws `corrupt-artifact`. */
  restore(snapshot: Uint8Array): void;
}

/** What a stage remembers of the market besides features: a fold over the events of the engine, whose state is saved with it. */
export interface MarketMemory {
  /** Rows `start` to `end` of the batch, in order. */
  market(batch: EventBatch, start: number, end: number): void;
  reference(event: Split | Dividend): void;
  snapshot(): Uint8Array;
  /** Throws `corrupt-artifact`. */
  restore(snapshot: Uint8Array): void;
}

/** Of a chain of ways to an answer: one of them, and how often it was the one. */
export interface StepCount {
  readonly step: string;
  readonly times: number;
  /** Why those before it failed, the last time; null when it was the first. */
  readonly why: string | null;
  /** Of steps that choose among names: the largest of their gaps to the best choice, in units of the objective. */
  readonly gap?: number;
}

export interface PortfolioBuilder {
  /** Of builders that look at past prices. It is told what has been seen before each `build`, and nothing else. */
  readonly memory?: MarketMemory;
  /** Of builders whose first way may fail: which has answered so far, and how often. Part of their memory. Null: only failures are told, and there is none. */
  readonly answers?: () => readonly StepCount[] | null;
  /** Of builders that know what can be borrowed: shorts that were wanted larger than that, one per name and decision. Part of their memory. */
  readonly unborrowed?: () => number;
  /** `within`: most that this trades, fraction of equity, where it is asked between decisions; nobody but `adjust` says so. */
  build(signals: Signals, frame: FeatureFrame, view: PortfolioView, within?: number): TargetPortfolio;
  /**
   * Of builders that are asked again between decisions: sets what is desired now, in lots, and leaves what is to stay as it was. `since`:
   * instruments whose last bar ended before it are late. Answers as the target does.
   */
  readonly adjust?: (asOf: Micros, since: Micros, view: PortfolioView, desired: Float64Array) => TargetPortfolio["answer"];
}

/** How a standing target is reached: how much of it is to be out now, and in what manner. Left out of an engine: all of it, at the market. */
export interface ExecutionPolicy extends MarketMemory {
  /** A decision has set the desire, in lots. */
  target(desired: Float64Array, view: PortfolioView): void;
  /** What should be held or on its way now; reused by the next call. `atOnce`: all of the desire, and nothing rests. */
  pace(desired: Float64Array, view: PortfolioView, atOnce: boolean): Pace;
}

/** Dense by instrument row. */
export interface Pace {
  /** Lots held or on their way: between what is and the desire. */
  readonly lots: Float64Array;
  /** Limit of a new order, Ticks; NaN for a market order. */
  readonly limits: Float64Array;
  /** 1: working orders are called back, and what they were for is ordered once they are gone. */
  readonly recall: Uint8Array;
}

export interface RiskEngine {
  /** Of limits that look at past prices. It is told what has been seen before each review. */
  readonly memory?: MarketMemory;
  /**
   * Reviews the batch as one: its own approvals count towards every limit. One decision per order, in the same order. `gate`: where it is
   * closed, only reductions pass. `aims`: where orders are slices, the lots per instrument that they lead to.
   */
  review(orders: readonly Order[], view: PortfolioView, gate?: TradingGate, aims?: Float64Array): readonly RiskDecision[];
}
