// A batch of features over the file of bars (features-market.ts): read, time put before symbols, folded day by day, kept as 32-bit numbers.
// Run as a program with FOLDER SET WORKERS it divides the symbols among worker threads, each of which takes a few at a time, and prints one
// JSON line.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { fileURLToPath } from "node:url";
import { createBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { compileFeatures } from "#features/plan/compile.js";
import { featureSet } from "#features/registry.js";
import { fields, type MarketFile } from "./features-market.js";
import { peakMb } from "./features-process.js";

/** Symbols of one plan: enough to share the fixed cost of a moment, few enough for its memory to stay near. */
const GROUP = 32;

interface Part {
  readonly folder: string;
  readonly set: string;
  readonly first: number;
  readonly last: number;
}

interface Sums {
  /** Per feature: sum and number of the known values, which shows that both sides did the same work. */
  readonly sum: Float64Array;
  readonly count: Float64Array;
}

/** Calls back when all values are there; finding their sums is no part of the work. */
function compute({ folder, set, first, last }: Part, onComputed: () => void): Sums {
  const { days, symbols } = JSON.parse(readFileSync(join(folder, "bars.json"), "utf8")) as MarketFile;
  const definitions = featureSet(set);
  const file = openSync(join(folder, "bars.bin"), "r");
  // All values are held until the end, as the peer holds its.
  const out: Float32Array[] = [];
  for (let from = first; from < last; from += GROUP) {
    out.push(...computeGroup(definitions, symbols.slice(from, Math.min(last, from + GROUP)), days, file));
  }
  closeSync(file);
  onComputed();
  return sums(out, definitions.length);
}

/** Per symbol its rows, one after the other. */
function computeGroup(definitions: readonly FeatureDefinition[], part: MarketFile["symbols"], days: number, file: number): Float32Array[] {
  const histories = part.map(({ rows, offset }) => {
    const bytes = Buffer.alloc(rows * (fields.length + 1) * 8);
    readSync(file, bytes, 0, bytes.length, offset * 8);
    return new Float64Array(bytes.buffer, bytes.byteOffset, rows * (fields.length + 1));
  });
  const width = definitions.length;
  const instruments = part.length;
  const plan = compileFeatures(definitions, {
    instruments,
    tradable: new Uint8Array(instruments).fill(1),
    minHistory: 1,
    filters: [],
    priceBasis: "split",
  });
  const out = part.map(({ rows }) => new Float32Array(rows * width));
  const next = new Int32Array(instruments);
  const batch = createBarBatch(instruments);
  const columns = fields.map((field) => batch[field]);
  for (let day = 0; day < days; day++) {
    let n = 0;
    const at = (day + 1) * DAY_US;
    for (let s = 0; s < instruments; s++) {
      const history = histories[s] as Float64Array;
      const { rows } = part[s] as (typeof part)[number];
      const k = next[s] as number;
      if (k >= rows || history[k] !== day) continue;
      batch.instrument[n] = s;
      batch.openAt[n] = at - DAY_US;
      batch.at[n] = batch.seenAt[n] = at;
      for (let f = 0; f < columns.length; f++) (columns[f] as Float64Array)[n] = history[(f + 1) * rows + k] as number;
      n++;
    }
    plan.advance(batch, 0, n);
    const { values } = plan.frame(at as Micros, at as Micros);
    for (let row = 0; row < n; row++) {
      const s = batch.instrument[row] as number;
      const k = next[s] as number;
      (out[s] as Float32Array).set(values.subarray(s * width, (s + 1) * width), k * width);
      next[s] = k + 1;
    }
  }
  return out;
}

function sums(out: readonly Float32Array[], width: number): Sums {
  const sum = new Float64Array(width);
  const count = new Float64Array(width);
  for (const values of out) {
    for (let row = 0; row < values.length; row += width) {
      for (let f = 0; f < width; f++) {
        const v = values[row + f] as number;
        if (v - v !== 0) continue;
        sum[f] = (sum[f] as number) + v;
        count[f] = (count[f] as number) + 1;
      }
    }
  }
  return { sum, count };
}

async function main([folder = "", set = "", workers = "2"]: readonly string[]): Promise<void> {
  const { symbols } = JSON.parse(readFileSync(join(folder, "bars.json"), "utf8")) as MarketFile;
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const shares = Array.from({ length: Number(workers) }, (_, w): Part => {
    const [first, last] = [w, w + 1].map((k) => Math.round((k * symbols.length) / Number(workers))) as [number, number];
    return { folder, set, first, last };
  });
  const working = shares.map(inWorker);
  await Promise.all(working.map(({ computed }) => computed));
  const seconds = (performance.now() - startedAt) / 1000;
  const results = await Promise.all(working.map(({ sums }) => sums));
  const means = featureSet(set).map(({ name }, f) => {
    const total = (of: keyof Sums): number => results.reduce((all, result) => all + (result[of][f] as number), 0);
    return [name, total("sum") / total("count")] as const;
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  process.stdout.write(`${JSON.stringify({ seconds, cpu: (user + system) / 1e6, mb: peakMb(), means: Object.fromEntries(means) })}\n`);
}

function inWorker(part: Part): { readonly computed: Promise<unknown>; readonly sums: Promise<Sums> } {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: part });
  const message = (wanted: (said: Sums | null) => boolean): Promise<Sums | null> =>
    new Promise((resolve, reject) => {
      worker.on("message", (said: Sums | null) => {
        if (wanted(said)) resolve(said);
      });
      worker.once("error", reject);
    });
  return { computed: message((said) => said === null), sums: message((said) => said !== null) as Promise<Sums> };
}

if (isMainThread) await main(process.argv.slice(2));
else
  parentPort?.postMessage(
    compute(workerData as Part, () => parentPort?.postMessage(null, [])),
    [],
  );
