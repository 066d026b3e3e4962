import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureFrame } from "#domain/frame.js";
import { type InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Micros } from "#domain/time.js";
import { OptimizedStand, STAND_DAYS, sumOf } from "#test/fixtures/optimized-stand.js";
import { createOptimized } from "./optimized.js";
import { objectiveNames } from "./optimized-options.js";
import { withMonitor } from "./monitored.js";
import type { ReturnMemory } from "./return-memory.js";
import { withStops } from "./stops.js";
import { VolumeMemory } from "./volume-memory.js";

const NAMES = 12;
const DAYS = STAND_DAYS;
const stand = new OptimizedStand(NAMES, 1000, 0.2);
const { usual, signals, asOf } = stand;
/** `without`: names that lack a bar shortly before the end. */
const memory = (without: readonly number[] = []): ReturnMemory =>
  stand.memory("optimized", (day, name) => without.includes(name) && day === DAYS - 3);
const frame = (over?: Partial<FeatureFrame>): FeatureFrame => stand.frame(over);
const view = (weights?: Float64Array): PortfolioView => stand.view(weights);
const sum = sumOf;

describe("an optimized portfolio", () => {
  it.each(objectiveNames)("%s: is invested as asked, within the largest weight", (objective) => {
    for (const covariance of ["ledoit-wolf", "factor"] as const) {
      const builder = createOptimized({ ...usual, objective, covariance }, memory());
      const { weights } = builder.build(signals, frame(), view());
      expect(sum(weights)).toBeCloseTo(0.9, 7);
      for (const weight of weights) expect(weight >= 0 && weight <= 0.2 + 1e-9).toBe(true);
      expect(builder.answers?.()).toEqual([{ step: objective, times: 1, why: null }]);
    }
  });

  it("long and short net to nothing, within the sum of sizes", () => {
    const { weights } = createOptimized({ ...usual, short: true }, memory()).build(signals, frame(), view());
    expect(sum(weights)).toBeCloseTo(0, 7);
    expect(sum(weights, Math.abs)).toBeLessThan(0.9 + 1e-7);
    expect(sum(weights, Math.abs)).toBeGreaterThan(0.3);
  });

  it("long and short, what stays as it is counts with its size: a long and a short name are no nothing", () => {
    const held = new Float64Array(NAMES);
    [held[0], held[1]] = [0.2, -0.2];
    const fresh = new Uint8Array(NAMES).fill(1);
    [fresh[0], fresh[1]] = [0, 0];
    const { weights } = createOptimized({ ...usual, short: true }, memory()).build(signals, frame({ fresh }), view(held));
    expect([weights[0], weights[1]]).toEqual([Number.NaN, Number.NaN]);
    expect(sum(weights.slice(2), Math.abs)).toBeLessThan(0.5 + 1e-7);
    expect(sum(weights.slice(2), Math.abs)).toBeGreaterThan(0.3);
  });

  it("long and short, where more than all that was asked for stays as it is, closes the rest and needs no fallback", () => {
    const held = Float64Array.from({ length: NAMES }, (_, i) => (i < 6 ? 0.16 : 0.05) * (i % 2 === 0 ? 1 : -1));
    const fresh = Uint8Array.from(held, (_, i) => (i < 6 ? 0 : 1));
    const builder = createOptimized({ ...usual, short: true }, memory());
    const { weights } = builder.build(signals, frame({ fresh }), view(held));
    expect(sum(weights.slice(6), Math.abs)).toBeCloseTo(0, 6);
    expect(builder.answers?.()).toEqual([{ step: "mean-variance", times: 1, why: null }]);
  });

  it("trades no more than the turnover, comes nearer at each decision, and drift above a limit forces no trade", () => {
    const held = new Float64Array(NAMES);
    [held[0], held[1]] = [0.25, 0.1];
    const builder = createOptimized({ ...usual, maxTurnover: 0.3 }, memory());
    let now = held;
    for (let time = 0; time < 4; time++) {
      const { weights } = builder.build(signals, frame(), view(now));
      expect(
        sum(
          weights.map((weight, i) => weight - (now[i] as number)),
          Math.abs,
        ),
      ).toBeLessThan(0.3 + 1e-6);
      expect(sum(weights)).toBeGreaterThan(sum(now) - 1e-9);
      now = weights.map((weight) => Math.round(1000 * weight) / 1000);
    }
    expect(sum(now)).toBeCloseTo(0.9, 2);
    // With no room to trade it holds what it has, above the largest weight, too.
    const still = createOptimized({ ...usual, maxTurnover: 1e-9 }, memory()).build(signals, frame(), view(held)).weights;
    expect(still[0]).toBeCloseTo(0.25, 6);
  });

  it("closes what is no member, and leaves what has no fresh bar or no known risk", () => {
    const held = new Float64Array(NAMES).fill(0.05);
    const [member, fresh] = [new Uint8Array(NAMES).fill(1), new Uint8Array(NAMES).fill(1)];
    member[0] = 0;
    [fresh[1], member[1]] = [0, 0];
    const { weights } = createOptimized(usual, memory([2])).build(signals, frame({ member, fresh }), view(held));
    expect([weights[0], weights[1], weights[2]]).toEqual([0, Number.NaN, Number.NaN]);
    expect(sum(weights.slice(3))).toBeCloseTo(0.8, 7); // what two of them hold is taken off
  });

  it("closes everything where there is nobody to choose from, and leaves an account without equity alone", () => {
    const held = new Float64Array(NAMES).fill(0.05);
    const builder = createOptimized({ ...usual, beta: [0, 1], maxSector: 0.5 }, memory());
    const nobody = builder.build(signals, frame({ member: new Uint8Array(NAMES) }), view(held)).weights;
    expect(nobody.every((weight) => weight === 0)).toBe(true);
    const broke = builder.build(signals, frame(), { ...view(held), equity: 0 }).weights;
    expect(broke.every(Number.isNaN)).toBe(true);
    expect(builder.answers?.()).toEqual([]);
  });

  it("keeps to so many names, to sectors and to a beta, and to a deviation by cash", () => {
    const few = createOptimized({ ...usual, maxNames: 5 }, memory()).build(signals, frame(), view()).weights;
    expect(few.filter((weight) => weight !== 0)).toHaveLength(5);
    const spread = createOptimized({ ...usual, maxSector: 0.5, beta: [0.5, 0.95] }, memory()).build(signals, frame(), view()).weights;
    expect(sum(spread.slice(0, 6))).toBeLessThan(0.5 + 1e-7);
    const calm = createOptimized({ ...usual, volatilityTarget: 0.05 }, memory()).build(signals, frame(), view()).weights;
    const wild = createOptimized(usual, memory()).build(signals, frame(), view()).weights;
    expect(sum(calm)).toBeLessThan(0.5 * sum(wild));
  });

  it("asks the next of its chain where no weights obey, says why, and remembers it through a snapshot", () => {
    const builder = createOptimized({ ...usual, beta: [3, 4] }, memory());
    expect(sum(builder.build(signals, frame(), view()).weights)).toBeCloseTo(0.9, 7);
    const [answer] = builder.answers?.() ?? [];
    expect(answer).toMatchObject({ step: "minimum-variance", times: 1 });
    expect(answer?.why).toMatch(/mean-variance: no weights obey .*beta/);
    const other = createOptimized({ ...usual, beta: [3, 4] }, memory());
    other.memory?.restore(builder.memory?.snapshot() as Uint8Array);
    expect(other.answers?.()).toEqual(builder.answers?.());
    const held = createOptimized({ ...usual, beta: [3, 4], fallback: ["hold"] }, memory()).build(signals, frame(), view()).weights;
    expect(held.every(Number.isNaN)).toBe(true);
  });

  it("holds less of what it is unsure of, and says so where a model tells no error", () => {
    const uncertainty = Float64Array.from({ length: NAMES }, (_, i) => (i < 6 ? 0.05 : 0));
    const sure = createOptimized(usual, memory()).build({ ...signals, uncertainty }, frame(), view()).weights;
    const unsure = createOptimized({ ...usual, doubt: 1 }, memory()).build({ ...signals, uncertainty }, frame(), view()).weights;
    expect(sum(unsure.slice(0, 6))).toBeLessThan(sum(sure.slice(0, 6)) + 1e-9);
    expect(() => createOptimized({ ...usual, doubt: 1 }, memory()).build({ ...signals, uncertainty: null }, frame(), view())).toThrow(
      /gives no standard error/,
    );
  });

  it("takes nothing for sure that may be off by any amount: such a signal counts as none", () => {
    const doubted = (uncertainty: Float64Array) =>
      createOptimized({ ...usual, doubt: 1 }, memory()).build({ ...signals, uncertainty }, frame(), view()).weights;
    const errors = new Float64Array(NAMES);
    const best = signals.expectedReturn.indexOf(Math.max(...signals.expectedReturn));
    const sure = doubted(errors);
    for (const unknown of [Number.NaN, Number.POSITIVE_INFINITY]) {
      errors[best] = unknown;
      const expectedReturn = signals.expectedReturn.map((value, i) => (i === best ? 0 : value));
      const none = createOptimized(usual, memory()).build({ ...signals, expectedReturn }, frame(), view()).weights;
      expect([...doubted(errors)]).toEqual([...none]);
      expect(doubted(errors)[best]).toBeLessThan(sure[best] as number);
    }
  });
});

