// Our side of one case of `npm run bench -- trees`, in a process of its own: answers the same requests as bench/peers/trees.py, one JSON
// line in, one JSON line out. All of it is the product's own road: family, fitted model, artifact, explainer.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import { boosting } from "#models/trees/families/family.js";
import { TreePredictor } from "#models/trees/predictor.js";
import { TreeExplainer } from "#models/trees/shap.js";
import { type TreeModel, treesOf } from "#models/trees/tree-model.js";
import type { TrainingSet } from "#ports/model.js";
import { readTreesFiles } from "./trees-data.js";

interface Request {
  readonly do: "train" | "memory" | "row" | "bulk" | "contributions";
  readonly seed?: number;
  readonly calls?: number;
}

const BULK_ROWS = 100_000;
const SHAP_ROWS = 1000;
const [folder = "", threadsText = "2"] = process.argv.slice(2);
const files = readTreesFiles(folder);
const k = files.features;
const binary = files.task === "binary";
const features = Array.from({ length: k }, (_, j) => `f${j}`);
const config = boosting.parseConfig({
  objective: binary ? "binary" : "squared",
  rounds: 200,
  leaves: 31,
  learningRate: 0.1,
  minDataInLeaf: 20,
  validation: 0,
  patience: null,
});
const times = Float64Array.from({ length: files.rows }, (_, i) => i);
const train: TrainingSet = { features, rows: files.rows, x: files.x, y: files.y, asOf: times, labelEndAt: times, weight: null, past: null };

async function fit(seed: number): Promise<TreeModel> {
  const context = { rng: createRng(`bench/${seed}`), onProgress: () => undefined, threads: Number(threadsText) };
  return (await boosting.fit(config, train, context)) as TreeModel;
}

let fitted: TreeModel | undefined;
const model = async (): Promise<TreeModel> => (fitted ??= await fit(1));
const predictorOf = async (): Promise<TreePredictor> => new TreePredictor((await model()).trees);

/** Area under the curve, or root mean square error, of raw scores. */
function scoreOf(raw: Float64Array): number {
  const { ty } = files;
  if (!binary) return Math.sqrt(raw.reduce((sum, value, i) => sum + (value - (ty[i] as number)) ** 2, 0) / raw.length);
  const order = Uint32Array.from({ length: raw.length }, (_, i) => i).sort((a, b) => (raw[a] as number) - (raw[b] as number));
  let ups = 0;
  let ranks = 0;
  order.forEach((row, rank) => {
    if ((ty[row] as number) <= 0) return;
    ups++;
    ranks += rank + 1;
  });
  return (ranks - (ups * (ups + 1)) / 2) / (ups * (raw.length - ups));
}

function rawScores(predictor: TreePredictor, x: Float32Array): Float64Array {
  const out = new Float64Array(x.length / k);
  predictor.rows(x, out.length, out);
  return out;
}

const quantile = (values: Float64Array, q: number): number => values[Math.min(values.length - 1, Math.floor(q * values.length))] as number;

async function answer({ do: kind, seed = 1, calls = 3000 }: Request): Promise<Readonly<Record<string, number>>> {
  if (kind === "train") {
    const startedAt = performance.now();
    fitted = await fit(seed);
    const s = (performance.now() - startedAt) / 1000;
    return { s, score: scoreOf(rawScores(await predictorOf(), files.tx)) };
  }
  if (kind === "memory") {
    await fit(1);
    return { mb: Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024 };
  }
  if (kind === "row") {
    // A frame of one instrument, as a live decision asks: what is checked and copied there is inside the clock.
    const asked = await model();
    const one = Uint8Array.of(1);
    const frame = { asOf: 0 as Micros, instruments: 1, features, values: new Float64Array(k), fresh: one, member: one, history: null };
    const rows = files.tx.length / k;
    const took = new Float64Array(calls);
    for (let i = 0; i < calls; i++) {
      frame.values.set(files.tx.subarray((i % rows) * k, ((i % rows) + 1) * k));
      const startedAt = performance.now();
      void asked.predict(frame);
      took[i] = (performance.now() - startedAt) * 1000;
    }
    took.sort();
    return { p50_us: quantile(took, 0.5), p99_us: quantile(took, 0.99) };
  }
  if (kind === "bulk") {
    const predictor = await predictorOf();
    const x = new Float32Array(BULK_ROWS * k);
    for (let at = 0; at < x.length; at += files.tx.length) x.set(files.tx.subarray(0, Math.min(files.tx.length, x.length - at)), at);
    const startedAt = performance.now();
    rawScores(predictor, x);
    return { per_s: (BULK_ROWS / (performance.now() - startedAt)) * 1000 };
  }
  const trees = treesOf(await model());
  if (trees === null) throw new Error("the model has no trees");
  const explainer = new TreeExplainer(trees);
  const x = files.tx.subarray(0, SHAP_ROWS * k);
  const startedAt = performance.now();
  explainer.rows(x, SHAP_ROWS, new Float64Array(SHAP_ROWS * k));
  return { s: (performance.now() - startedAt) / 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Request))}\n`);
}
