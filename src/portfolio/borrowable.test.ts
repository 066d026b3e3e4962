import { describe, expect, it } from "vitest";
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { withBorrow } from "./borrowable.js";

const frame = { instruments: 4 } as unknown as FeatureFrame;
const view = (lots: readonly number[] = [0, 0, 0, 0], value = 7.3): PortfolioView =>
  ({
    asOf: 5 as Micros,
    equity: 1000,
    lots: Float64Array.from(lots),
    lotValue: new Float64Array(4).fill(value),
  }) as unknown as PortfolioView;
const wanting = (...weights: number[]): PortfolioBuilder => ({
  build: ({ asOf }) => ({ asOf, weights: Float64Array.from(weights) }),
  adjust: (_asOf, _since, _view, desired) => void desired.set([-50, -50, -50, 50]),
});

/** Of the four: none, three, any, any. */
const lent = (i: number): number => [0, 3][i] ?? Number.POSITIVE_INFINITY;

/** In whole lots, as execution sizes them: towards zero, and as they are where there is no opinion. */
function wanted(builder: PortfolioBuilder, at: PortfolioView): number[] {
  const { weights } = builder.build({ asOf: 5 as Micros } as Signals, frame, at);
  return [...weights].map((weight, i) => {
    const lots = (weight * at.equity) / (at.lotValue[i] as number);
    return (Number.isFinite(lots) ? Math.trunc(lots + Math.sign(lots) * 1e-9) : (at.lots[i] as number)) + 0;
  });
}

describe("what can be borrowed", () => {
  it("bounds shorts to the lot, leaves longs and what nobody bounds alone, and counts what it cut", () => {
    const builder = withBorrow(wanting(-0.2, -0.2, -0.2, 0.2), lent);
    expect(wanted(builder, view())).toEqual([0, -3, -27, 27]);
    expect(builder.unborrowed?.()).toBe(2);
    const exact = withBorrow(wanting((-3 * 7.3) / 1000, (-3 * 7.3) / 1000, 0, 0), lent);
    expect(wanted(exact, view())).toEqual([0, -3, 0, 0]);
    expect(exact.unborrowed?.()).toBe(1);
  });

  it("covers what was recalled, also where the portfolio has no opinion, and no more than that", () => {
    const builder = withBorrow(wanting(Number.NaN, Number.NaN, Number.NaN, Number.NaN), lent);
    expect(wanted(builder, view([-9, -9, -9, -9]))).toEqual([0, -3, -9, -9]);
    expect(wanted(builder, view([0, -2, -9, 9]))).toEqual([0, -2, -9, 9]);
  });

  it("holds for any price of a lot", () => {
    for (const value of [0.01, 1 / 3, 99.99, 333.1])
      expect(wanted(withBorrow(wanting(-1, -1, 0, 0), lent), view(undefined, value))[1]).toBe(-3);
    expect(wanted(withBorrow(wanting(-1, -1, 0, 0), lent), view([-1, -9, 0, 0], Number.NaN))).toEqual([-1, -9, 0, 0]);
  });

  it("holds between decisions, and its count comes out of a snapshot", () => {
    const builder = withBorrow(wanting(-1, -1, 0, 0), lent);
    const desired = new Float64Array(4);
    builder.adjust?.(5 as Micros, 0 as Micros, view(), desired);
    expect([...desired].map((lots) => lots + 0)).toEqual([0, -3, -50, 50]);
    wanted(builder, view());
    const next = withBorrow(wanting(-1, -1, 0, 0), lent);
    next.memory?.restore(builder.memory?.snapshot() as Uint8Array);
    expect(next.unborrowed?.()).toBe(2);
  });
});
