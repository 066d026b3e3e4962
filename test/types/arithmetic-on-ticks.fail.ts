// TS2322: arithmetic gives a bare number again; whoever wants ticks must say how it rounds.
import type { Ticks } from "#domain/instrument.js";

export function middle(bid: Ticks, ask: Ticks): Ticks {
  // refused:
  return (bid + ask) / 2;
}
