// The book that follows from a journal's fills, whoever decided: positions, cash and their value at each mark, with the fees and financing that
// were journaled or with those that a model of costs says. It assumes that the session began with cash alone.
import { isReference } from "#domain/corporate-action.js";
import { Holdings } from "#domain/holdings.js";
import { type Currency, type Instrument, type InstrumentIx } from "#domain/instrument.js";
import { createMoneyScale, decimalOf, fineToMicro, notionalMicro, productFine } from "#domain/money.js";
import { ToldReferences } from "#domain/told-references.js";
import type { Fill } from "#domain/venue-event.js";
import type { StoredEntry } from "#adapters/stores/journal/codec.js";
import { type CostModel } from "#simulation/venue/costs.js";
import { accrue } from "#simulation/venue/financing.js";
import type { VenueRules } from "#simulation/venue/rules.js";

/** What fees and financing are taken from in place of the journal. */
export interface ModelledCosts {
  readonly costs: CostModel;
  readonly rules: VenueRules;
}

/**
 * Equity at the last mark, base currency. `modelled` null: fees and financing as journaled; funding is as journaled always, since no cost of a venue
 * changes it. Rows by reference come before the session and are passed over.
 */
export function journalEquity(
  entries: Iterable<StoredEntry>,
  instruments: readonly Instrument[],
  base: Currency,
  startingCashMicro: bigint,
  modelled: ModelledCosts | null,
): number {
  const book = new Holdings(instruments, base, startingCashMicro);
  const told = new ToldReferences(instruments);
  const scales = instruments.map(createMoneyScale);
  const feeOf = (fill: Fill, { feeBps }: CostModel): bigint => {
    const rate = decimalOf(feeBps);
    const notional = notionalMicro(fill.price, Math.abs(fill.lots), scales[fill.instrument] as (typeof scales)[number]);
    return fineToMicro(productFine({ digits: notional, places: 6 }, { digits: rate.digits, places: rate.places + 4 }));
  };
  let accruedTo = 0;
  let equity = Number(startingCashMicro) / 1e6;
  for (const entry of entries) {
    if (entry.kind !== "event") continue;
    const { event } = entry;
    if (isReference(event) && told.hear(event) !== "new") continue; // what halted the session was not booked
    switch (event.kind) {
      case "market":
        book.market(event.batch, event.start, event.end);
        break;
      case "fill":
        book.filled(modelled === null ? event : { ...event, feeMicro: feeOf(event, modelled.costs) });
        break;
      case "cash":
        if (modelled === null || event.reason === "funding") book.posted(event);
        break;
      case "split":
        book.split(event);
        break;
      case "dividend":
        book.dividend(event);
        break;
      case "delisting":
        book.delisted(event);
        break;
      case "fx":
        book.fx(event);
        break;
      case "timer":
        if (event.name !== "mark") break;
        if (modelled !== null && accruedTo !== 0)
          for (const posted of accrue(book, modelled.costs, modelled.rules, accruedTo, event.seenAt)) book.posted(posted);
        accruedTo = event.seenAt;
        equity = valueOf(book);
        break;
      default:
        break;
    }
  }
  return equity;
}

function valueOf(book: Holdings): number {
  let equity = book.cash();
  book.lots.forEach((lots, i) => {
    const { lotSize, currency } = book.instruments[i as InstrumentIx] as Instrument;
    if (lots !== 0) equity += lots * (book.price[i] as number) * lotSize * book.rate(currency);
  });
  return equity;
}
