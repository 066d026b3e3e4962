// The files that all sides of `npm run bench -- trees` read: features and labels as raw numbers in one folder, a part of them held out.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorkspace } from "#app/config/workspace.js";
import { parseExperiment } from "#app/config/experiment.js";
import { collectStudy } from "#app/modes/study.js";
import { openUniverse } from "#app/modes/universe.js";
import { createRng } from "#base/rng.js";
import { openDataset } from "#data/lake/open-dataset.js";

export interface TreesMeta {
  readonly rows: number;
  readonly features: number;
  /** `binary`: the sign of y. */
  readonly task: "binary" | "regression";
}

interface Part {
  readonly x: Float32Array;
  readonly y: Float64Array;
}

let root: string | undefined;

/** Makes the folder once per process. */
function write(name: string, meta: TreesMeta, make: () => { readonly train: Part; readonly test: Part }): string {
  root ??= mkdtempSync(join(tmpdir(), "truewind-trees-"));
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  const { train, test } = make();
  mkdirSync(folder);
  const bytes = (values: Float32Array | Float64Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  writeFileSync(join(folder, "x.f32"), bytes(train.x));
  writeFileSync(join(folder, "y.f64"), bytes(train.y));
  writeFileSync(join(folder, "tx.f32"), bytes(test.x));
  writeFileSync(join(folder, "ty.f64"), bytes(test.y));
  writeFileSync(join(folder, "meta.json"), JSON.stringify({ ...meta, rows: train.y.length }));
  return folder;
}

/**
 * Normal columns, a fifth of them with ten values only and a tenth with gaps; a label of steps, bends and products of thirty of them under
 * noise of the same size.
 */
export function simulatedFolder(rows: number, features: number, task: TreesMeta["task"]): string {
  return write(`${rows}x${features}`, { rows, features, task }, () => {
    const rng = createRng(`trees/${rows}x${features}`);
    const part = (count: number): Part => {
      const x = new Float32Array(count * features);
      const y = new Float64Array(count);
      for (let i = 0; i < count; i++) {
        const at = i * features;
        for (let j = 0; j < features; j++) {
          const value = rng.normal();
          x[at + j] = j % 5 === 4 ? Math.round(Math.max(-2, Math.min(2.5, value)) * 2) : value;
        }
        let sum = 0;
        for (let j = 0; j < 30; j += 3) {
          const [a, b, c] = [x[at + j] as number, x[at + j + 1] as number, x[at + j + 2] as number];
          sum += 0.3 * a + (b > 0.5 ? 0.4 : -0.1) + 0.2 * a * b + 0.2 * Math.sin(2 * c);
        }
        for (let j = 9; j < features; j += 10) if (rng.next() < 0.1) x[at + j] = Number.NaN;
        y[i] = sum - 0.4 + 1.5 * rng.normal();
      }
      return { x, y };
    };
    return { train: part(rows), test: part(50_000) };
  });
}

/** Of the workspace named by BENCH_STOCKS, which holds the dataset of docs/experiments.md; null without it. Tested on 2014 and later. */
export async function stocksFolder(): Promise<string | null> {
  const place = process.env["BENCH_STOCKS"];
  if (place === undefined) return null;
  const experiment = parseExperiment(
    {
      name: "bench",
      data: { dataset: "stocks434" },
      features: "alpha158",
      rebalance: { every: 1 },
      splits: { firstTest: "2014-01-02", test: 10_000 },
      universe: { minHistory: 1 },
    },
    "bench",
  );
  const { lake } = openWorkspace(place);
  const universe = openUniverse(experiment, await openDataset(lake, "stocks434"));
  const { frames, labels, folds } = await collectStudy(experiment, universe, () => undefined);
  const k = frames.features.length;
  const [fold] = folds;
  if (fold === undefined) throw new Error("the dataset stocks434 has nothing before 2014");
  const part = (from: number, to: number, endBy: number): Part => {
    const rows: number[] = [];
    for (let row = frames.firstRow[from] as number; row < (frames.firstRow[to] as number); row++)
      if (!Number.isNaN(labels.value[row]) && (labels.endAt[row] as number) <= endBy) rows.push(row);
    const x = new Float32Array(rows.length * k);
    rows.forEach((row, i) => x.set(frames.x.subarray(row * k, (row + 1) * k), i * k));
    return { x, y: Float64Array.from(rows, (row) => labels.value[row] as number) };
  };
  return write("stocks", { rows: 0, features: k, task: "regression" }, () => ({
    train: part(fold.trainFrom, fold.trainTo, fold.labelsEndBy),
    test: part(fold.testFrom, fold.testTo, Number.POSITIVE_INFINITY),
  }));
}

export interface TreesFiles extends TreesMeta {
  readonly x: Float32Array;
  readonly y: Float64Array;
  readonly tx: Float32Array;
  readonly ty: Float64Array;
}

export function readTreesFiles(folder: string): TreesFiles {
  const raw = (name: string): ArrayBuffer => Uint8Array.from(readFileSync(join(folder, name))).buffer;
  return {
    ...(JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as TreesMeta),
    x: new Float32Array(raw("x.f32")),
    y: new Float64Array(raw("y.f64")),
    tx: new Float32Array(raw("tx.f32")),
    ty: new Float64Array(raw("ty.f64")),
  };
}
