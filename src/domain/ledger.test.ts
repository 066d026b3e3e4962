// The reference is rational arithmetic over bigint, written apart from the ledger: every amount as an integer of 1e-24 units.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Currency, InstrumentId } from "./instrument.js";
import { Ledger, type LedgerCategory, type LedgerState, createMoneyScale } from "./ledger.js";
import { FINE_PER_MICRO, decimalOf, divideHalfEven, notionalMicro, toMicro } from "./money.js";

const USD = "USD" as Currency;
const INR = "INR" as Currency;
const scaleOf = (tickSize: number, lotSize: number) => createMoneyScale({ id: "X" as InstrumentId, tickSize, lotSize });
const ONE = 10n ** 24n;

/** A decimal written as text, in 1e-24 units. Throws on more than 24 places. */
function fine(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + fraction.padEnd(24, "0"));
  if (fraction.length > 24) throw new Error(text);
  return text.startsWith("-") ? -value : value;
}

describe("money", () => {
  it("rounds halves to even, the same way on both sides of zero", () => {
    expect([5n, 15n, 25n, 35n, 14n, 16n].map((n) => divideHalfEven(n, 10n))).toEqual([0n, 2n, 2n, 4n, 1n, 2n]);
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.bigInt(1n, 10n ** 20n), (n, d) => {
        const q = divideHalfEven(n, d);
        expect(divideHalfEven(-n, d)).toBe(-q);
        const twice = 2n * (n - q * d);
        expect(twice <= d && twice >= -d).toBe(true);
        if (twice === d || twice === -d) expect(q % 2n).toBe(0n);
      }),
      { seed: 1 },
    );
  });

  it("reads a number as the decimal that a person wrote", () => {
    for (const [value, meant] of [
      [0.1, 1n],
      [-645.57, -64_557n],
      [1e-10, 1n],
      [12e20, 12n],
      [0, 0n],
      [2.000_000_5, 20_000_005n],
    ] as const) {
      const { digits, places } = decimalOf(value);
      const stripped = String(digits).replace(/0+$/, "");
      expect(stripped === "" ? 0n : BigInt(stripped)).toBe(meant);
      expect(Number(`${digits}e-${places}`)).toBe(value);
    }
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: -99_999_999, max: 99_999_999 }),
        (value, cents) => {
          for (const v of [value, cents / 100]) {
            const { digits, places } = decimalOf(v);
            expect(Number(`${digits}e-${places}`) === v).toBe(true);
          }
          expect(toMicro(cents / 100)).toBe(BigInt(cents) * 10_000n);
        },
      ),
      { seed: 6, numRuns: 500 },
    );
    expect(() => decimalOf(Number.NaN)).toThrow(/NaN/);
    expect([toMicro(0.1), toMicro(-2.5e-6), toMicro(3.5e-6), toMicro(1e15)]).toEqual([100_000n, -2n, 4n, 10n ** 21n]);
  });

  it("values ticks x lots exactly for every tick and lot of up to 12 places", () => {
    const places = fc.integer({ min: 0, max: 12 });
    const size = fc.tuple(fc.integer({ min: 1, max: 999 }), places).map(([n, p]) => Number(`${n}e-${p}`));
    const count = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });
    fc.assert(
      fc.property(size, size, count, count, (tick, lot, ticks, lots) => {
        const one = (fine(tick.toFixed(12)) * fine(lot.toFixed(12))) / ONE;
        const exact = BigInt(ticks) * BigInt(lots) * one;
        expect(notionalMicro(ticks, lots, scaleOf(tick, lot))).toBe(divideHalfEven(exact, FINE_PER_MICRO));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("refuses a tick that is not a decimal of up to 12 places", () => {
    for (const tick of [1 / 3, 0, -0.01, Number.NaN, Number.POSITIVE_INFINITY, 1e-13]) {
      expect(() => scaleOf(tick, 1)).toThrow(/tick size of X must be a positive decimal/);
    }
    expect(() => scaleOf(0.01, 1 / 7)).toThrow(/lot size of X/);
  });
});

type Step =
  | { kind: "fill"; which: number; ticks: number; lots: number; fee: bigint }
  | { kind: "post"; category: LedgerCategory; amount: bigint }
  | { kind: "dividend" | "cash-in-lieu"; units: string; amount: string }
  | { kind: "convert"; amount: bigint; rate: string };

const instruments = [
  { tickSize: 0.01, lotSize: 1 },
  { tickSize: 0.01, lotSize: 1e-8 }, // one tick x one lot is 1e-10
  { tickSize: 1e-12, lotSize: 1e-12 },
  { tickSize: 0.25, lotSize: 50 },
  { tickSize: 0.05, lotSize: 1e-5 },
] as const;
const scales = instruments.map((i) => scaleOf(i.tickSize, i.lotSize));
/** Decimal text with up to `places` decimals, which a double carries without loss. */
const decimal = (whole: number, places: number) =>
  fc.tuple(fc.integer({ min: -whole, max: whole }), fc.integer({ min: 0, max: 10 ** places - 1 })).map(([w, f]) => {
    const text = `${w}.${String(f).padStart(places, "0")}`;
    return text;
  });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("fill" as const),
    which: fc.nat(instruments.length - 1),
    ticks: fc.integer({ min: 1, max: 10_000_000 }),
    lots: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
    fee: fc.bigInt(-5_000_000n, 50_000_000n),
  }),
  fc.record({
    kind: fc.constant("post" as const),
    category: fc.constantFrom<LedgerCategory>("deposit", "interest", "borrow"),
    amount: fc.bigInt(-(10n ** 15n), 10n ** 15n),
  }),
  fc.record({ kind: fc.constantFrom("dividend" as const, "cash-in-lieu" as const), units: decimal(99_999, 8), amount: decimal(999, 6) }),
  fc.record({ kind: fc.constant("convert" as const), amount: fc.bigInt(-(10n ** 12n), 10n ** 12n), rate: decimal(99, 8) }),
);

