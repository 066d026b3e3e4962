// References: test/reference/direction/direction.json (scikit-learn; script beside it).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { dayBootstrap } from "./day-bootstrap.js";
import { accuracy, areaUnderCurve, logLoss, matthews } from "./direction.js";

interface Case {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  readonly accuracy: number;
  readonly matthews: number;
  readonly auc: number;
  readonly logLoss: number;
}
const reference = JSON.parse(readFileSync(new URL("../../../test/reference/direction/direction.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};

describe("calls of rises and falls", () => {
  it.each(reference.cases)("are judged as scikit-learn judges them, ties too", (one) => {
    const [scores, labels] = [Float64Array.from(one.scores), Float64Array.from(one.labels)];
    expect(accuracy(scores, labels)).toBeCloseTo(one.accuracy, 12);
    expect(matthews(scores, labels)).toBeCloseTo(one.matthews, 12);
    expect(areaUnderCurve(scores, labels)).toBeCloseTo(one.auc, 12);
    expect(
      logLoss(
        scores.map((score) => (1 + score) / 2),
        labels,
      ),
    ).toBeCloseTo(one.logLoss, 12);
  });

  it("that are all alike have no correlation, and one kind of label has no area", () => {
    const labels = Float64Array.of(1, -1, 1);
    expect(matthews(Float64Array.of(1, 1, 1), labels)).toBe(0);
    expect(areaUnderCurve(Float64Array.of(1, 2, 3), Float64Array.of(1, 1, 1))).toBeNaN();
    expect(accuracy(new Float64Array(0), new Float64Array(0))).toBeNaN();
  });
});

describe("an interval over days", () => {
  it("is wider where rows of a day move together, as the law of means has it", () => {
    const rng = createRng("days");
    const days = Float64Array.from({ length: 4000 }, (_, i) => Math.floor(i / 20));
    const common = Array.from({ length: 200 }, () => rng.normal());
    const width = (values: Float64Array): number => {
      const interval = dayBootstrap(values, days, createRng("draw"));
      return (interval?.high ?? Number.NaN) - (interval?.low ?? Number.NaN);
    };
    const together = width(days.map((day) => common[day] as number));
    const apart = width(days.map(() => rng.normal()));
    expect(together / (2 * 1.96 * Math.sqrt(1 / 200))).toBeCloseTo(1, 0);
    expect(apart / (2 * 1.96 * Math.sqrt(1 / 4000))).toBeCloseTo(1, 0);
    expect(together).toBeGreaterThan(3 * apart);
  });

  it("does not exist for one day, and is the same for the same seed", () => {
    const values = Float64Array.of(1, 0, 1, 1);
    expect(dayBootstrap(values, Float64Array.of(3, 3, 3, 3), createRng("a"))).toBeNull();
    expect(dayBootstrap(values, Float64Array.of(1, 2, 3, 4), createRng("a"))).toEqual(
      dayBootstrap(values, Float64Array.of(1, 2, 3, 4), createRng("a")),
    );
  });
});
