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
