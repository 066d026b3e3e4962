// Circuit breakers as vocabulary: which there are, what a trip says, and what a gate tells whoever reviews orders.
import type { Instrument } from "./instrument.js";
import { type IsoDate, type Micros, utcDate } from "./time.js";

/** `kill` is pulled by a person from outside; the others trip by themselves. */
export const breakerNames = ["daily-loss", "weekly-loss", "drawdown", "single-position", "portfolio-floor", "kill"] as const;
export type BreakerName = (typeof breakerNames)[number];

/** One breaker that has opened. It stays open until a named person approves. */
export interface Trip {
  readonly breaker: BreakerName;
  /** Row of the one instrument that it closes; null closes all. */
  readonly instrument: number | null;
  readonly at: Micros;
  /** The loss that was measured, as a fraction of its base. */
  readonly measured: number;
  /** The loss that is allowed, in the same unit. Both are 0 for `kill`. */
  readonly allowed: number;
}

/** What a gate says of new orders: where it is closed, only reductions pass. */
export interface TradingGate {
  /** The rule that closes the instrument; null where it is open. */
  closedBy(instrument: number): string | null;
}

/** A trip as a result tells it: the day and the instrument by name. */
export interface TripRecord {
  readonly breaker: BreakerName;
  readonly date: IsoDate;
  /** Null where the whole account is closed. */
  readonly instrument: string | null;
  readonly measured: number;
  readonly allowed: number;
}

export function tripRecord({ breaker, at, instrument, measured, allowed }: Trip, instruments: readonly Instrument[]): TripRecord {
  return { breaker, date: utcDate(at), instrument: instrument === null ? null : (instruments[instrument]?.id ?? null), measured, allowed };
}
