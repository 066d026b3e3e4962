// What an engine is made of: the stages of a decision, the venue, the journal, the account's money. Types only.
import type { DecisionAttribution } from "#domain/attribution.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Currency, Instrument } from "#domain/instrument.js";
import type { RiskDecision } from "#domain/order.js";
import type { LabelLaw, Signals } from "#domain/signal.js";
import type { Protection } from "#execution/protection.js";
import type { Journal } from "#ports/journal.js";
import type { ExecutionPolicy, FeaturePlan, PortfolioBuilder, RiskEngine, Strategy } from "#ports/stages.js";
import type { ExecutionVenue } from "#ports/venue.js";
import type { BreakerLimits } from "#risk/breakers.js";
import type { CapitalStage } from "#risk/stages.js";

export interface EngineParts {
  readonly instruments: readonly Instrument[];
  readonly plan: FeaturePlan;
  readonly strategy: Strategy;
  readonly builder: PortfolioBuilder;
  readonly risk: RiskEngine;
  /** Losses that stop trading until a person approves; left out where none does. */
  readonly breakers?: BreakerLimits | undefined;
  /** How much may be at work, step by step; left out where all of the equity may. */
  readonly stages?: readonly CapitalStage[] | undefined;
  /** Left out: what the target lacks is ordered at once. */
  readonly execution?: ExecutionPolicy | undefined;
  /** Left out: nothing rests at the venue to end a position. */
  readonly protection?: Protection | undefined;
  readonly venue: ExecutionVenue;
  readonly journal: Journal;
  readonly baseCurrency: Currency;
  readonly startingCashMicro: bigint;
  /** The label that the models were trained on; needed by strategies that learn, and left out where none does. */
  readonly label?: LabelLaw | undefined;
  /** Told of each decision's signals; for measuring predictions. It may not act. */
  readonly onSignals?: (signals: Signals, frame: FeatureFrame) => void;
  /** Says why, once the orders of a decision are out: it is journaled behind them. It may not act or throw; null says nothing. */
  readonly explain?: (signals: Signals, frame: FeatureFrame, decisions: readonly RiskDecision[]) => Promise<DecisionAttribution> | null;
}
