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
}
