// The model of the loop benchmark: 200 boosted trees on the 173 features of a portfolio agent, trained on seconds of another market.
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import { compileForLoop } from "#features/plan/threaded-plan.js";
import { peerRoles } from "#features/language/node.js";
import { featureSet } from "#features/registry.js";
import { boosting } from "#models/trees/families/family.js";
import type { FittedModel, TrainingSet } from "#ports/model.js";
import type { FeaturePlan } from "#ports/stages.js";
import { SECTORS, secondBars } from "./loop-market.js";

export const LOOP_FEATURES = featureSet("portfolio-173");
const INSTRUMENTS = 200;
const WARM = 400;
const SECONDS = 800;
/** Seconds from one sample to the next, and over which the return to be learned runs. */
const EVERY = 10;

export function loopPlan(instruments: number): FeaturePlan {
  return compileForLoop(LOOP_FEATURES, {
    instruments,
    tradable: new Uint8Array(instruments).fill(1),
    minHistory: 1,
    filters: [],
    priceBasis: "raw",
    sector: Int32Array.from({ length: instruments }, (_, i) => i % SECTORS),
    peers: Object.fromEntries(peerRoles.map((role, k) => [role, Math.min(k, instruments - 1)])),
  });
}

export async function fitLoopModel(): Promise<FittedModel> {
  const plan = loopPlan(INSTRUMENTS);
  const [x, price, asOf]: [number[], Float64Array[], number[]] = [[], [], []];
  let second = 0;
  for (const batch of secondBars("loop/train", INSTRUMENTS, SECONDS)) {
    plan.advance(batch, 0, INSTRUMENTS);
    const at = batch.at[0] as Micros;
    if (++second <= WARM || second % EVERY !== 0) continue;
    for (const value of plan.frame(at, at).values) x.push(value);
    price.push(batch.close);
    asOf.push(at);
  }
  const rows = (price.length - 1) * INSTRUMENTS;
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const [t, i] = [Math.floor(row / INSTRUMENTS), row % INSTRUMENTS];
    return ((price[t + 1] as Float64Array)[i] as number) / ((price[t] as Float64Array)[i] as number) - 1;
  });
  const of = (k: number) => Float64Array.from({ length: rows }, (_, row) => asOf[Math.floor(row / INSTRUMENTS) + k] as number);
  const train: TrainingSet = {
    features: plan.features,
    rows,
    x: Float32Array.from(x.slice(0, rows * plan.features.length)),
    y,
    asOf: of(0),
    labelEndAt: of(1),
    weight: null,
    past: null,
  };
  const config = boosting.parseConfig({ objective: "squared", rounds: 200, leaves: 31, learningRate: 0.05, validation: 0, patience: null });
  return boosting.fit(config, train, { rng: createRng("loop/model"), onProgress: () => undefined, threads: 2 });
}
