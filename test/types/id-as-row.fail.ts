// TS2345: an instrument's name is not its row number.
import type { InstrumentId, InstrumentIx } from "#domain/instrument.js";

declare function priceOf(row: InstrumentIx): number;

export function look(id: InstrumentId): number {
  // refused:
  return priceOf(id);
}
