import { describe, expect, it } from "vitest";
import { sha256 } from "#base/hash.js";
import type { TrainingSet } from "#ports/model.js";
import { memoryCheckpoint, treeTable, watched } from "#test/trees/table.js";
import { extraTrees, forest } from "../families/family.js";
import { TreePredictor } from "../predictor.js";
import { treesOf } from "../tree-model.js";

const SMALL = { trees: 40, leaves: 64, minDataInLeaf: 4, featureFractionByNode: 0.6 };
const FAMILIES = { forest, "extra-trees": extraTrees } as const;

const fit = (name: keyof typeof FAMILIES, config: object, train: TrainingSet, context = watched("fit")) =>
  FAMILIES[name].fit(FAMILIES[name].parseConfig({ ...SMALL, ...config }), train, context);

describe.each(["forest", "extra-trees"] as const)("%s", (name) => {
  it("scores itself by what each tree left out, about as fresh samples do", async () => {
    for (const objective of ["squared", "binary"]) {
      const context = watched("fit");
      const model = await fit(name, { objective, bootstrap: true }, treeTable("forest", 1500), context);
      const metrics = context.seen.at(-1)?.metrics ?? {};
      const fresh = treeTable("fresh", 1500);
      const out = new Float64Array(fresh.rows);
      new TreePredictor(treesOf(model) as NonNullable<ReturnType<typeof treesOf>>).rows(fresh.x, fresh.rows, out);
      if (objective === "binary") {
        const right = fresh.y.filter((label, row) => (out[row] as number) > 0.5 === label > 0).length / fresh.rows;
        expect(metrics["oobAccuracy"]).toBeGreaterThan(0.65);
        expect(Math.abs(right - (metrics["oobAccuracy"] as number))).toBeLessThan(0.04);
      } else {
        const mean = fresh.y.reduce((a, b) => a + b, 0) / fresh.rows;
        const spread = fresh.y.reduce((sum, label) => sum + (label - mean) ** 2, 0);
        const r2 = 1 - fresh.y.reduce((sum, label, row) => sum + (label - (out[row] as number)) ** 2, 0) / spread;
        expect(metrics["oobR2"]).toBeGreaterThan(0.25);
        expect(Math.abs(r2 - (metrics["oobR2"] as number))).toBeLessThan(0.06);
      }
      expect(metrics["oobIc"]).toBeGreaterThan(0.4);
      expect(metrics["samples"]).toBe(40 * 1500);
    }
  });

  it("gives the same bytes with 1, 2 and 3 threads, another seed others", async () => {
    const train = treeTable("threads", 300);
    const bytes = async (threads: number, seed: string): Promise<string> =>
      sha256((await fit(name, { trees: 6, categorical: ["kind"] }, train, watched(seed, { threads }))).save());
    const one = await bytes(1, "a");
    expect([await bytes(2, "a"), await bytes(3, "a")]).toEqual([one, one]);
    expect(await bytes(1, "b")).not.toBe(one);
  });

  it("goes on from where it was, or from its last checkpoint when killed, to the same bytes and scores", async () => {
    const train = treeTable("stopped", 300);
    const config = { trees: 20, checkpointEvery: 6, bootstrap: true };
    const undisturbed = watched("fit");
    const calm = (await fit(name, config, train, undisturbed)).save();
    const checkpoint = memoryCheckpoint();
    const stop = new AbortController();
    const running = fit(name, config, train, {
      ...watched("fit", { checkpoint, signal: stop.signal }),
      onProgress: (_, { tree = 0 }) => tree >= 9 && stop.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: "interrupted" });
    for (const from of [10, 19]) {
      const context = watched("fit", { checkpoint });
      expect((await fit(name, config, train, context)).save()).toEqual(calm);
      expect(context.seen[0]?.metrics["tree"]).toBe(from);
      expect(context.seen.at(-1)?.metrics).toEqual(undisturbed.seen.at(-1)?.metrics);
    }
  });

  it("predicts a constant label as it is, and one row; refuses labels of one sign for binary", async () => {
    const train = treeTable("constant", 100);
    const constant = { ...train, y: train.y.map(() => 0.25) };
    const trees = treesOf(await fit(name, {}, constant));
    expect(trees?.base[0]).toBe(0.25);
    expect(trees?.value.every((value) => Math.abs(value) < 1e-15)).toBe(true);
    const one = { ...train, rows: 1, x: train.x.subarray(0, 5), y: train.y.slice(0, 1), asOf: train.asOf.slice(0, 1) };
    expect(treesOf(await fit(name, {}, one))?.base[0]).toBe(train.y[0]);
    await expect(fit(name, { objective: "binary" }, constant)).rejects.toThrow(/needs rises and falls/);
  });
});

it("a tree of a forest holds the mean of the rows that it drew", async () => {
  const train = treeTable("means", 200);
  const trees = treesOf(
    await fit("extra-trees", { trees: 1, leaves: 200, minDataInLeaf: 1, featureFractionByNode: 1, bootstrap: false }, train),
  );
  if (trees === null) throw new Error("made of trees");
  const out = new Float64Array(200);
  new TreePredictor(trees).rows(train.x, 200, out);
  // Grown until rows stand alone: those that are alone are met, up to the rounding of gradients to float32.
  const met = out.filter((value, row) => Math.abs(value - (train.y[row] as number)) < 1e-6).length;
  expect(met).toBeGreaterThan(150);
});