/** Applies the step to the ledger and to the exact books. */
function apply(ledger: Ledger, exact: Map<Currency, bigint>, s: Step): void {
  const book = (currency: Currency, amount: bigint): void => {
    exact.set(currency, (exact.get(currency) ?? 0n) + amount);
  };
  if (s.kind === "fill") {
    const { tickSize, lotSize } = instruments[s.which] as (typeof instruments)[number];
    ledger.fill(scales[s.which] as (typeof scales)[number], USD, s.ticks, s.lots, s.fee);
    const one = (fine(tickSize.toFixed(12)) * fine(lotSize.toFixed(12))) / ONE;
    book(USD, -BigInt(s.ticks) * BigInt(s.lots) * one - s.fee * FINE_PER_MICRO);
  } else if (s.kind === "post") {
    ledger.post(USD, s.category, s.amount);
    book(USD, s.amount * FINE_PER_MICRO);
  } else if (s.kind === "convert") {
    const rate = s.rate.replace("-", "");
    if (Number(rate) === 0) return;
    ledger.convert(USD, INR, s.amount, Number(rate));
    book(USD, -s.amount * FINE_PER_MICRO);
    book(INR, (s.amount * FINE_PER_MICRO * fine(rate)) / ONE);
  } else {
    if (s.kind === "dividend") ledger.dividend(USD, Number(s.units), Number(s.amount));
    else ledger.cashInLieu(USD, Number(s.units), Number(s.amount));
    book(USD, (fine(s.units) * fine(s.amount)) / ONE);
  }
}

