// Held-out losses beside LightGBM's at the same settings, five seeds each. Reference: test/reference/trees/accuracy.json (script beside it).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TrainingSet } from "#ports/model.js";
import { watched } from "#test/trees/table.js";
import { boosting } from "../families/family.js";
import { createObjective } from "../objectives/create.js";
import { TreePredictor } from "../predictor.js";
import { treesOf } from "../tree-model.js";

interface Reference {
  readonly settings: Readonly<Record<string, number>>;
  readonly train: number;
  readonly test: number;
  readonly features: number;
  readonly moment: number;
  readonly classes: number;
  readonly alpha: number;
  readonly grades: number;
  readonly truncation: number;
  readonly checksum: number;
  readonly losses: Readonly<Record<string, readonly number[]>>;
}

const reference = JSON.parse(readFileSync(new URL("../../../../test/reference/trees/accuracy.json", import.meta.url), "utf8")) as Reference;
const { settings, train, test, features, moment, classes, alpha, grades, truncation } = reference;

/** xorshift32 (Marsaglia 2003), as fractions of 2^32. */
function uniforms(seed: number, count: number): Float64Array {
  let state = seed | 0;
  return Float64Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  });
}

/** As `table` of the script. */
function table(): { readonly x: Float32Array; readonly y: Float64Array } {
  const rows = train + test;
  const u = uniforms(2463534242, rows * (features + 2));
  const x = Float32Array.from(u.subarray(0, rows * features));
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const v = (j: number): number => x[row * features + j] as number;
    const noise = (u[rows * features + row] as number) + (u[rows * (features + 1) + row] as number) - 1;
    const steps = v(4) > 0.7 ? 0.3 : 0;
    return 4 * v(0) * v(1) - 1 + 2 * (v(2) - 0.5) ** 2 - 1 / 6 + 0.5 * (v(3) - 0.5) + steps - 0.09 + noise;
  });
  for (let row = 0; row < rows; row++) {
    const at = row * features + 5;
    if ((x[at] as number) < Math.fround(0.2)) x[at] = Number.NaN;
  }
  return { x, y };
}

describe("the held-out loss of boosting", () => {
  const { x, y } = table();
  const asOf = Float64Array.from(y, (_, row) => Math.floor(row / moment));
  const names = Array.from({ length: features }, (_, j) => `f${j}`);
  const set: TrainingSet = {
    features: names,
    rows: train,
    x: x.subarray(0, train * features),
    y: y.slice(0, train),
    asOf: asOf.slice(0, train),
    labelEndAt: asOf.slice(0, train),
    weight: null,
    past: null,
  };
  const options: Readonly<Record<string, object>> = { quantile: { alpha }, multiclass: { classes }, lambdarank: { grades, truncation } };

  it("is measured on the table of the reference", () => {
    expect(y.reduce((sum, label) => sum + label, 0)).toBeCloseTo(reference.checksum, 8);
  });

  it.each(Object.keys(reference.losses))(
    "with %s is, on average over seeds, no worse than LightGBM's worst seed, and near its mean",
    async (kind) => {
      const config = boosting.parseConfig({ ...settings, objective: { kind, ...options[kind] }, validation: 0 });
      const rows = train + test;
      const objective = createObjective(config.objective, { rows, trainRows: train, y, weight: null, asOf });
      const losses: number[] = [];
      for (const seed of ["1", "2", "3", "4", "5"]) {
        const trees = treesOf(await boosting.fit(config, set, watched(seed)));
        if (trees === null) throw new Error("made of trees");
        const flat = new Float64Array(rows * trees.outputs);
        new TreePredictor(trees).rows(x, rows, flat);
        const scores = objective.base.map((_, k) => k);
        const columns = Array.from(scores, (k) => flat.filter((_, at) => at % trees.outputs === k));
        losses.push(objective.loss(columns, train, rows));
      }
      const theirs = reference.losses[kind] as readonly number[];
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      const center = theirs.reduce((sum, loss) => sum + loss, 0) / theirs.length;
      expect(Math.abs(mean / center - 1)).toBeLessThan(kind === "lambdarank" ? 0.03 : 0.01);
      expect(mean).toBeLessThanOrEqual(Math.max(...theirs));
    },
  );
});
