// TS2322: shares become lots only through domain/instrument.ts.
import type { Lots } from "#domain/instrument.js";

// refused:
export const size: Lots = 100;