it("plans no more than what risk has left of a session's turnover", () => {
  const held = new Float64Array(NAMES).fill(0.075);
  const trades = (over: Partial<PortfolioView>, options = usual): number => {
    const { weights } = createOptimized({ ...options, sessionTurnover: 0.3 }, memory()).build(signals, frame(), { ...view(held), ...over });
    return sum(
      weights.map((weight, i) => weight - (held[i] as number)),
      Math.abs,
    );
  };
  expect(trades({})).toBeGreaterThan(0.29);
  expect(trades({})).toBeLessThan(0.3 + 1e-7);
  expect(trades({ tradedSinceMark: 200 })).toBeLessThan(0.1 + 1e-7);
  expect(trades({ tradedSinceMark: 400 })).toBeLessThan(1e-7);
  expect(trades({ tradedSinceMark: 100 }, { ...usual, maxTurnover: 0.05 })).toBeLessThan(0.05 + 1e-7);
});

it("trades less of what trades little, by the law of the venue, and remembers the volume through a snapshot", () => {
  const volumes = (units: number): VolumeMemory => {
    const out = new VolumeMemory(new Array<number>(NAMES).fill(1), 0.002);
    const at = (1000 * DAYS) as Micros;
    const bar = { openAt: at, at, seenAt: at, open: 1, high: 1, low: 1, close: 1 };
    const rows = Array.from({ length: NAMES }, (_, i) => ({ ...bar, instrument: i as InstrumentIx, volume: i < 6 ? units : 1e12 }));
    out.market(toBarBatch(rows), 0, NAMES);
    return out;
  };
  const thin = volumes(10);
  // A trade of 0.1 of 1,000 in lots of 1 is 100 units, ten volumes: sqrt(10) times 20 bps of it.
  expect(thin.costOf(0, view()) * 0.1 ** 1.5).toBeCloseTo(0.1 * 0.002 * Math.sqrt(10), 14);
  expect(thin.costOf(0, { ...view(), equity: 0 })).toBe(0);
  const share = (memoryOf: VolumeMemory): number =>
    sum(createOptimized(usual, memory(), memoryOf).build(signals, frame(), view()).weights.slice(0, 6));
  expect(share(thin)).toBeLessThan(share(volumes(1e12)) - 0.05);
  const other = volumes(1e12);
  other.restore(thin.snapshot());
  expect(share(other)).toBe(share(thin));
  thin.reference({ kind: "split", instrument: 0 as InstrumentIx, ratio: 4, at: asOf, seenAt: asOf });
  expect(thin.costOf(0, view())).toBeCloseTo(other.costOf(0, view()) / 2, 14);
});

