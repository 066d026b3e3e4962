// A table of features for trees to learn from: effects that cross and bend, missing values, a category. Tests only.
import { createRng } from "#base/rng.js";
import type { CheckpointStore, FitContext, TrainingSet } from "#ports/model.js";

/** Columns: four normals, of which the first two cross, a category of eight, and a tenth of all numbers missing. `names` per moment. */
export function treeTable(seed: string, rows = 600, names = 12): TrainingSet {
  const rng = createRng(seed);
  const features = ["a", "b", "c", "d", "kind"];
  const x = new Float32Array(rows * features.length);
  const y = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [a, b, c, d] = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
    const kind = rng.int(8);
    x.set([a, b, c, d, kind], row * 5);
    y[row] = 0.01 * (a > 0 ? b : -b) + 0.005 * Math.sin(2 * c) + (kind % 3 === 1 ? 0.01 : 0) + 0.005 * rng.normal();
    for (let j = 0; j < 4; j++) if (rng.next() < 0.1) x[row * 5 + j] = Number.NaN;
  }
  const asOf = Float64Array.from({ length: rows }, (_, row) => Math.floor(row / names));
  return { features, rows, x, y, asOf, labelEndAt: asOf.map((at) => at + 1), weight: null, past: null };
}

export interface Watched extends FitContext {
  /** What was reported, in order. */
  readonly seen: { readonly done: number; readonly metrics: Readonly<Record<string, number>> }[];
}

export function watched(seed: string, others: Partial<FitContext> = {}): Watched {
  const seen: Watched["seen"] = [];
  return { rng: createRng(seed), onProgress: (done, metrics) => seen.push({ done, metrics }), ...others, seen };
}

export function memoryCheckpoint(): CheckpointStore & { state: Uint8Array | null } {
  const store = {
    name: "memory",
    state: null as Uint8Array | null,
    read: () => store.state,
    write: (state: Uint8Array) => void (store.state = Uint8Array.from(state)),
    remove: () => void (store.state = null),
  };
  return store;
}
