import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import { sampleFrame } from "#test/contracts/model.js";
import { randomEnsemble } from "#test/trees/random-ensemble.js";
import { treeTable, watched } from "#test/trees/table.js";
import { type FittedTrees, loadTrees, saveTrees } from "../artifact.js";
import { ensembleFault } from "../ensemble-bytes.js";
import { boosting } from "./family.js";
import { toTreeModel } from "../predict.js";
import { toEnsemble, toTrees } from "../fitting/tree-list.js";

/** As `saveTrees` ends its bytes. */
const sealed = (body: Uint8Array): Uint8Array => Uint8Array.from(Buffer.concat([body, new ByteWriter().text(sha256(body)).finish()]));

function fittedOf(seed: string, outputs: number): FittedTrees {
  const ensemble = randomEnsemble({ seed, trees: 6, features: 4, leaves: 9, outputs });
  const link =
    outputs === 1 ? { kind: "direction" as const, scale: 0.02 } : { kind: "classes" as const, means: [-0.01, 0, 0.01].slice(0, outputs) };
  return { family: "boosting", features: ["a", "b", "c", "d"], steps: 1, link, ensemble: { ...ensemble, features: ["a", "b", "c", "d"] } };
}

it("fitted trees are the same after saving and loading, and so are trees taken apart and put together", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(1, 2, 3), (seed, outputs) => {
      const fitted = fittedOf(seed, outputs);
      expect(ensembleFault(fitted.ensemble)).toBeNull();
      const again = loadTrees("boosting", saveTrees(fitted));
      expect(again).toEqual(fitted);
      const { features, base } = fitted.ensemble;
      expect(toEnsemble(features, base, toTrees(fitted.ensemble))).toEqual(fitted.ensemble);
    }),
  );
});

it("whatever number is changed in a whole file: it is refused in one sentence, or predicts without a fault", async () => {
  const bytes = saveTrees(fittedOf("changed", 2));
  const body = bytes.subarray(0, -68);
  await fc.assert(
    fc.asyncProperty(fc.nat(body.length - 1), fc.nat(255), fc.nat(8), async (at, byte, times) => {
      const changed = body.slice();
      for (let i = 0; i <= times; i++) changed[Math.min(body.length - 1, at + i)] = (byte * (i + 1)) & 255;
      let model: ReturnType<typeof boosting.load>;
      try {
        model = boosting.load(sealed(changed));
      } catch (error) {
        expect(error).toBeInstanceOf(TruewindError);
        expect((error as TruewindError).code).toBe("corrupt-artifact");
        expect((error as Error).message).toMatch(/^This is no usable boosting model: .*\. Train it again\.$/);
        return;
      }
      // Names of features may have changed, too: then the frame is refused.
      const frame = { ...sampleFrame(), features: model.features };
      if (model.features.length === 4) expect((await model.predict(frame)).length).toBe(6);
    }),
    { numRuns: 2000 },
  );
});

it("says what is wrong: another family, a newer version, a tree that leads in circles, a return that is made of other scores", () => {
  const fitted = fittedOf("wrong", 2);
  const load = (change: Partial<FittedTrees>): unknown => loadTrees("boosting", saveTrees({ ...fitted, ...change }));
  expect(() => load({ family: "forest" })).toThrow(/it holds a model of the family forest/);
  expect(() => load({ link: { kind: "identity" } })).toThrow(/not those that its returns are made of/);
  expect(() => load({ steps: 2 })).toThrow(/ask other columns than its features/);
  expect(() => load({ steps: 1e15 })).toThrow(/ask other columns/);
  const { ensemble } = fitted;
  const split = ensemble.feature.findIndex((feature) => feature >= 0);
  const changed = (change: object): unknown => load({ ensemble: { ...ensemble, ...change } });
  expect(() => changed({ left: ensemble.left.map((child, node) => (node === split ? split : child)) })).toThrow(/which is not below it/);
  expect(() => changed({ feature: ensemble.feature.map((f, node) => (node === split ? 4 : f)) })).toThrow(/asks feature 4 of 4/);
  expect(() => changed({ value: ensemble.value.fill(Number.NaN) })).toThrow(/adds no number/);
  const bytes = saveTrees(fittedOf("version", 1));
  const newer = bytes.slice(0, -68);
  newer[4 + "truewind-trees".length] = 9;
  expect(() => boosting.load(sealed(newer))).toThrow(/it has version 9, and this program reads version 1/);
});

it("a model without a single split saves, loads and predicts its base", async () => {
  const train = treeTable("flat", 50);
  const model = await boosting.fit(boosting.parseConfig({}), { ...train, y: train.y.map(() => 0.5) }, watched("flat"));
  const again = boosting.load(model.save());
  expect(toTreeModel(loadTrees("boosting", model.save())).trees.root).toHaveLength(0);
  const frame = { ...sampleFrame(), features: train.features, values: new Float64Array(30) };
  expect([...(await again.predict(frame))].filter((value) => !Number.isNaN(value))).toEqual(new Array(5).fill(0.5));
});
