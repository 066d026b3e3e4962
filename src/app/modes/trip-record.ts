// A tripped breaker in the words of a result: the day and the instrument by name.
import type { BreakerName, Trip } from "#domain/breaker.js";
import type { Instrument } from "#domain/instrument.js";
import { type IsoDate, utcDate } from "#domain/time.js";

export interface TripRecord {
  readonly breaker: BreakerName;
  readonly date: IsoDate;
  /** Null where the whole account is closed. */
  readonly instrument: string | null;
  /** Loss, and the loss that is allowed: fractions of the breaker's base; 0 for `kill`. */
  readonly measured: number;
  readonly allowed: number;
}

export function tripRecord({ breaker, at, instrument, measured, allowed }: Trip, instruments: readonly Instrument[]): TripRecord {
  return { breaker, date: utcDate(at), instrument: instrument === null ? null : (instruments[instrument]?.id ?? null), measured, allowed };
}
