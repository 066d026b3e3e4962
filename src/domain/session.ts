// One trading day of a venue.
import type { IsoDate, Micros } from "./time.js";

export interface Session {
  /** Local trading day at the venue. */
  readonly date: IsoDate;
  readonly openAt: Micros;
  /** Exclusive end; earlier than usual on half days. */
  readonly closeAt: Micros;
  /** True on a half day. */
  readonly early: boolean;
  /** What the calendar did not foresee; absent where all went as planned. Who looks ahead must take what was planned. */
  readonly unforeseen?: Unforeseen;
}

export interface Unforeseen {
  /** Number of the venue's usual days right before this session on which it stayed closed at short notice. */
  readonly lost: number;
  /** Hours that were planned for this session. */
  readonly openAt: Micros;
  readonly closeAt: Micros;
}

/** Index of the first session that opens at or after the moment; `sessions.length` when there is none. */
export function firstSessionFrom(sessions: readonly Session[], at: number): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sessions[middle] as Session).openAt < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the session with openAt < at <= closeAt, in which a bar that ends at `at` lies; -1 when there is none. `guess` is tried first. */
export function sessionEndingAt(sessions: readonly Session[], at: number, guess: number): number {
  const near = sessions[guess];
  if (near !== undefined && near.openAt < at && at <= near.closeAt) return guess;
  const index = firstSessionFrom(sessions, at) - 1;
  const session = sessions[index];
  return session !== undefined && at <= session.closeAt ? index : -1;
}
