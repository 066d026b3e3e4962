// What the keeper of the account charges and pays for time: interest on cash, borrow fees on shorts. Actual/365.
import type { Holdings } from "#domain/holdings.js";
import type { Currency, Instrument } from "#domain/instrument.js";
import { toMicro } from "#domain/money.js";
import { DAY_US, type Micros } from "#domain/time.js";
import type { CashPosted } from "#domain/venue-event.js";
import { type CostModel, cashRateAt } from "./costs.js";

/** Postings for the time from `from` to `at`, at the positions and balances held now. */
export function accrue(holdings: Holdings, costs: CostModel, from: number, at: Micros): CashPosted[] {
  const years = (at - from) / DAY_US / 365;
  const events: CashPosted[] = [];
  const cash = Number(holdings.ledger.balance(holdings.base)) / 1e6;
  post(events, "interest", holdings.base, cash * cashRateAt(costs, at) * years, at);
  const borrowed = new Map<Currency, number>();
  holdings.instruments.forEach((instrument: Instrument, i) => {
    const lots = holdings.lots[i] as number;
    if (lots >= 0) return;
    const value = -lots * instrument.lotSize * (holdings.price[i] as number);
    borrowed.set(instrument.currency, (borrowed.get(instrument.currency) ?? 0) + value);
  });
  for (const [currency, value] of borrowed) post(events, "borrow", currency, (-value * costs.borrowBps * years) / 1e4, at);
  return events;
}

function post(events: CashPosted[], reason: CashPosted["reason"], currency: Currency, amount: number, at: Micros): void {
  const amountMicro = toMicro(amount);
  if (amountMicro !== 0n) events.push({ kind: "cash", at, seenAt: at, reason, currency, amountMicro });
}
