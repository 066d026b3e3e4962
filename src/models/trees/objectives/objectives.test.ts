// References: test/reference/trees/objectives.json (LightGBM 4.7; script beside it).
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedReturn } from "../link.js";
import { createObjective } from "./create.js";
import type { Objective, Targets } from "./objective.js";
import { type ObjectiveConfig, objectiveSchema } from "./schema.js";
import { huberLocation, weightedQuantile } from "./select.js";

interface Case {
  readonly objective: string;
  readonly weighted: boolean;
  /** `[output][row]` flat. */
  readonly scores: readonly number[];
  readonly trees:
    | readonly { readonly leaf: readonly number[]; readonly value: readonly number[]; readonly hessian: readonly number[] }[]
    | null;
  readonly base: readonly number[] | null;
  readonly loss: number;
}
interface Reference {
  readonly y: readonly number[];
  readonly weight: readonly number[];
  /** Rows per query. */
  readonly query: number;
  readonly delta: number;
  readonly alpha: number;
  readonly classes: number;
  readonly grades: number;
  readonly truncation: number;
  readonly cases: readonly Case[];
}

const reference = JSON.parse(
  readFileSync(new URL("../../../../test/reference/trees/objectives.json", import.meta.url), "utf8"),
) as Reference;

const targetsOf = (y: readonly number[], weight: readonly number[] | null, query = y.length): Targets => ({
  rows: y.length,
  trainRows: y.length,
  y: Float64Array.from(y),
  weight: weight === null ? null : Float64Array.from(weight),
  asOf: Float64Array.from(y, (_, row) => Math.floor(row / query)),
});

/** Huber's delta counts in robust deviations of the labels here, and plainly there. */
function configOf(name: string, targets: Targets): ObjectiveConfig {
  const { alpha, classes, grades, truncation, delta } = reference;
  const settings: Readonly<Record<string, object>> = {
    quantile: { alpha },
    multiclass: { classes },
    lambdarank: { grades, truncation },
    huber: { delta: delta / robustDeviation(targets) },
  };
  return objectiveSchema.parse({ kind: name, ...settings[name] });
}

function robustDeviation({ y, weight }: Targets): number {
  const median = weightedQuantile(y.slice(), weight?.slice() ?? null, 0.5);
  return (
    1.4826 *
    weightedQuantile(
      y.map((label) => Math.abs(label - median)),
      weight?.slice() ?? null,
      0.5,
    )
  );
}

function derivatives(objective: Objective, scores: readonly Float64Array[], rows: number) {
  const room = (): Float32Array[] => scores.map(() => new Float32Array(rows).fill(1));
  const [gradient, hessian] = [room(), room()];
  objective.derive(scores, gradient, hessian);
  return { gradient, hessian };
}

describe("LightGBM", () => {
  const { y, weight, query } = reference;
  const rows = y.length;
  const setUp = (one: Case) => {
    const targets = targetsOf(y, one.weighted ? weight : null, query);
    const objective = createObjective(configOf(one.objective, targets), targets);
    const scores = Array.from(objective.base, (_, k) => Float64Array.from(one.scores.slice(k * rows, (k + 1) * rows)));
    return { objective, scores };
  };
  const named = reference.cases.map((one) => ({ name: `${one.objective}${one.weighted ? " with weights" : ""}`, one }));

  // Leaves of quantiles hold quantiles there, and no gradients.
  it.each(named.filter(({ one }) => one.trees !== null))("has the same gradients and curvatures of $name", ({ one }) => {
    const { objective, scores } = setUp(one);
    // It looks its sigmoid up in a table, for LambdaRank.
    const tolerance = one.objective === "lambdarank" ? 2e-4 : 1e-6;
    const { gradient, hessian } = derivatives(objective, scores, rows);
    one.trees?.forEach(({ leaf, value, hessian: curvature }, k) => {
      for (let row = 0; row < rows; row++) {
        const own = [...leaf.keys()].filter((other) => leaf[other] === leaf[row]);
        const g = own.reduce((sum, other) => sum + (gradient[k]?.[other] as number), 0);
        const h = own.reduce((sum, other) => sum + (hessian[k]?.[other] as number), 0);
        expect(Math.abs(h - (curvature[row] as number))).toBeLessThan(tolerance * Math.abs(h) + 1e-7);
        expect(Math.abs(-g / h - (value[row] as number))).toBeLessThan(tolerance * Math.max(1, Math.abs(g / h)));
      }
    });
  });

  it.each(named)("has the same loss of $name", ({ one }) => {
    const { objective, scores } = setUp(one);
    const loss = objective.loss(scores, 0, rows);
    expect(Math.abs((one.objective === "lambdarank" ? 1 - loss : loss) / one.loss - 1)).toBeLessThan(1e-6);
  });

  it.each(named.filter(({ one }) => one.base !== null))("starts from the same scores of $name", ({ one }) => {
    const { objective } = setUp(one);
    one.base?.forEach((base, k) => expect(objective.base[k]).toBeCloseTo(base, 6));
  });
});

