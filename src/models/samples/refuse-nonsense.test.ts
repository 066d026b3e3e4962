// One sentence and one code for labels and weights that are none, whatever the family.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { modelFamily } from "#models/registry/families.js";
import { sampleTrainingSet } from "#test/contracts/model.js";

const FAMILIES = ["ridge", "lasso", "elastic-net", "huber", "logistic", "neural", "boosting", "forest", "extra-trees", "calibrated"];

describe.each(FAMILIES)("%s", (name) => {
  const family = modelFamily(name);
  const fit = async (change: (y: Float64Array, weight: Float64Array) => void): Promise<unknown> => {
    const train = sampleTrainingSet("nonsense", 200);
    const weight = new Float64Array(train.rows).fill(1);
    change(train.y, weight);
    const config = family.parseConfig(name === "neural" ? { blocks: [{ kind: "dense", units: 2 }] } : {});
    return family.fit(config, { ...train, weight }, { rng: createRng("fit"), onProgress: () => undefined });
  };

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the weight %d", async (wrong) => {
    await expect(fit((_, weight) => weight.fill(wrong, 3, 4))).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/cannot learn from sample 3 with the weight .+: weights are numbers from 0/) as string,
    });
  });

  it("refuses a label that is no number", async () => {
    await expect(fit((y) => y.fill(Number.NaN, 5, 6))).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/cannot learn the label NaN of sample 5: labels lie within/) as string,
    });
  });
});
