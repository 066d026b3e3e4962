// TS2741: a corporate action is known from a moment, not from always.
import type { Split } from "#domain/corporate-action.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";

// refused:
export const split: Split = { kind: "split", instrument: 0 as InstrumentIx, ratio: 7, at: 0 as Micros };