const labels = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 });

describe("the best constant of a leaf", () => {
  const weighted = labels.chain((values) =>
    fc.tuple(
      fc.constant(values),
      fc.option(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: values.length, maxLength: values.length })),
    ),
  );

  it("is no worse than any of its rows and than points beside it, for pinball and Huber's loss", () => {
    fc.assert(
      fc.property(weighted, fc.constantFrom(0.05, 0.25, 0.5, 0.9), fc.constantFrom(0.01, 0.3, 5), ([values, weight], alpha, delta) => {
        const w = (i: number): number => weight?.[i] ?? 1;
        const sum = (cost: (r: number) => number, at: number): number => values.reduce((all, value, i) => all + w(i) * cost(value - at), 0);
        const pinball = (r: number): number => (r >= 0 ? alpha * r : (alpha - 1) * r);
        const huber = (r: number): number => (Math.abs(r) <= delta ? (r * r) / 2 : delta * (Math.abs(r) - delta / 2));
        const columns = (): [Float64Array, Float64Array | null] => [
          Float64Array.from(values),
          weight === null ? null : Float64Array.from(weight),
        ];
        for (const [cost, best] of [
          [pinball, weightedQuantile(...columns(), alpha)],
          [huber, huberLocation(...columns(), delta)],
        ] as const) {
          const least = sum(cost, best);
          for (const other of [...values, best - 1e-3, best + 1e-3, 0]) expect(least).toBeLessThanOrEqual(sum(cost, other) + 1e-12);
        }
      }),
    );
  });

  it("of whole weights is that of rows that stand there so often", () => {
    fc.assert(
      fc.property(weighted, fc.constantFrom(0.1, 0.5, 0.75), ([values, weight], alpha) => {
        const often = values.flatMap((value, i) => new Array<number>(weight?.[i] ?? 1).fill(value));
        const given = weight === null ? null : Float64Array.from(weight);
        expect(weightedQuantile(Float64Array.from(values), given, alpha)).toBe(weightedQuantile(Float64Array.from(often), null, alpha));
      }),
    );
  });

  it("of a median lies between the middle two, and survives huge values", () => {
    expect(weightedQuantile(Float64Array.of(4, 1, 3, 2), null, 0.5)).toBe(2.5);
    expect(weightedQuantile(Float64Array.of(7), null, 0.01)).toBe(7);
    expect(huberLocation(Float64Array.of(1, 2, 1e30), null, 1)).toBeCloseTo(2, 12);
  });
});

