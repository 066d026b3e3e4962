// What is peculiar to the market that is simulated, beyond what trading costs. Whatever is left out does not apply.
import type { InstrumentIx } from "#domain/instrument.js";
import { type Session, firstSessionFrom, sessionEndingAt } from "#domain/session.js";

/** No order trades in [from, to), Micros; orders may come and go, and rest. */
export interface Halt {
  readonly instrument: InstrumentIx;
  readonly from: number;
  readonly to: number;
}

/** Of an instrument that cannot always be borrowed, or not at the general fee. */
export interface BorrowTerms {
  /** Lots that can be borrowed at all; a sale beyond them is refused. */
  readonly lots: number;
  /** Annual, basis points of the value of the short. */
  readonly feeBps: number;
}

/** A payment between the holders of a perpetual: who is long pays `rate` of the value to who is short; a negative rate the other way. */
export interface Funding {
  readonly instrument: InstrumentIx;
  readonly at: number;
  readonly rate: number;
}

export interface VenueRules {
  /** Trading days, in order: they end `day` orders and hold the auctions. Without them each bar is taken for a session of its own. */
  readonly sessions?: readonly Session[];
  readonly halts?: readonly Halt[];
  /** By instrument; who is not named can always be borrowed, at the fee of the costs. */
  readonly borrow?: ReadonlyMap<InstrumentIx, BorrowTerms>;
  /** Ordered by `at`. */
  readonly funding?: readonly Funding[];
}

/** The first moment from `at` on at which the instrument is not halted. */
export function tradableFrom({ halts }: VenueRules, instrument: number, at: number): number {
  if (halts === undefined) return at;
  let from = at;
  // A halt may begin where another ends.
  for (let again = true; again; ) {
    again = false;
    for (const halt of halts) {
      if (halt.instrument !== instrument || from < halt.from || from >= halt.to) continue;
      from = halt.to;
      again = true;
    }
  }
  return from;
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