describe("a ledger", () => {
  it("conserves money to 1e-24 over any sequence of fills, fees, dividends, payments for fractions and conversions", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = new Ledger();
        const exact = new Map<Currency, bigint>();
        for (const s of steps) apply(ledger, exact, s);
        for (const currency of [USD, INR]) {
          expect(ledger.exactFine(currency)).toBe(exact.get(currency) ?? 0n);
          const off = ledger.exactFine(currency) - ledger.balance(currency) * FINE_PER_MICRO;
          // At most half a micro unit for each posting.
          expect(2n * (off < 0n ? -off : off)).toBeLessThanOrEqual(FINE_PER_MICRO * BigInt(steps.length));
        }
        for (const [currency, { roundingFine, ...totals }] of ledger.totals()) {
          expect(Object.values(totals).reduce((a, b) => a + b, 0n)).toBe(ledger.balance(currency));
          expect(ledger.balance(currency) * FINE_PER_MICRO + roundingFine).toBe(exact.get(currency));
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("goes on from a snapshot, through JSON, as if nothing had happened", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), (steps, cut) => {
        const whole = new Ledger();
        const first = new Ledger();
        const resumed = new Ledger();
        resumed.post(INR, "deposit", 77n); // must be forgotten
        for (const s of steps) apply(whole, new Map(), s);
        for (const s of steps.slice(0, cut)) apply(first, new Map(), s);
        resumed.restore(JSON.parse(JSON.stringify(first.snapshot())) as LedgerState);
        expect(resumed.snapshot()).toEqual(first.snapshot());
        for (const s of steps.slice(cut)) apply(resumed, new Map(), s);
        expect(resumed.snapshot()).toEqual(whole.snapshot());
        for (const currency of [USD, INR]) expect(resumed.balance(currency)).toBe(whole.balance(currency));
      }),
      { seed: 4 },
    );
  });

  it("returns to the cash it had when a position is bought and sold at one price, whatever the size", () => {
    const size = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(fc.nat(scales.length - 1), size, size, (which, ticks, lots) => {
        const ledger = new Ledger();
        ledger.fill(scales[which] as (typeof scales)[number], USD, ticks, lots, 0n);
        ledger.fill(scales[which] as (typeof scales)[number], USD, ticks, -lots, 0n);
        expect([ledger.balance(USD), ledger.exactFine(USD)]).toEqual([0n, 0n]);
      }),
      { seed: 5 },
    );
  });

  it("books a purchase with its fee, a dividend and a conversion where they belong", () => {
    const ledger = new Ledger();
    ledger.post(USD, "deposit", 1_000_000_000_000n);
    ledger.fill(scales[0] as (typeof scales)[number], USD, 64_557, 100, 1_000_000n); // 100 shares at 645.57, one dollar of fees
    ledger.dividend(USD, 700, 0.47);
    ledger.cashInLieu(USD, 0.5, 93.7);
    expect(ledger.convert(USD, INR, 1_000_000n, 84.5)).toBe(84_500_000n);
    expect(ledger.balance(USD)).toBe(1_000_000_000_000n - 64_557_000_000n - 1_000_000n + 329_000_000n + 46_850_000n - 1_000_000n);
    expect(ledger.totals().get(USD)).toMatchObject({ trade: -64_557_000_000n, fee: -1_000_000n, dividend: 329_000_000n, roundingFine: 0n });
    expect(ledger.totals().get(INR)).toMatchObject({ fx: 84_500_000n });
    expect(ledger.balance("EUR" as Currency)).toBe(0n);
  });

  it("refuses what is no amount, and leaves the books as they were", () => {
    const ledger = new Ledger();
    ledger.post(USD, "deposit", 5n);
    const before = ledger.snapshot();
    expect(() => ledger.cashInLieu(USD, 1, Number.NaN)).toThrow(/NaN/);
    expect(() => ledger.dividend(USD, Number.POSITIVE_INFINITY, 1)).toThrow(/Infinity/);
    expect(() => ledger.convert(USD, INR, 1n, 0)).toThrow(/rate from USD to INR is 0/);
    expect(() => ledger.fill(scales[0] as (typeof scales)[number], USD, 1.5, 1, 0n)).toThrow(/1.5 ticks/);
    expect(() => ledger.fill(scales[1] as (typeof scales)[number], USD, 3, Number.NaN, 0n)).toThrow(/NaN lots/);
    expect(() => ledger.restore({ accounts: [{ currency: "USD", totals: {}, roundingFine: "0" }] })).toThrow(/categories/);
    const [account] = before.accounts;
    const broken = { accounts: [{ currency: "USD", totals: { ...account?.totals, fee: "1.5" }, roundingFine: "0" }] };
    expect(() => ledger.restore(broken)).toThrow(/fee in USD is not a whole number/);
    expect(ledger.snapshot()).toEqual(before);
  });
});
