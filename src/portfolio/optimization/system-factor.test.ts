// Systems of every structure against their own rows, multiplied out plainly; and the same bits wherever it runs.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { meanVariance } from "./mean-variance.js";
import { ProgramBuilder, type QuadraticProgram } from "./quadratic-program.js";
import { SystemFactor } from "./system-factor.js";
import { systemPattern } from "./system-pattern.js";

type Shape = "factors" | "dense" | "scenarios" | "linked";

/** As optimizers write them: trades of each name, and what brings the names together in one of four ways. */
function programOf(shape: Shape, names: number, seed: string): QuadraticProgram {
  const rng = createRng(seed);
  const builder = new ProgramBuilder();
  const some = (count: number): Float64Array => Float64Array.from({ length: count }, () => rng.normal());
  const zero = { low: 0, high: 0 };
  for (let i = 0; i < names; i++) builder.variable({ low: 0, stage: "main" });
  builder.rowOver(0, new Float64Array(names).fill(1), [], { name: "budget", low: 1, high: 1 });
  const traded = Array.from({ length: names }, (_, i) => {
    const [up, down] = [builder.variable({ low: 0, stage: "early" }), builder.variable({ low: 0, stage: "early" })];
    const terms = [
      { variable: i, value: 1 },
      { variable: up, value: -1 },
      { variable: down, value: 1 },
    ];
    // A name here and there is linked to its neighbor, as from period to period.
    if (shape === "linked" && i > 0 && i % 3 !== 0) terms.push({ variable: i - 1, value: -0.5 });
    builder.row(terms, { name: "trade", ...zero, stage: "early" });
    return { variable: up, value: 1 + 0.1 * i };
  });
  builder.row(traded, { name: "turnover", low: Number.NEGATIVE_INFINITY, high: 1 });
  if (shape === "dense") {
    const values = new Float64Array(names * names);
    for (let k = 0; k < names; k++) {
      const one = some(names);
      for (let i = 0; i < names; i++)
        for (let j = 0; j < names; j++) values[i * names + j] = (values[i * names + j] as number) + (one[i] as number) * (one[j] as number);
    }
    builder.dense({ first: 0, size: names, values });
  } else
    for (let k = 0; k < 9; k++) {
      const early = shape === "scenarios";
      const own = builder.variable({ stage: early ? "early" : "late" });
      builder.rowOver(0, some(names), [{ variable: own, value: 1 }], { name: "all", ...zero, stage: early ? "early" : "late" });
    }
  return builder.program();
}

/** [top; bottom] - [P + curve, E'; E, 0] [x; y], P without its diagonal; entry by entry. */
function missingOf(
  { blocks, rows }: QuadraticProgram,
  curve: Float64Array,
  x: Float64Array,
  y: Float64Array,
  right: readonly Float64Array[],
) {
  const [top, bottom] = right.map((one) => Float64Array.from(one)) as [Float64Array, Float64Array];
  const off = (to: Float64Array, at: number, value: number): void => void (to[at] = (to[at] as number) - value);
  curve.forEach((value, j) => off(top, j, value * (x[j] as number)));
  for (const { first, size, values } of blocks)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) if (i !== j) off(top, first + i, (values[i * size + j] as number) * (x[first + j] as number));
  for (let r = 0; r < bottom.length; r++)
    for (let at = rows.starts[r] as number; at < (rows.starts[r + 1] as number); at++) {
      const [variable, value] = [rows.variables[at] as number, rows.values[at] as number];
      off(top, variable, value * (y[r] as number));
      off(bottom, r, value * (x[variable] as number));
    }
  return Math.max(...top.map(Math.abs), ...bottom.map(Math.abs));
}

const shapes = fc.constantFrom<Shape>("factors", "dense", "scenarios", "linked");

