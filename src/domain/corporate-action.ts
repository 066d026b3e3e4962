// What happens to a share besides trading, as events known from their date. Raw prices are stored; adjustment is computed as of a moment.
// What a feed tells twice is recognized by its identity.
import type { Currency, InstrumentIx } from "./instrument.js";
import type { Timed } from "./time.js";

interface Identified {
  /** Unique per source. Left out where `identityOf` tells one from another. */
  readonly id?: string;
}

/** `ratio` new shares for one old: 7 for a 7:1 split, 0.1 for a 1:10 reverse split. In force before the first print at or after `at`. */
export interface Split extends Timed, Identified {
  readonly kind: "split";
  readonly instrument: InstrumentIx;
  readonly ratio: number;
}

/** `amount` in the instrument's currency per share held before `at` (the ex-date's opening). */
export interface Dividend extends Timed, Identified {
  readonly kind: "dividend";
  readonly instrument: InstrumentIx;
  readonly amount: number;
}

/** The last trading moment has passed: holders receive last price x (1 + `finalReturn`); -1 is a total loss. */
export interface Delisting extends Timed, Identified {
  readonly kind: "delisting";
  readonly instrument: InstrumentIx;
  readonly finalReturn: number;
}

/** One unit of `from` is worth `rate` units of `to`, from `seenAt` on. */
export interface FxRate extends Timed {
  readonly kind: "fx";
  readonly from: Currency;
  readonly to: Currency;
  readonly rate: number;
}

export type ReferenceEvent = Split | Dividend | Delisting | FxRate;

export function isReference(event: { readonly kind: string }): event is ReferenceEvent {
  const { kind } = event;
  return kind === "split" || kind === "dividend" || kind === "delisting" || kind === "fx";
}

/**
 * Under which an event is known: its id, or what it is of whom and when. A name may pay two dividends on one day, so that the amount is part of the
 * identity of one without an id. Of a rate: the pair.
 */
export function identityOf(event: ReferenceEvent): string {
  if (event.kind === "fx") return `fx ${event.from} ${event.to}`;
  const derived = `${event.kind} ${event.instrument} ${event.at}`;
  return event.id ?? (event.kind === "dividend" ? `${derived} ${event.amount}` : derived);
}
