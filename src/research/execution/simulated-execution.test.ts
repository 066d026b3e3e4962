// Simulated parent orders on made-up sessions: what holds whatever the market did.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { type BarRow, toBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { type IsoDate, MINUTE_US, type Micros } from "#domain/time.js";
import { impactModels } from "#execution/impact/impact-model.js";
import type { ExecutionStyle } from "#execution/style.js";
import { curveErrors } from "./curve-errors.js";
import { againstVwap, filledShare, parentCost } from "./parent-cost.js";
import { onSteps, type RecordedSessions, simulateParents } from "./simulate-parent.js";

const SLOTS = 40;
const DAYS = 6;
const instrument: Instrument = {
  id: "A" as InstrumentId,
  venue: "X",
  currency: "USD" as Currency,
  tickSize: 0.01,
  relativeTick: null,
  lotSize: 1,
  sector: null,
};
const steps: readonly Session[] = Array.from({ length: DAYS * SLOTS }, (_, s) => ({
  date: `day ${Math.floor(s / SLOTS)}` as IsoDate,
  openAt: ((s + 1) * MINUTE_US) as Micros,
  closeAt: ((s + 2) * MINUTE_US) as Micros,
  early: false,
}));

const styles: readonly ExecutionStyle[] = [
  { kind: "twap", bars: SLOTS - 1, participation: null },
  { kind: "vwap", bars: SLOTS - 1, participation: null },
  { kind: "pov", participation: 0.15 },
  { kind: "shortfall", bars: SLOTS - 1, urgency: 2, participation: 0.3 },
  { kind: "opportunistic", bars: SLOTS - 1, patience: 3, participation: null },
];

/** A random walk with a volume that smiles; every tenth bar is missing. */
function record(seed: string, change: (row: BarRow, step: number) => BarRow = (row) => row): RecordedSessions {
  const rng = createRng(seed);
  let price = 50;
  const rows = steps.flatMap(({ openAt, closeAt }, step): BarRow[] => {
    const cents = (value: number): number => Math.round(value * 100) / 100;
    const open = price;
    price = Math.max(5, cents(price * Math.exp(0.002 * rng.normal())));
    const [high, low] = [cents(Math.max(open, price) + 0.03 * rng.next()), cents(Math.min(open, price) - 0.03 * rng.next())];
    const smile = 1 + ((2 * (step % SLOTS)) / SLOTS - 1) ** 2;
    const volume = Math.floor(400 * smile * rng.next());
    const present = step % SLOTS === 0 || rng.next() > 0.1;
    const row = { instrument: 0 as InstrumentIx, openAt, at: closeAt, seenAt: closeAt, open, high, low, close: price, volume };
    return present ? [change(row, step)] : [];
  });
  return onSteps(instrument, [toBarBatch(rows)], steps, 0);
}

const sizeOf = (step: number): number | null => (step >= 2 * SLOTS ? 500 : null);
const seeds = fc.nat(1e9).map(String);

describe.each(styles.map((style) => [style.kind, style] as const))("%s on recorded sessions", (_, style) => {
  it("fills no more than the order and a part of each bar, and is not moved by what comes later", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom<1 | -1>(1, -1), fc.integer({ min: 2 * SLOTS + 2, max: DAYS * SLOTS - 2 }), (seed, side, from) => {
        const options = { style, side, sizeOf, maxShare: 0.3 };
        const parents = simulateParents(record(seed), options);
        expect(parents).toHaveLength(4);
        for (const { lots, slices } of parents) {
          expect(lots).toBe(side * 500);
          expect(slices.every((slice) => slice.lots * side > 0)).toBe(true);
          expect(slices.reduce((sum, slice) => sum + slice.lots * side, 0)).toBeLessThanOrEqual(500);
          const perBar = new Map<number, number>();
          for (const { step, lots: one } of slices) perBar.set(step, (perBar.get(step) ?? 0) + Math.abs(one));
          for (const { step, volume } of slices) expect(perBar.get(step)).toBeLessThanOrEqual(0.3 * volume + 1e-9);
        }
        const altered = record(seed, (row, step) => (step < from ? row : { ...row, volume: 3 * row.volume + 5, close: row.low }));
        const until = (all: typeof parents): unknown => all.flatMap(({ slices }) => slices.filter(({ step }) => step < from));
        expect(until(simulateParents(altered, options))).toEqual(until(parents));
      }),
      { numRuns: 12 },
    );
  });

  it("costs what the money says: the parts are the whole, under both models at any scale", () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom<1 | -1>(1, -1),
        fc.constantFrom(...impactModels),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (seed, side, impact, scale) => {
          const market = { volatility: 0.02, volume: 9000 };
          for (const parent of simulateParents(record(seed), { style, side, sizeOf, maxShare: 0.3 })) {
            const cost = parentCost(parent, { impact, scale, market, instrument, halfSpreadBps: 3 });
            let [paid, done] = [0, 0];
            for (const { lots, price, taker, volume } of parent.slices) {
              const size = Math.abs(lots);
              const { temporary, lasting } = impact.cost({ from: done, to: done + size, stepVolume: volume }, market, scale);
              const worse = parent.decision * ((taker ? 3e-4 + temporary : 0) + lasting);
              paid += lots * (price + side * worse);
              done += size;
            }
            const left = parent.lots - side * done;
            const lead = paid - side * done * parent.decision + left * (parent.end - parent.decision);
            expect(cost.total).toBeCloseTo((1e4 * lead) / (500 * parent.decision), 7);
            expect(cost.timing + cost.spread + cost.temporary + cost.lasting + cost.opportunity).toBeCloseTo(cost.total, 9);
            expect(filledShare(parent)).toBeCloseTo(done / 500, 12);
          }
        },
      ),
      { numRuns: 8 },
    );
  });
});

it("buys and sales on a schedule that asks no price pay its timing with opposite signs", () => {
  const of = (side: 1 | -1): number[] =>
    simulateParents(record("sides"), { style: styles[1] as ExecutionStyle, side, sizeOf, maxShare: 1 }).map(againstVwap);
  const [buys, sales] = [of(1), of(-1)];
  buys.forEach((over, k) => expect(over).toBeCloseTo(-(sales[k] as number), 9));
});

it("a curve that is the same every day is foretold without an error, where even shares are off by as much as it is uneven", () => {
  const curve = Array.from({ length: SLOTS }, (_, k) => 100 + 10 * k);
  const same = record("curve", (row, step) => ({ ...row, volume: curve[step % SLOTS] as number }));
  same.bars.volume.forEach((_, step) => (same.bars.volume[step] = curve[step % SLOTS] as number));
  const errors = curveErrors(same, 2);
  expect(errors).toHaveLength(4 * (DAYS - 2));
  const rest = curve.slice(1);
  const total = rest.reduce((a, b) => a + b);
  let sum = 0;
  const off = rest.reduce((far, volume, k) => far + Math.abs((k + 1) / rest.length - (sum += volume) / total), 0) / rest.length;
  for (const { curve: name, distance, tracking } of errors) {
    expect(distance).toBeCloseTo(name === "even" ? off : 0, 12);
    if (name !== "even") expect(tracking).toBeCloseTo(0, 8);
  }
});