describe("the system of a step", () => {
  it("is solved whatever its structure and size", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 90 }), fc.nat().map(String), (shape, names, seed) => {
        const program = programOf(shape, names, seed);
        const [n, m] = [program.low.length, program.rows.right.length];
        const system = new SystemFactor(program, 1);
        const rng = createRng(`right ${seed}`);
        const curve = Float64Array.from({ length: n }, () => 10 ** (4 * rng.next() - 1));
        for (const { first, size, values } of program.blocks)
          for (let i = 0; i < size; i++) curve[first + i] = (curve[first + i] as number) + (values[i * (size + 1)] as number);
        const [top, bottom] = [Float64Array.from(curve, () => rng.normal()), Float64Array.from({ length: m }, () => rng.normal())];
        const [x, y] = [new Float64Array(n), new Float64Array(m)];
        // Twice: what one step leaves in memory is nothing to the next.
        for (let time = 0; time < 2; time++) {
          system.factor(curve);
          system.solve(top, bottom, 1e-13, x, y);
          const scale = Math.max(1, ...curve.map((value, j) => value * Math.abs(x[j] as number)), ...y.map(Math.abs));
          expect(missingOf(program, curve, x, y, [top, bottom]) / scale).toBeLessThan(1e-10);
        }
        const [a, b] = [top.slice(), bottom.slice()];
        system.missing(curve, x, y, a, b);
        expect(Math.max(...a.map(Math.abs), ...b.map(Math.abs))).toBeLessThan(1e-9 * Math.max(...curve, ...y.map(Math.abs)));
      }),
      { numRuns: 60 },
    );
  });

  it("goes through weights that meet the same rows at once, and through the others one by one", () => {
    const { spans, sparse } = systemPattern(programOf("factors", 40, "a"));
    // Budget, turnover and nine factors.
    expect(spans.filter(({ rows }) => rows > 0)).toEqual([expect.objectContaining({ count: 40, rows: 11 })]);
    expect(spans.reduce((sum, { count }) => sum + count, 0)).toBe(sparse);
    expect(systemPattern(programOf("linked", 40, "a")).spans.filter(({ rows, count }) => rows > 0 && count === 40)).toEqual([]);
    expect(systemPattern(programOf("dense", 40, "a")).sparse).toBeLessThan(sparse);
  });

  it("has factors where rounding leaves nothing of a pivot", () => {
    const builder = new ProgramBuilder();
    const [a, b] = [builder.variable({ stage: "early" }), builder.variable({ stage: "early" })];
    for (const name of ["one", "its twin"]) {
      const terms = [
        { variable: a, value: 1 },
        { variable: b, value: 1 },
      ];
      builder.row(terms, { name, low: 1, high: 1 });
    }
    const system = new SystemFactor(builder.program(), 1);
    const [x, y] = [new Float64Array(2), new Float64Array(2)];
    system.factor(Float64Array.of(1e-9, 1e-9));
    system.solve(new Float64Array(2), Float64Array.of(1, 1), 1e-12, x, y);
    expect(x[0]).toBeCloseTo(0.5, 9);
    expect(x[1]).toBeCloseTo(0.5, 9);
  });
});

describe("bits", () => {
  it("of weights are the same on every machine", () => {
    // Drawn by whole numbers: no function of the host's mathematics is in it.
    let state = 12345;
    const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const [names, factors] = [30, 3];
    const exposures = Float64Array.from({ length: names * factors }, () => next() - 0.5);
    const factorCovariance = Float64Array.of(1e-4, 0, 0, 0, 5e-5, 0, 0, 0, 2e-5);
    const own = Float64Array.from({ length: names }, () => 1e-4 * (1 + next()));
    const expectedReturn = Float64Array.from({ length: names }, () => 0.003 * (next() - 0.5));
    const values = new Float64Array(names * names);
    for (let i = 0; i < names; i++)
      for (let j = 0; j < names; j++) {
        let sum = i === j ? (own[i] as number) : 0;
        for (let k = 0; k < factors; k++)
          sum +=
            (exposures[i * factors + k] as number) *
            (factorCovariance[k * (factors + 1)] as number) *
            (exposures[j * factors + k] as number);
        values[i * names + j] = sum;
      }
    const common = {
      expectedReturn,
      riskAversion: 5,
      held: new Float64Array(names).fill(1 / names),
      costs: { buy: 0.001, sell: 0.001 },
      limits: { low: 0, high: 0.2, budget: { low: 1, high: 1 }, turnover: 0.4 },
    };
    const hashes = [
      { names, values },
      { names, factors, exposures, factorCovariance, own },
    ].map((risk) => {
      const { weights } = meanVariance({ ...common, risk });
      return createHash("sha256")
        .update(new Uint8Array((weights as Float64Array).buffer))
        .digest("hex")
        .slice(0, 16);
    });
    expect(hashes).toEqual(["fdb9eaab134445f4", "34c0c388aaa04e23"]);
  });
});
