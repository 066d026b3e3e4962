import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisOf, gridSize } from "./axis.js";
import { checkSpace } from "./check-space.js";
import type { NumericParameter, Parameter } from "./parameter.js";

const float = (changes: object = {}): Parameter =>
  ({ kind: "float", name: "x", low: 0, high: 1, log: false, step: null, when: null, ...changes }) as Parameter;
const int = (changes: object = {}): Parameter =>
  ({ kind: "int", name: "n", low: 1, high: 8, log: false, step: 1, when: null, ...changes }) as Parameter;
const choice = (changes: object = {}): Parameter =>
  ({ kind: "categorical", name: "c", choices: ["a", "b"], when: null, ...changes }) as Parameter;

const numeric: fc.Arbitrary<NumericParameter> = fc.oneof(
  fc
    .tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.double({ min: 0.01, max: 100, noNaN: true }))
    .map(([low, range]): NumericParameter => ({ kind: "float", name: "x", low, high: low + range, log: false, step: null, when: null })),
  fc
    .tuple(fc.double({ min: 1e-6, max: 50, noNaN: true }), fc.double({ min: 1.1, max: 1e6, noNaN: true }))
    .map(([low, times]): NumericParameter => ({ kind: "float", name: "x", low, high: low * times, log: true, step: null, when: null })),
  fc
    .tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 7 }))
    .map(
      ([low, range, step]): NumericParameter => ({ kind: "int", name: "n", low, high: low + range * step, log: false, step, when: null }),
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 500 }))
    .map(([low, range]): NumericParameter => ({ kind: "int", name: "n", low, high: low + range, log: true, step: 1, when: null })),
  fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 40 })).map(
    ([low, range]): NumericParameter => ({
      kind: "float",
      name: "x",
      low: low / 10,
      high: (low + range) / 10,
      log: false,
      step: 0.1,
      when: null,
    }),
  ),
);

describe("an axis", () => {
  it("leads from every place to a value within the bounds, and back into its cell", () => {
    fc.assert(
      fc.property(numeric, fc.double({ min: 0, max: 1, noNaN: true }), (parameter, share) => {
        const axis = axisOf(parameter);
        const at = axis.low + share * (axis.high - axis.low);
        const value = axis.value(at);
        expect(value).toBeGreaterThanOrEqual(parameter.low);
        expect(value).toBeLessThanOrEqual(parameter.high + 1e-12);
        if (!axis.discrete) {
          expect(axis.place(value)).toBeCloseTo(at, 9);
          return;
        }
        const [from, to] = axis.cell(value);
        expect(from).toBeLessThanOrEqual(at + 1e-9);
        expect(to).toBeGreaterThanOrEqual(at - 1e-9);
        expect(axis.value(axis.place(value))).toBe(value);
      }),
    );
  });

  it("counts the values of a grid", () => {
    expect(gridSize(int() as NumericParameter)).toBe(8);
    expect(gridSize(int({ high: 9, step: 3 }) as NumericParameter)).toBe(3);
    expect(gridSize(float({ step: 0.1 }) as NumericParameter)).toBe(11);
    expect(gridSize(float() as NumericParameter)).toBeNull();
  });
});

describe("a search space", () => {
  it.each([
    ["no parameter", [], /is empty/],
    ["bounds the wrong way round", [float({ low: 2 })], /low \(2\) must be below high \(1\)/],
    ["equal bounds", [int({ high: 1 })], /must be below high/],
    ["a logarithm from zero", [float({ log: true })], /above 0 with log/],
    ["a step of nothing", [float({ step: 0 })], /step \(0\) must be above 0/],
    ["a step beyond the range", [float({ step: 3 })], /wider than the range/],
    ["logarithm and step", [float({ low: 0.1, log: true, step: 0.1 })], /do not go together/],
    ["whole numbers that are none", [int({ low: 0.5 })], /whole numbers/],
    ["infinite bounds", [float({ high: Number.POSITIVE_INFINITY })], /finite/],
    ["one choice", [choice({ choices: ["a"] })], /at least two/],
    ["a choice twice", [choice({ choices: ["a", "a"] })], /twice/],
    ["a name twice", [float(), float()], /named twice/],
    ["a condition on nothing", [float({ when: { parameter: "y", is: ["a"] } })], /no parameter before it/],
    ["a condition on what comes later", [float({ when: { parameter: "c", is: ["a"] } }), choice()], /no parameter before it/],
    ["a condition on a number", [int(), float({ when: { parameter: "n", is: [1] } })], /which has no choices/],
    ["a condition that cannot hold", [choice(), float({ when: { parameter: "c", is: ["z"] } })], /"z", which c cannot be/],
  ] as const)("is refused with %s", (_, space, words) => {
    expect(() => checkSpace(space as readonly Parameter[], "tuning.space")).toThrow(words);
  });

  it("is refused with all its problems at once", () => {
    const both = (): unknown => checkSpace([float({ low: 3 }), choice({ choices: [] })], "tuning.space of x.yaml");
    expect(both).toThrow(/tuning\.space of x\.yaml has 2 problems:\n {2}x: low.*\n {2}c: choices/);
  });

  it("is taken when it makes sense", () => {
    const space = [choice(), int({ log: true }), float({ low: 0.1, log: true, when: { parameter: "c", is: ["b"] } })];
    expect(checkSpace(space, "here")).toBe(space);
  });
});
