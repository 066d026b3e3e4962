// What the keeper of the account charges and pays for time: interest on cash, borrow fees on shorts. Actual/365. At no time, nothing.
import type { Holdings } from "#domain/holdings.js";
import type { Currency, Instrument, InstrumentIx } from "#domain/instrument.js";
import { toMicro } from "#domain/money.js";
import { DAY_US, type Micros } from "#domain/time.js";
import type { CashPosted } from "#domain/venue-event.js";
import { type CostModel, cashRateAt } from "./costs.js";
import { type VenueRules, borrowFeeOver } from "./rules.js";

/** Postings for the time from `from` to `at`, at the positions and balances held now. */
export function accrue(holdings: Holdings, costs: CostModel, { borrow }: VenueRules, from: number, at: Micros): CashPosted[] {
  if (at <= from) return [];
  const years = (at - from) / DAY_US / 365;
  const events: CashPosted[] = [];
  const cash = Number(holdings.ledger.balance(holdings.base)) / 1e6;
  post(events, "interest", holdings.base, cash * cashRateAt(costs, at) * years, at);
  const borrowed = new Map<Currency, { general: number; special: number }>();
  holdings.instruments.forEach((instrument: Instrument, i) => {
    const lots = holdings.lots[i] as number;
    if (lots >= 0) return;
    const value = -lots * instrument.lotSize * (holdings.price[i] as number);
    const sum = borrowed.get(instrument.currency) ?? { general: 0, special: 0 };
    const terms = borrow?.get(i as InstrumentIx);
    if (terms === undefined) sum.general += value;
    else sum.special += value * borrowFeeOver(terms, costs.borrowBps, from, at);
    borrowed.set(instrument.currency, sum);
  });
  for (const [currency, { general, special }] of borrowed)
    post(events, "borrow", currency, (-general * costs.borrowBps * years) / 1e4 - (special * years) / 1e4, at);
  return events;
}

function post(events: CashPosted[], reason: CashPosted["reason"], currency: Currency, amount: number, at: Micros): void {
  const amountMicro = toMicro(amount);
  if (amountMicro !== 0n)
    events.push({ kind: "cash", at, seenAt: at, postingId: `${reason} ${currency} ${at}`, reason, currency, amountMicro });
}