describe("between decisions", () => {
  const early = -1 as Micros;
  const monitored = (within: number, options = usual) => withMonitor(createOptimized(options, memory()), within, NAMES);
  /** Lots desired after an adjustment of `held` lots. */
  const adjusted = (builder: ReturnType<typeof monitored>, held: Float64Array, over: Partial<PortfolioView> = {}): Float64Array => {
    const desired = held.slice();
    builder.adjust?.((asOf + 100) as Micros, early, { ...view(), ...over, lots: held }, desired);
    return desired;
  };
  const traded = (from: Float64Array, to: Float64Array): number =>
    sum(
      to.map((lots, i) => lots - (from[i] as number)),
      Math.abs,
    );

  it("nothing is done before the first decision, nor by an account without equity", () => {
    const builder = monitored(0.05);
    const held = new Float64Array(NAMES).fill(20);
    expect(adjusted(builder, held)).toEqual(held);
    builder.build(signals, frame(), view());
    expect(adjusted(builder, held, { equity: 0 })).toEqual(held);
    expect(adjusted(builder, held)).not.toEqual(held);
  });

  it("no adjustment is larger than its budget, in whole lots, whatever is held; what has settled stays", () => {
    const lots = fc.array(fc.integer({ min: 0, max: 250 }), { minLength: NAMES, maxLength: NAMES });
    fc.assert(
      fc.property(lots, fc.double({ min: 0.004, max: 0.3, noNaN: true }), fc.boolean(), (start, within, calm) => {
        const builder = monitored(within, { ...usual, maxSector: 0.6, volatilityTarget: calm ? 0.1 : null, beta: [0, 1.2] });
        builder.build(signals, frame(), view());
        let held: Float64Array = Float64Array.from(start);
        const equity = Math.max(1000, sum(held));
        for (let time = 0; time < 6; time++) {
          const desired = adjusted(builder, held, { equity });
          expect(traded(held, desired) / equity).toBeLessThanOrEqual(within + 1e-9);
          expect(desired.every(Number.isInteger)).toBe(true);
          if (time > 0 && traded(held, desired) === 0) expect(adjusted(builder, held, { equity })).toEqual(held);
          held = desired;
        }
      }),
      { numRuns: 12 },
    );
  });

  it("a portfolio that was just decided on and filled is left alone, and so is what is on its way", () => {
    const builder = monitored(0.05);
    const { weights } = builder.build(signals, frame(), view());
    const fine = { equity: 1e6, lotValue: new Float64Array(NAMES).fill(1) };
    const held = weights.map((weight) => Math.round(1e6 * weight));
    expect(traded(held, adjusted(builder, held, fine)) / 1e6).toBeLessThan(1e-5);
    const desired = held.slice();
    const half = held.map((lots) => Math.trunc(lots / 2));
    const workingBuys = held.map((lots, i) => lots - (half[i] as number));
    builder.adjust?.(asOf, early, { ...view(), ...fine, lots: half, workingBuys }, desired);
    expect(traded(held, desired) / 1e6).toBeLessThan(1e-5);
  });

  it("late names and those that are no members stay, and where no weights obey all stays", () => {
    const builder = monitored(0.2);
    const member = new Uint8Array(NAMES).fill(1);
    member[3] = 0;
    builder.build(signals, frame({ member }), view());
    const held = new Float64Array(NAMES).fill(40);
    expect(adjusted(builder, held)[3]).toBe(40);
    const desired = held.slice();
    builder.adjust?.(asOf, (asOf + 1) as Micros, { ...view(), lots: held }, desired); // nobody was seen since
    expect(desired).toEqual(held);
    const none = monitored(0.2, { ...usual, beta: [3, 4] });
    none.build(signals, frame(), view());
    expect(adjusted(none, held)).toEqual(held);
    expect(none.answers?.()?.map(({ step, times }) => [step, times])).toEqual([
      ["minimum-variance", 1],
      ["hold", 1],
    ]);
  });

  it("goes on from a snapshot as if nothing had happened", () => {
    const [one, other] = [monitored(0.1, { ...usual, doubt: 0.1 }), monitored(0.1, { ...usual, doubt: 0.1 })];
    const held = new Float64Array(NAMES).fill(40);
    other.memory?.restore(one.memory?.snapshot() as Uint8Array);
    expect(adjusted(other, held)).toEqual(held);
    one.build(signals, frame(), view());
    other.memory?.restore(one.memory?.snapshot() as Uint8Array);
    expect(adjusted(other, held)).toEqual(adjusted(one, held));
    expect(adjusted(other, held)).not.toEqual(held);
  });

  it("a stop is looked at, too, and a name that it has sold is not bought again", () => {
    const stop = { fixed: null, trailing: null, atr: null, atrBars: 14, time: 1, pause: 1, lossPerName: null };
    const builder = withMonitor(withStops(createOptimized(usual, memory()), stop, NAMES), 0.01, NAMES);
    const { weights } = builder.build(signals, frame(), view());
    const held = weights.map((weight) => Math.round(1000 * weight));
    const first = held.findIndex((lots) => lots > 0);
    expect(adjusted(builder, held)[first]).toBeGreaterThan(0);
    const [close, at] = [1, (1000 * DAYS + 500) as Micros];
    const bar = { instrument: first as InstrumentIx, openAt: (1000 * DAYS) as Micros, at, seenAt: at, volume: 1 };
    builder.memory?.market(toBarBatch([{ ...bar, open: close, high: close, low: close, close }]), 0, 1);
    const sold = adjusted(builder, held);
    expect(sold[first]).toBe(0);
    for (let time = 0; time < 3; time++) expect(adjusted(builder, sold)[first]).toBe(0);
  });
});
