// What is peculiar to the market that is simulated, beyond what trading costs. Whatever is left out does not apply.
import type { InstrumentIx } from "#domain/instrument.js";
import { type Session, firstSessionFrom, sessionEndingAt } from "#domain/session.js";

/** No order trades in [from, to), Micros; orders may come and go, and rest. */
export interface Halt {
  readonly from: number;
  readonly to: number;
}

/** Of an instrument that cannot always be borrowed, or not at the general fee: in force from its moment (Micros) to that of the next. */
export interface BorrowTerms {
  readonly from: number;
  /** Lots that can be borrowed at all; a sale beyond them is refused. Infinity: as many as anybody wants. */
  readonly lots: number;
  /** Annual, basis points of the value of the short. */
  readonly feeBps: number;
}

/** A payment between the holders of a perpetual: who is long pays `rate` of the value to who is short; a negative rate the other way. */
export interface Funding {
  /** Null: every instrument. */
  readonly instrument: InstrumentIx | null;
  readonly at: number;
  readonly rate: number;
}

export interface VenueRules {
  /** Trading days, in order: they end `day` orders and hold the auctions. Without them each bar is taken for a session of its own. */
  readonly sessions?: readonly Session[];
  /** By instrument, ordered by `from`. */
  readonly halts?: ReadonlyMap<InstrumentIx, readonly Halt[]>;
  /** By instrument, ordered by `from`; who is not named, or not yet, can always be borrowed, at the fee of the costs. */
  readonly borrow?: ReadonlyMap<InstrumentIx, readonly BorrowTerms[]>;
  /** Ordered by `at`. */
  readonly funding?: readonly Funding[];
}

/** The first moment from `at` on at which the instrument is not halted. */
export function tradableFrom({ halts }: VenueRules, instrument: InstrumentIx, at: number): number {
  let from = at;
  // A halt may begin where another ends.
  for (const halt of halts?.get(instrument) ?? []) if (from >= halt.from && from < halt.to) from = halt.to;
  return from;
}

/** Terms of borrowing in force at the moment; null where those of the costs hold. */
export function borrowTermsAt({ borrow }: VenueRules, instrument: InstrumentIx, at: number): BorrowTerms | null {
  let found: BorrowTerms | null = null;
  for (const terms of borrow?.get(instrument) ?? []) {
    if (terms.from > at) break;
    found = terms;
  }
  return found;
}

/** Mean annual fee over [from, to), basis points, of an instrument with terms of its own; `general` before the first of them. */
export function borrowFeeOver(terms: readonly BorrowTerms[], general: number, from: number, to: number): number {
  let [sum, fee, since] = [0, general, from];
  for (const next of terms) {
    if (next.from >= to) break;
    if (next.from > since) {
      sum += fee * (next.from - since);
      since = next.from;
    }
    fee = next.feeBps;
  }
  return (sum + fee * (to - since)) / (to - from);
}

/** End of the session that ends after the moment, Micros; null without sessions. Infinity when there is none any more. */
export function sessionEndAfter({ sessions }: VenueRules, at: number): number | null {
  if (sessions === undefined) return null;
  const next = firstSessionFrom(sessions, at);
  const running = sessions[next - 1];
  if (running !== undefined && running.closeAt > at) return running.closeAt;
  return sessions[next]?.closeAt ?? Number.POSITIVE_INFINITY;
}

/** As `sessionEndAfter`, of the session that opens at or after the moment. */
export function nextSessionEnd({ sessions }: VenueRules, at: number): number | null {
  if (sessions === undefined) return null;
  return sessions[firstSessionFrom(sessions, at)]?.closeAt ?? Number.POSITIVE_INFINITY;
}

/** Whether a bar begins or ends its session. `before`: end of the instrument's bar before it. */
export function placeInSession({ sessions }: VenueRules, openAt: number, endAt: number, before: number): { first: boolean; last: boolean } {
  if (sessions === undefined) return { first: true, last: true };
  const session = sessions[sessionEndingAt(sessions, endAt, -1)];
  if (session === undefined) return { first: false, last: false };
  return { first: before <= session.openAt && openAt >= session.openAt, last: endAt >= session.closeAt };
}
