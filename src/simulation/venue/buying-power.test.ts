// What the broker lets an account carry.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Holdings } from "#domain/holdings.js";
import type { Currency, Instrument, InstrumentId, Lots, InstrumentIx, Ticks } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import { BUYING_POWER, affordable } from "./buying-power.js";

const USD = "USD" as Currency;
const share = (id: string): Instrument => ({
  id: id as InstrumentId,
  venue: "XNYS",
  currency: USD,
  tickSize: 0.01,
  relativeTick: null,
  lotSize: 1,
  sector: null,
});

function holdingsOf(cash: number, positions: readonly (readonly [lots: number, price: number])[]): Holdings {
  const holdings = new Holdings(
    positions.map((_, i) => share(`S${i}`)),
    USD,
    BigInt(cash) * 1_000_000n,
  );
  positions.forEach(([lots, price], i) => {
    holdings.price[i] = price;
    if (lots === 0) return;
    const at = 0 as Micros;
    holdings.filled({
      kind: "fill",
      at,
      seenAt: at,
      fillId: `${i}`,
      order: `${i}` as OrderId,
      instrument: i as InstrumentIx,
      lots: lots as Lots,
      price: Math.round(price * 100) as Ticks,
      feeMicro: 0n,
    });
  });
  return holdings;
}

describe("buying power", () => {
  it("cuts an order that was sized at a price that has since jumped", () => {
    // 1,000,000 of cash; 70,000 shares were wanted at 0.004 and would cost 2.8 million at 40.
    expect(affordable(holdingsOf(1_000_000, [[0, 0.004]]), 0, 1, 70_000, 40)).toBe(50_000);
  });

  it("always lets a position be reduced, whatever the account is worth", () => {
    expect(affordable(holdingsOf(10, [[1000, 1]]), 0, -1, 1000, 0.5)).toBe(1000);
    expect(affordable(holdingsOf(10, [[-1000, 1]]), 0, 1, 1000, 90)).toBe(1000);
  });

  it("never opens more than twice the equity, and grants all that fits", () => {
    const position = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 1, max: 200 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(position, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1 as const, -1 as const),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 400 }),
        (cash, positions, side, lots, price) => {
          const holdings = holdingsOf(cash, positions);
          const granted = affordable(holdings, 0, side, lots, price);
          const gross = (extra: number): number =>
            positions.reduce((sum, [held, p], i) => sum + Math.abs(i === 0 ? (held + side * extra) * price : held * p), 0);
          const equity = holdings.cash() + positions.reduce((sum, [held, p], i) => sum + held * (i === 0 ? price : p), 0);
          const held = positions[0]?.[0] ?? 0;
          const reducing = held * side < 0 ? Math.min(lots, Math.abs(held)) : 0;
          expect(granted).toBeGreaterThanOrEqual(reducing);
          expect(granted).toBeLessThanOrEqual(lots);
          if (granted > reducing) expect(gross(granted)).toBeLessThanOrEqual(BUYING_POWER * equity + 1e-6);
          if (granted < lots) expect(gross(granted + 1)).toBeGreaterThan(BUYING_POWER * equity - 1e-6);
        },
      ),
      { numRuns: 300 },
    );
  });
});
