import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import { samplesOf } from "#models/samples/windows.js";
import type { FitContext, TrainingSet } from "#ports/model.js";
import { memoryCheckpoint, treeTable, watched } from "#test/trees/table.js";
import { boosting } from "../families/family.js";
import { TreePredictor } from "../predictor.js";
import { treesOf } from "../tree-model.js";
import { columnNames } from "../columns.js";

const SMALL = { rounds: 30, learningRate: 0.2, leaves: 8, minDataInLeaf: 5 };
const OBJECTIVES = ["squared", "huber", "quantile", "binary", { kind: "multiclass", classes: 3 }, "lambdarank"] as const;

const fit = (config: object, train: TrainingSet, context: FitContext = watched("fit")) =>
  boosting.fit(boosting.parseConfig({ ...SMALL, ...config }), train, context);

/** Raw scores of the first output at every row. */
function scores(model: Awaited<ReturnType<typeof fit>>, x: Float32Array): Float64Array {
  const trees = treesOf(model);
  if (trees === null) throw new Error("made of trees");
  const rows = x.length / trees.features.length;
  const out = new Float64Array(rows * trees.outputs);
  new TreePredictor(trees).rows(x, rows, out);
  return out.filter((_, i) => i % trees.outputs === 0);
}

describe("boosting", () => {
  it.each(OBJECTIVES)("lowers the loss of %o on what is held out, and reports loss, rank correlation and samples", async (objective) => {
    const context = watched("fit");
    await fit({ objective }, treeTable("boosting"), context);
    const [first, last] = [context.seen[0]?.metrics, context.seen.at(-1)?.metrics];
    expect(last?.["validationLoss"]).toBeLessThan(0.95 * (first?.["validationLoss"] as number));
    expect(last?.["loss"]).toBeLessThan(0.9 * (first?.["loss"] as number));
    expect(last?.["ic"]).toBeGreaterThan(0.4);
    expect(last?.["samples"]).toBe(30 * (context.seen[0]?.metrics["samples"] as number));
  });

  it.each(OBJECTIVES)("gives the same bytes of %o with 1, 2 and 3 threads", async (objective) => {
    const train = treeTable("threads");
    const config = { objective, rounds: 8, baggingFraction: 0.7, featureFraction: 0.7, featureFractionByNode: 0.7, categorical: ["kind"] };
    const hashes = await Promise.all(
      [1, 2, 3].map(async (threads) => sha256((await fit(config, train, watched("t", { threads }))).save())),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  it("keeps the best round of what is held out, and stops when none is better for long", async () => {
    const train = treeTable("noise", 400);
    const noise = { ...train, y: treeTable("other", 400).y };
    const context = watched("fit");
    const model = await fit({ rounds: 200, patience: 5 }, noise, context);
    const losses = context.seen.slice(0, -1).map(({ metrics }) => metrics["validationLoss"] as number);
    expect(losses.length).toBeLessThan(100);
    const best = losses.indexOf(Math.min(...losses));
    expect(losses.length - 1 - best).toBe(5);
    expect(treesOf(model)?.root.length).toBe(best + 1);
  });

  it("learns from declared validation samples nothing but when to stop", async () => {
    const train = treeTable("train");
    const config = boosting.parseConfig(SMALL);
    const run = async (validation: TrainingSet, context = watched("fit")) => {
      const model = await boosting.fitSamples?.(config, samplesOf(train), samplesOf(validation), context);
      return { trees: treesOf(model as never)?.value as Float64Array, seen: context.seen };
    };
    const [one, other] = [await run(treeTable("held", 100)), await run(treeTable("held out", 100))];
    const shared = Math.min(one.trees.length, other.trees.length);
    expect(shared).toBeGreaterThan(100);
    expect(one.trees.subarray(0, shared)).toEqual(other.trees.subarray(0, shared));
    expect(one.seen[0]?.metrics["validationLoss"]).not.toBe(other.seen[0]?.metrics["validationLoss"]);
  });

  it("weighs rows as if they stood there so often", async () => {
    const train = treeTable("weights", 300);
    const weight = Float64Array.from({ length: 300 }, (_, row) => 1 + (row % 3));
    const often = Int32Array.from([...weight].flatMap((w, row) => new Array<number>(w).fill(row)));
    const pick = (values: Float64Array): Float64Array => Float64Array.from(often, (row) => values[row] as number);
    const repeated: TrainingSet = {
      ...train,
      rows: often.length,
      x: Float32Array.from(
        { length: often.length * 5 },
        (_, at) => train.x[(often[Math.floor(at / 5)] as number) * 5 + (at % 5)] as number,
      ),
      y: pick(train.y),
      asOf: pick(train.asOf),
      labelEndAt: pick(train.labelEndAt),
    };
    for (const objective of ["squared", "binary", "quantile", "huber"]) {
      const config = {
        objective,
        rounds: 1,
        minDataInLeaf: 1,
        minSumHessian: objective === "binary" ? 2 : 20,
        validation: 0,
        maxBin: 15,
        leaves: 4,
      };
      const a = scores(await fit(config, { ...train, weight }), train.x);
      const b = scores(await fit(config, repeated), train.x);
      const apart = a.map((value, i) => Math.abs(value - (b[i] as number)));
      // Cuts lie elsewhere when rows are repeated: most rows come out alike.
      expect([...apart].sort((p, q) => p - q)[150], objective).toBeLessThan(objective === "binary" ? 0.05 : 0.002);
    }
  });

  it("never breaks a monotone constraint, whatever the objective", async () => {
    const train = treeTable("monotone");
    for (const objective of ["squared", "huber", "quantile", "binary", "lambdarank"]) {
      const model = await fit({ objective, monotone: { c: 1, b: -1 } }, train);
      const line = Float32Array.from({ length: 200 }, (_, i) => -3 + (6 * i) / 199);
      for (const [column, sign] of [
        [2, 1],
        [1, -1],
      ] as const) {
        for (let row = 0; row < 10; row++) {
          const x = new Float32Array(line.length * 5);
          line.forEach((value, i) => {
            x.set(train.x.subarray(row * 5, row * 5 + 5), i * 5);
            x[i * 5 + column] = value;
          });
          const out = scores(model, x);
          for (let i = 1; i < out.length; i++)
            expect(sign * ((out[i] as number) - (out[i - 1] as number)), `${objective} ${column}`).toBeGreaterThanOrEqual(-1e-12);
        }
      }
    }
  });

  it("uses a category as a set, and finds more in it than in its number", async () => {
    const train = treeTable("category", 4000);
    const loss = async (categorical: readonly string[]): Promise<number> => {
      const context = watched("fit");
      await fit({ categorical, catSmooth: 1, catL2: 1, rounds: 60, leaves: 4 }, train, context);
      return context.seen.at(-1)?.metrics["validationLoss"] as number;
    };
    expect(await loss(["kind"])).toBeLessThan(await loss([]));
  });

  it("asks and draws no more than it is told: columns per tree, rows per tree", async () => {
    const train = treeTable("fractions");
    const model = await fit({ featureFraction: 0.2, rounds: 20, validation: 0 }, train);
    const trees = treesOf(model);
    trees?.root.forEach((from, t) => {
      const own = trees.feature.subarray(from, trees.root[t + 1]).filter((feature) => feature >= 0);
      expect(new Set(own).size).toBe(1);
    });
    const bagged = treesOf(await fit({ baggingFraction: 0.25, rounds: 5, validation: 0 }, train));
    bagged?.root.forEach((root) => expect(bagged.cover[root]).toBe(150));
  });

  it("names the columns of earlier decisions by their lag", () => {
    expect(columnNames(["a", "b"], 3)).toEqual(["a@2", "b@2", "a@1", "b@1", "a", "b"]);
  });
});

describe("a boosting that is stopped", () => {
  const train = treeTable("stopped", 400);
  const config = {
    objective: { kind: "multiclass", classes: 3 },
    baggingFraction: 0.6,
    featureFraction: 0.8,
    categorical: ["kind"],
    checkpointEvery: 7,
    rounds: 25,
    patience: null,
  };

  it("goes on from where it was, or from its last checkpoint when killed, to the same bytes", async () => {
    const calm = (await fit(config, train)).save();
    const checkpoint = memoryCheckpoint();
    for (const stopAt of [3, 12, 20]) {
      const stop = new AbortController();
      const context = watched("fit", { checkpoint, signal: stop.signal });
      const running = fit(config, train, {
        ...context,
        onProgress: (_, { round = 0 }) => round >= stopAt && stop.abort(),
      });
      await expect(running).rejects.toMatchObject({
        code: "interrupted",
        message: expect.stringContaining(`behind round ${stopAt} of 25`) as string,
      });
    }
    expect((await fit(config, train, watched("fit", { checkpoint, threads: 2 }))).save()).toEqual(calm);
    // As after kill -9: only what the last checkpoint holds is left, that of round 21.
    const context = watched("fit", { checkpoint });
    expect((await fit(config, train, context)).save()).toEqual(calm);
    expect(context.seen[0]?.metrics["round"]).toBe(22);
  });

  it("refuses a checkpoint that is damaged, or of other settings, data or seed", async () => {
    const checkpoint = memoryCheckpoint();
    await fit(config, train, watched("fit", { checkpoint }));
    const state = checkpoint.state as Uint8Array;
    const code = async (change: object, set = train, seed = "fit"): Promise<unknown> =>
      fit({ ...config, ...change }, set, watched(seed, { checkpoint })).catch((error: TruewindError) => error.code);
    expect(await code({ l2: 1 })).toBe("data-changed");
    expect(await code({}, treeTable("others", 400))).toBe("data-changed");
    expect(await code({}, train, "another")).toBe("data-changed");
    checkpoint.state = state.slice(0, -1);
    expect(await code({})).toBe("corrupt-artifact");
    checkpoint.state = state.map((byte, i) => (i === 100 ? byte ^ 1 : byte));
    expect(await code({})).toBe("corrupt-artifact");
  });
});

describe("bad input to boosting", () => {
  const train = treeTable("bad", 200);
  const nan = Number.NaN;
  const predictionOf = async (model: Awaited<ReturnType<typeof fit>>, values: readonly number[]): Promise<number> => {
    const one = {
      asOf: 0 as never,
      instruments: 1,
      features: model.features,
      values: Float64Array.from(values),
      member: Uint8Array.of(1),
      fresh: Uint8Array.of(1),
      history: null,
    };
    return (await model.predict(one))[0] as number;
  };

  it("a constant label is predicted as it is", async () => {
    for (const objective of ["squared", "quantile"]) {
      const model = await fit({ objective }, { ...train, y: train.y.map(() => 0.25) });
      expect(await predictionOf(model, [1, 2, 3, 4, 5])).toBeCloseTo(0.25, 12);
    }
  });

  it("a feature that is never known, or constant, is never asked", async () => {
    const x = train.x.map((value, at) => (at % 5 === 0 ? nan : at % 5 === 1 ? 7 : value));
    const trees = treesOf(await fit({}, { ...train, x }));
    expect(new Set(trees?.feature)).toEqual(new Set([-1, 2, 3, 4]));
  });

  it("infinite values are missing", async () => {
    const unknown = train.x.map((value, at) => (at % 7 === 0 ? nan : value));
    const infinite = train.x.map((value, at) => (at % 7 === 0 ? (at % 2 === 0 ? Infinity : -Infinity) : value));
    expect((await fit({}, { ...train, x: infinite })).save()).toEqual((await fit({}, { ...train, x: unknown })).save());
  });

  it("one row gives its label; none, or none of which anything is known, gives a sentence", async () => {
    const some = (rows: number, x = train.x): TrainingSet => ({
      ...train,
      rows,
      x: x.subarray(0, rows * 5),
      y: train.y.slice(0, rows),
      asOf: train.asOf.slice(0, rows),
      labelEndAt: train.labelEndAt.slice(0, rows),
    });
    expect(await predictionOf(await fit({}, some(1)), [1, 2, 3, 4, 5])).toBe(train.y[0]);
    await expect(fit({}, some(0))).rejects.toThrow(/nothing to learn from: none of/);
    await expect(fit({}, some(50, new Float32Array(1000).fill(nan)))).rejects.toThrow(/nothing to learn from: none of/);
    await expect(fit({ objective: "lambdarank" }, some(1))).rejects.toThrow(/no moment has two/);
  });

  it("rows of weight 0 count for nothing; weights that are none are named", async () => {
    const half = Float64Array.from({ length: 200 }, (_, row) => (row % 2 === 0 ? 1 : 0));
    const spoilt = train.y.map((label, row) => (half[row] === 0 ? 1e6 : label));
    const config = { validation: 0 };
    expect((await fit(config, { ...train, weight: half, y: spoilt })).save()).toEqual(
      (await fit(config, { ...train, weight: half })).save(),
    );
    await expect(fit({}, { ...train, weight: new Float64Array(200) })).rejects.toThrow(
      /none of 200 training samples has a known feature and a weight/,
    );
    for (const bad of [-1, nan, Infinity])
      await expect(fit({}, { ...train, weight: half.map((w, row) => (row === 3 ? bad : w)) })).rejects.toThrow(/sample 3 with the weight/);
  });

  it("a label of 1e30 is learned or survived; larger ones and NaN are named", async () => {
    const huge = train.y.map((label, row) => (row === 5 ? 1e30 : label));
    for (const objective of OBJECTIVES) {
      const model = await fit({ objective, rounds: 5 }, { ...train, y: huge });
      expect(Number.isFinite(await predictionOf(model, [1, 2, 3, 4, 5]))).toBe(true);
    }
    for (const bad of [1e31, nan, -Infinity])
      await expect(fit({}, { ...train, y: train.y.map((label, row) => (row === 5 ? bad : label)) })).rejects.toThrow(
        /cannot learn the label .* of sample 5/,
      );
  });

  it("100,000 categories are learned from, the frequent ones at least", async () => {
    const rows = 3000;
    const kinds = Float32Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? 42 : (row * 7919) % 100_000));
    const one: TrainingSet = {
      features: ["kind"],
      rows,
      x: kinds,
      y: Float64Array.from(kinds, (kind, row) => (kind === 42 ? 1 : 0) + 0.01 * (row % 2)),
      asOf: Float64Array.from(kinds.keys()),
      labelEndAt: Float64Array.from(kinds.keys()),
      weight: null,
      past: null,
    };
    const model = await fit({ categorical: ["kind"], minDataInLeaf: 20 }, one);
    expect(await predictionOf(model, [42])).toBeGreaterThan(0.8);
    expect(await predictionOf(model, [99_999])).toBeLessThan(0.2);
    expect(Number.isFinite(await predictionOf(model, [3e9]))).toBe(true);
    expect(model.save().length).toBeLessThan(1e6);
  });

  it("features that settings name and the samples lack are named", async () => {
    await expect(fit({ categorical: ["sector"] }, train)).rejects.toThrow(
      /categorical names the feature sector, .* its features are a, b, c, d, kind\./,
    );
    await expect(fit({ monotone: { z: 1 } }, train)).rejects.toThrow(/monotone names the feature z/);
    await expect(fit({ categorical: ["kind"], monotone: { kind: 1 } }, train)).rejects.toThrow(/has no direction/);
  });

  it("is told, or makes a model that predicts numbers: whatever the table holds", async () => {
    const value = fc.oneof(fc.double({ noDefaultInfinity: false }), fc.constantFrom(0, 1e-300, -1e38, 3.4e38, nan, Infinity));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value, fc.double({ min: -1e30, max: 1e30, noNaN: true })), { maxLength: 40 }),
        fc.constantFrom(...OBJECTIVES),
        async (table, objective) => {
          const times = Float64Array.from(table, (_, row) => Math.floor(row / 4));
          const set: TrainingSet = {
            features: ["p", "q"],
            rows: table.length,
            x: Float32Array.from(table.flatMap(([p, q]) => [p, q])),
            y: Float64Array.from(table, ([, , y]) => y),
            asOf: times,
            labelEndAt: times,
            weight: null,
            past: null,
          };
          try {
            const model = await fit({ objective, rounds: 3, minDataInLeaf: 1, categorical: ["q"] }, set);
            expect(Number.isFinite(await predictionOf(model, [1, 2]))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(TruewindError);
            expect(["diverged", "no-data"]).toContain((error as TruewindError).code);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
