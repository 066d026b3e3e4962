// What a broker lets an account carry: positions worth at most twice its equity when they are opened (Regulation T, 50 % initial margin).
// An order was sized at the last price seen; without this a price that jumps before the fill would buy any multiple of the account.
import type { Holdings } from "#domain/holdings.js";
import type { Instrument } from "#domain/instrument.js";

export const BUYING_POWER = 2;

/** Lots (absolute, at most `lots`) that the account may add to or take from a position at `price`; what reduces it is always allowed. */
export function affordable(holdings: Holdings, row: number, side: 1 | -1, lots: number, price: number): number {
  const held = holdings.lots[row] as number;
  const reducing = held * side < 0 ? Math.min(lots, Math.abs(held)) : 0;
  const rest = lots - reducing;
  if (rest === 0) return lots;
  let equity = holdings.cash();
  let gross = 0;
  for (let i = 0; i < holdings.instruments.length; i++) {
    const position = holdings.lots[i] as number;
    if (position === 0) continue;
    const { lotSize, currency } = holdings.instruments[i] as Instrument;
    const value = position * (i === row ? price : (holdings.price[i] as number)) * lotSize * holdings.rate(currency);
    equity += value;
    gross += Math.abs(value);
  }
  const { lotSize, currency } = holdings.instruments[row] as Instrument;
  const lot = price * lotSize * holdings.rate(currency);
  const room = Math.floor((BUYING_POWER * equity - gross) / lot + 1e-9) + reducing; // what is closed makes room for the new side
  return reducing + Math.max(0, Math.min(rest, room));
}
