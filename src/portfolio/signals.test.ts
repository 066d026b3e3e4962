import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureFrame } from "#domain/frame.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import { adviseOn, type SignalRule } from "./signal-rule.js";
import { adviceList, createSignals, type SignalsOptions } from "./signals.js";

const RULE: SignalRule = { minConfidence: 0.6, minReturn: 0.005, scale: 20, maxOutOfDomain: 1 };
const OPTIONS: SignalsOptions = { ...RULE, perName: 0.1, invested: 0.98, short: false };

describe("the rule of BUY, SELL and HOLD", () => {
  it.each([
    [0.01, 0.7, 0, "BUY", 0.14],
    [-0.02, 0.8, 0, "SELL", -0.32],
    [0.2, 0.9, 0, "BUY", 1],
    [-0.2, 0.9, 0, "SELL", -1],
    [0.005, 0.9, 0, "HOLD", 0],
    [0.01, 0.6, 0, "HOLD", 0],
    [Number.NaN, 0.9, 0, "HOLD", 0],
    [0.02, Number.NaN, 0, "HOLD", 0],
    [0.02, 0.9, Number.NaN, "HOLD", 0],
  ] as const)("expecting %f with confidence %f, strange by %f: %s with strength %f", (expected, confidence, strange, action, strength) => {
    const advice = adviseOn(RULE, expected, confidence, strange);
    expect(advice.action).toBe(action);
    expect(advice.strength).toBeCloseTo(strength, 12);
  });

  it("leaves strange rows alone when it is told to", () => {
    expect(adviseOn({ ...RULE, maxOutOfDomain: 0.99 }, 0.02, 0.9, 0.995).action).toBe("HOLD");
    expect(adviseOn({ ...RULE, maxOutOfDomain: 0.99 }, 0.02, 0.9, 0.5).action).toBe("BUY");
  });

  it("has strengths in [-1, 1] with the sign of the expected return, and the mirrored advice for the mirrored return", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (expected, confidence) => {
        const advice = adviseOn(RULE, expected, confidence, 0);
        const mirrored = adviseOn(RULE, -expected, confidence, 0);
        expect(Math.abs(advice.strength)).toBeLessThanOrEqual(1);
        expect(advice.strength + mirrored.strength).toBe(0);
        if (advice.action !== "HOLD") expect(Math.sign(advice.strength)).toBe(Math.sign(expected));
      }),
    );
  });
});

function signalsOf(expectedReturn: number[], confidence: number[] | null): Signals {
  return {
    asOf: 0 as Micros,
    expectedReturn: Float64Array.from(expectedReturn),
    uncertainty: null,
    confidence: confidence === null ? null : Float64Array.from(confidence),
    horizonUs: 1,
    model: "m",
  };
}

function frameOf(member: number[], fresh: number[] = member.map(() => 1)): FeatureFrame {
  return {
    asOf: 0 as Micros,
    instruments: member.length,
    features: [],
    values: new Float64Array(0),
    member: Uint8Array.from(member),
    fresh: Uint8Array.from(fresh),
    history: null,
  };
}

const viewOf = (lots: number[]): PortfolioView =>
  ({ equity: 1000, lots: Float64Array.from(lots), lotValue: new Float64Array(lots.length).fill(10) }) as unknown as PortfolioView;

describe("a portfolio of signals", () => {
  it("buys by strength, ends what is to be sold, keeps what is to be held, and leaves who is no member", () => {
    const signals = signalsOf([0.05, -0.05, 0.001, 0.05, 0.05], [0.8, 0.8, 0.8, 0.8, 0.8]);
    const target = createSignals(OPTIONS).build(signals, frameOf([1, 1, 1, 0, 0], [1, 1, 1, 1, 0]), viewOf([0, 5, 7, 3, 4]));
    expect([...target.weights].map((weight) => (Number.isNaN(weight) ? null : Number(weight.toFixed(6))))).toEqual([
      0.08,
      0,
      null,
      0,
      null,
    ]);
  });

  it("goes short when it may", () => {
    const { weights } = createSignals({ ...OPTIONS, short: true }).build(signalsOf([-0.05], [0.8]), frameOf([1]), viewOf([0]));
    expect(weights[0]).toBeCloseTo(-0.08, 12);
  });

  it("never wants more than what HOLD leaves of the part to be invested", () => {
    // 40 lots of 10 are 40 % of the equity.
    const many = signalsOf([...Array.from({ length: 20 }, () => 0.2), 0], new Array<number>(21).fill(0.9));
    const lots = [...new Array<number>(20).fill(0), 40];
    const { weights } = createSignals(OPTIONS).build(many, frameOf(new Array<number>(21).fill(1)), viewOf(lots));
    const wanted = weights.reduce((sum, weight) => sum + (Number.isNaN(weight) ? 0 : weight), 0);
    expect(wanted).toBeCloseTo(0.98 - 0.4, 12);
  });

  it("refuses a model that does not say how sure it is, unless nothing is asked of it", () => {
    const blind = signalsOf([0.05], null);
    expect(() => createSignals(OPTIONS).build(blind, frameOf([1]), viewOf([0]))).toThrow(/model.family calibrated/);
    expect(createSignals({ ...OPTIONS, minConfidence: 0 }).build(blind, frameOf([1]), viewOf([0])).weights[0]).toBeCloseTo(0.1, 12);
    const before = { ...signalsOf([Number.NaN], null), model: "none" };
    expect(createSignals(OPTIONS).build(before, frameOf([1]), viewOf([0])).weights[0]).toBeNaN();
  });

  it("is listed strongest first", () => {
    const { rows, hold } = adviceList(RULE, signalsOf([0.01, -0.04, 0, 0.02], [0.7, 0.7, 0.7, 0.7]), frameOf([1, 1, 1, 1]), [
      "A",
      "B",
      "C",
      "D",
    ]);
    expect(rows.map(({ instrument, action }) => `${action} ${instrument}`)).toEqual(["SELL B", "BUY D", "BUY A"]);
    expect(hold).toBe(1);
  });
});
