import { expect, it } from "vitest";
import { surenessOf } from "./sureness.js";

const opinion = (expectedReturn: number[], confidence: number[] | null, uncertainty: number[] | null) => ({
  expectedReturn: Float64Array.from(expectedReturn),
  confidence: confidence === null ? null : Float64Array.from(confidence),
  uncertainty: uncertainty === null ? null : Float64Array.from(uncertainty),
});

it("averages the probabilities of a rise, and says how sure the mean's sign is", () => {
  const fits = [opinion([0.2, -0.3], [0.8, 0.9], [1, 2]), opinion([-0.1, -0.1], [0.6, 0.5], [3, 4])];
  const { confidence, uncertainty } = surenessOf(fits, Float64Array.of(0.05, -0.2));
  // Of a rise: 0.8 and 0.4; 0.1 and 0.5.
  expect(confidence?.[0]).toBeCloseTo(0.6, 12);
  expect(confidence?.[1]).toBeCloseTo(0.7, 12);
  expect([...(uncertainty ?? [])]).toEqual([2, 3]);
});

it("knows nothing where nothing is told, and nothing of rows without a prediction", () => {
  expect(surenessOf([opinion([1], null, null)], Float64Array.of(1))).toEqual({ confidence: null, uncertainty: null });
  const { confidence } = surenessOf([opinion([Number.NaN], [Number.NaN], null)], Float64Array.of(Number.NaN));
  expect(confidence?.[0]).toBeNaN();
});