describe("gradients", () => {
  const kinds = ["squared", "huber", "binary", { kind: "multiclass", classes: 3 }] as const;

  it.each(kinds)("of %o are the slopes of the loss", (kind) => {
    const { y, weight } = reference;
    const targets = targetsOf(y, weight);
    const objective = createObjective(objectiveSchema.parse(kind), targets);
    const total = weight.reduce((a, b) => a + b, 0);
    const scores = Array.from(objective.base, (base, k) => Float64Array.from(y, (_, row) => base + 0.01 * (((row * 7 + k * 3) % 11) - 5)));
    const { gradient } = derivatives(objective, scores, y.length);
    const step = 1e-6;
    for (let k = 0; k < scores.length; k++) {
      for (let row = 0; row < y.length; row += 5) {
        const at = (by: number): number => {
          const moved = scores.map((one) => one.slice());
          (moved[k] as Float64Array)[row] = (scores[k]?.[row] as number) + by;
          return objective.loss(moved, 0, y.length);
        };
        const slope = (total * (at(step) - at(-step))) / (2 * step);
        // The squared loss is written without the half that its gradient has.
        expect(slope / (kind === "squared" ? 2 : 1)).toBeCloseTo(gradient[k]?.[row] as number, 5);
      }
    }
  });

  it("of LambdaRank add up to nothing within a moment, and pull the better name up", () => {
    fc.assert(
      fc.property(fc.array(labels, { minLength: 1, maxLength: 4 }), (moments) => {
        const y = moments.flat();
        if (new Set(moments[0]).size < 2) return;
        const targets = { ...targetsOf(y, null), asOf: Float64Array.from(moments.flatMap((one, m) => one.map(() => m))) };
        const objective = createObjective(objectiveSchema.parse("lambdarank"), targets);
        const { gradient, hessian } = derivatives(objective, [new Float64Array(y.length)], y.length);
        let from = 0;
        for (const moment of moments) {
          const pulls = (gradient[0] as Float32Array).subarray(from, from + moment.length);
          expect(pulls.reduce((sum, pull) => sum + pull, 0)).toBeCloseTo(0, 4);
          from += moment.length;
        }
        expect(hessian[0]?.every((curve) => curve >= 0)).toBe(true);
        const [first = []] = moments;
        const best = first.indexOf(Math.max(...first));
        const worst = first.indexOf(Math.min(...first));
        expect(gradient[0]?.[best]).toBeLessThanOrEqual(gradient[0]?.[worst] as number);
      }),
    );
  });
});

describe("labels that hold nothing to learn", () => {
  const make = (objective: unknown, y: readonly number[], query?: number): Objective =>
    createObjective(objectiveSchema.parse(objective), targetsOf(y, null, query));

  it.each([
    ["binary", [1, 2, 3], /binary needs rises and falls, but all 3 training labels have one sign/],
    ["multiclass", [1, 1, 1], /multiclass finds one class in 3 training labels/],
    ["huber", [1, 1, 1], /labels do not differ/],
    ["lambdarank", [1, 1, 1], /no moment has two with different labels/],
  ] as const)("are refused by %s in words", (objective, y, words) => {
    expect(() => make(objective, y)).toThrow(words);
  });

  it("are refused by lambdarank when each moment has one name", () => {
    expect(() => make("lambdarank", [1, 2, 3], 1)).toThrow(/no moment has two/);
  });

  it("have fewer classes where labels repeat", () => {
    expect(make({ kind: "multiclass", classes: 5 }, [-1, -1, 1, 1, 1]).base).toHaveLength(2);
    expect(make({ kind: "multiclass", classes: "sign" }, [-1, 0, 2, 1]).base).toHaveLength(3);
  });
});

describe("expected returns", () => {
  it("of classes are their mean labels, weighed by their probabilities", () => {
    const y = [-0.03, -0.01, 0.02, 0.04];
    const objective = createObjective(objectiveSchema.parse({ kind: "multiclass", classes: 2 }), targetsOf(y, null));
    const link = objective.link(() => []);
    expect(link).toEqual({ kind: "classes", means: [-0.02, 0.03] });
    expect(expectedReturn(link, [0, 0])).toBeCloseTo(0.005, 12);
    expect(expectedReturn(link, [0, 800])).toBeCloseTo(0.03, 12);
  });

  it("of a direction lie within the mean absolute label", () => {
    const link = createObjective(objectiveSchema.parse("binary"), targetsOf([-0.02, 0.04], null)).link(() => []);
    expect(expectedReturn(link, [0])).toBe(0);
    expect(expectedReturn(link, [1000])).toBeCloseTo(0.03, 12);
  });

  it("of an order are the line of least squares within moments, whatever the market did", () => {
    const y = [0.01, 0.02, 0.11, 0.12];
    const objective = createObjective(objectiveSchema.parse("lambdarank"), targetsOf(y, null, 2));
    const link = objective.link(() => [Float64Array.of(0, 1, 0, 1)]);
    expect(link).toMatchObject({ kind: "line", slope: expect.closeTo(0.01, 12) as number, intercept: expect.closeTo(0.06, 12) as number });
  });
});
