// TS2322: a bare number is no time; it could be milliseconds.
import type { Micros } from "#domain/time.js";

// refused:
export const soon: Micros = 1_700_000_000_000;
