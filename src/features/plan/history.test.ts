import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureFrame } from "#domain/frame.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import type { FeaturePlan } from "#ports/stages.js";
import { FrameMemory, withHistory } from "./history.js";

const NAMES = 3;
const nan = Number.NaN;

/** Two features per name, the number of the frame and a tenth of it; the split's ratio is a factor. Name 2 is a member at even frames only. */
function countingPlan(): FeaturePlan {
  let frames = 0;
  let factor = 1;
  return {
    features: ["a", "b"],
    advance() {},
    reference(event) {
      if (event.kind === "split") factor *= event.ratio;
    },
    frame(asOf): FeatureFrame {
      frames++;
      const values = Float64Array.from({ length: NAMES * 2 }, (_, at) => factor * (frames + 10 * (at >> 1)) * (at % 2 === 0 ? 1 : 0.1));
      const member = Uint8Array.of(1, 1, frames % 2 === 0 ? 1 : 0);
      return { asOf, instruments: NAMES, features: ["a", "b"], values, fresh: member, member, history: null };
    },
    snapshot: () => Uint8Array.of(frames, factor),
    restore(bytes) {
      [frames, factor] = [...bytes] as [number, number];
    },
  };
}

const next = (plan: FeaturePlan): FeatureFrame => plan.frame(0 as Micros, 0 as Micros);
/** History of one name's first feature. */
const seen = ({ history }: FeatureFrame, name: number): number[] => {
  const steps = history?.steps ?? 0;
  return Array.from({ length: steps }, (_, step) => history?.values[(name * steps + step) * 2] as number);
};

describe("a plan that remembers", () => {
  it("is the plan itself when nobody looks back", () => {
    const plan = countingPlan();
    expect(withHistory(plan, NAMES, 1)).toBe(plan);
    expect(() => withHistory(plan, NAMES, 0)).toThrow(/at least 1/);
  });

  it("shows the last frames oldest first, its own last, and NaN for what was not there", () => {
    const plan = withHistory(countingPlan(), NAMES, 3);
    expect(seen(next(plan), 0)).toEqual([nan, nan, 1]);
    const second = next(plan);
    expect(seen(second, 1)).toEqual([nan, 11, 12]);
    expect(seen(second, 2)).toEqual([nan, nan, 22]);
    next(plan);
    const fourth = next(plan);
    expect(seen(fourth, 0)).toEqual([2, 3, 4]);
    expect(seen(fourth, 2)).toEqual([22, nan, 24]);
    expect(fourth.history?.values[1]).toBe(Math.fround(0.2));
  });

  it("keeps what was known then when a split changes the basis", () => {
    const plan = withHistory(countingPlan(), NAMES, 2);
    next(plan);
    plan.reference({ kind: "split", at: 1 as Micros, seenAt: 1 as Micros, instrument: 0 as InstrumentIx, ratio: 2 });
    expect(seen(next(plan), 0)).toEqual([1, 4]);
  });

  it("goes on from a snapshot taken anywhere, and refuses one that looked back otherwise", () => {
    const whole = withHistory(countingPlan(), NAMES, 4);
    for (let frames = 0; frames < 9; frames++) {
      const other = withHistory(countingPlan(), NAMES, 4);
      other.restore(whole.snapshot());
      expect(other.snapshot()).toEqual(whole.snapshot());
      const expected = next(whole);
      const found = next(other);
      expect(found.history?.values).toEqual(expected.history?.values);
    }
    expect(() => withHistory(countingPlan(), NAMES, 3).restore(whole.snapshot())).toThrow(/remembers 4 decisions.* look back on 3/);
  });
});

describe("the memory of frames", () => {
  it("holds, for any frames, what a list of them does", () => {
    const cell = fc.record({ member: fc.boolean(), value: fc.double({ noDefaultInfinity: true, min: -1e30, max: 1e30 }) });
    const frames = fc.array(fc.array(cell, { minLength: NAMES, maxLength: NAMES }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 6 }), (list, steps) => {
        const memory = new FrameMemory(NAMES, 1, steps);
        list.forEach((cells, n) => {
          const member = Uint8Array.from(cells, (one) => (one.member ? 1 : 0));
          const values = Float64Array.from(cells, (one) => one.value);
          const frame = { asOf: 0 as Micros, instruments: NAMES, features: ["a"], values, fresh: member, member, history: null };
          const expected = [0, 1, 2].flatMap((i) =>
            Array.from({ length: steps }, (_, step) => {
              const past = list[n - steps + 1 + step]?.[i];
              return past?.member === true ? Math.fround(past.value) : nan;
            }),
          );
          expect([...memory.push(frame).values]).toEqual(expected);
        });
      }),
    );
  });
});
