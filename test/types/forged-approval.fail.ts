// TS2322: an approved order cannot be written down as a literal.
import type { InstrumentIx, Lots } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";

// refused:
export const forged: ApprovedOrder = {
  id: "o-1" as OrderId,
  instrument: 0 as InstrumentIx,
  lots: 100 as Lots,
  type: "market",
  limit: null,
  createdAt: 0 as Micros,
};
