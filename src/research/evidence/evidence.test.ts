// Break-even, capacity, regimes, parts of a record: against hand-made series and by their laws.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { costBreakEven } from "./break-even.js";
import { capacityOf } from "./capacity.js";
import { differencePValue, measurePart } from "./part-of-record.js";
import { halvesOf, marketRegimes, yearsOf } from "./regimes.js";

const returns = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 1, maxLength: 50 });

describe("the break-even of costs", () => {
  it("is where gross gain and costs meet: gross 3 a session, costs 1, net 2: three times the costs", () => {
    expect(costBreakEven([0.0002, 0.0002], [0.0001, 0.0001])).toBeCloseTo(3, 12);
  });
  it("is below one for what loses, and negative for what loses before costs", () => {
    expect(costBreakEven([-0.00005], [0.0001])).toBeCloseTo(0.5, 12);
    expect(costBreakEven([-0.0002], [0.0001])).toBeCloseTo(-1, 12);
  });
  it("is none for a strategy that pays no more than its baseline", () => {
    expect(costBreakEven([0.001], [0])).toBeNull();
    expect(costBreakEven([], [])).toBeNull();
  });
  it("makes the mean active return zero, whatever the series", () => {
    fc.assert(
      fc.property(returns, (active) => {
        const extra = active.map((value, i) => 0.0001 + Math.abs(value) / (2 + i));
        const multiple = costBreakEven(active, extra) as number;
        const left = active.reduce((sum, value, i) => sum + value - (multiple - 1) * (extra[i] as number), 0);
        expect(Math.abs(left)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe("capacity", () => {
  it("lies between the sizes where the gain ends, on the scale of their logarithm", () => {
    const found = capacityOf([
      { cash: 1e6, activeReturn: 0.04 },
      { cash: 1e8, activeReturn: -0.04 },
    ]);
    expect(found.kind).toBe("found");
    expect("cash" in found ? found.cash : 0).toBeCloseTo(1e7, 0);
  });
  it("is beyond what was measured, or none", () => {
    expect(capacityOf([{ cash: 5, activeReturn: 0.1 }])).toEqual({ kind: "beyond", cash: 5 });
    expect(capacityOf([{ cash: 5, activeReturn: 0 }])).toEqual({ kind: "none" });
  });
});

describe("regimes", () => {
  const rng = createRng("regimes");
  const market = Array.from({ length: 900 }, (_, t) => (t % 300 < 150 ? 0.002 : 0.02) * rng.normal());
  const regimes = marketRegimes(market);
  const named = (name: string): readonly number[] => regimes.find((regime) => regime.name === name)?.sessions ?? [];

  it("cut the sessions that have 63 behind them into thirds, none in two", () => {
    const all = ["calm market", "usual market", "rough market"].flatMap(named).sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 900 - 63 }, (_, i) => i + 63));
    for (const name of ["calm market", "usual market", "rough market"]) expect(Math.abs(named(name).length - 279)).toBeLessThanOrEqual(1);
  });
  it("know nothing of the session itself: what comes later moves no session's trend", () => {
    const cut = marketRegimes(market.slice(0, 500));
    const rising = cut.find(({ name }) => name === "rising market")?.sessions;
    expect(rising).toEqual(named("rising market").filter((t) => t < 500));
  });
  it("leave out what a short record cannot say", () => {
    expect(marketRegimes(market.slice(0, 60))).toEqual([]);
  });
  it("call a market that only rises rising", () => {
    const rising = marketRegimes(Array<number>(250).fill(0.001));
    expect(rising.map(({ name }) => name)).toContain("rising market");
    expect(rising.map(({ name }) => name)).not.toContain("falling market");
  });
  it("years and halves hold every session once", () => {
    const dates = ["2019-12-30", "2019-12-31", "2020-01-02"];
    expect(yearsOf(dates)).toEqual([
      { name: "2019", sessions: [0, 1] },
      { name: "2020", sessions: [2] },
    ]);
    expect(halvesOf(3)?.map(({ sessions }) => sessions)).toEqual([[0], [1, 2]]);
    expect(halvesOf(1)).toBeNull();
  });
});

describe("a part of the record", () => {
  const series = (seed: string, n: number, mean: number): number[] => {
    const rng = createRng(seed);
    return Array.from({ length: n }, () => mean + 0.01 * rng.normal());
  };
  it("has the annual mean of its own sessions and a band around it", () => {
    const part = measurePart({ name: "x", sessions: [1, 3] }, [9, 0.001, 9, 0.003], 250);
    expect(part.activeReturn).toBeCloseTo(0.5, 12);
    expect(part.low as number).toBeLessThan(0.5);
    expect(measurePart({ name: "one", sessions: [0] }, [0.001], 250).low).toBeNull();
  });
  it("differs from another about as often as its level says when nothing differs", () => {
    const halves = halvesOf(1000) as NonNullable<ReturnType<typeof halvesOf>>;
    const rejected = Array.from({ length: 400 }, (_, i) => differencePValue(...halves, series(`same-${i}`, 1000, 0.0003)) as number).filter(
      (p) => p <= 0.05,
    ).length;
    expect(rejected).toBeGreaterThan(5);
    expect(rejected).toBeLessThan(38);
  });
  it("is told from one that earns the opposite", () => {
    const halves = halvesOf(1000) as NonNullable<ReturnType<typeof halvesOf>>;
    const changed = [...series("early", 500, 0.002), ...series("late", 500, -0.002)];
    expect(differencePValue(...halves, changed) as number).toBeLessThan(0.001);
  });
});
