// From evidence to a combination, and what the combination would have said of the evidence without having seen it.
import { createRng } from "#base/rng.js";
import { linearWeights } from "#models/linear/predict.js";
import type { FittedModel, Opinion, TrainingSet } from "#ports/model.js";
import { type Combination, type Voice, combine, equalWeights, fixedWeights, voicesOf } from "./combination.js";
import type { EnsembleConfig } from "./config.js";
import { dynamicWeights } from "./dynamic.js";
import { type Evidence, evidenceAt, momentsOutside } from "./evidence.js";
import { weightsOf } from "./hedge.js";
import { performanceWeights } from "./performance.js";

export type Method = Pick<EnsembleConfig, "combine" | "meta" | "rate" | "regime" | "share">;

export interface Learned {
  readonly combination: Combination;
  readonly voices: readonly Voice[];
  /** No member was worth anything, and all count alike. */
  readonly fellBack: boolean;
}

export async function learn(method: Method, evidence: Evidence): Promise<Learned> {
  const found = await find(method, evidence);
  const combination = found ?? equalWeights(evidence.members.length);
  return { combination, voices: voicesOf(evidence), fellBack: found === null };
}

/** Null where no member is worth anything. */
async function find(method: Method, evidence: Evidence): Promise<Combination | null> {
  switch (method.combine) {
    case "equal":
      return equalWeights(evidence.members.length);
    case "confidence":
      return { kind: "confidence" };
    case "performance": {
      const weights = performanceWeights(evidence);
      return weights === null ? null : fixedWeights(weights);
    }
    case "dynamic":
      return { kind: "dynamic", regime: method.regime, dynamic: dynamicWeights(evidence, method).end };
    case "stacking":
      return stack(method.meta, evidence);
    default:
      return method.combine satisfies never;
  }
}

/** Stacked regression (Wolpert 1992, Breiman 1996): a linear model of the label on what the members said of samples they had not seen. */
async function stack({ family, config }: EnsembleConfig["meta"], { facts, members }: Evidence): Promise<Combination | null> {
  const features = members.map((_, m) => `member-${m + 1}`);
  const k = members.length;
  const x = new Float32Array(facts.rows * k);
  members.forEach(({ expectedReturn }, m) => expectedReturn.forEach((value, row) => (x[row * k + m] = value)));
  const samples: TrainingSet = { ...facts, features, x, past: null };
  const meta: FittedModel = await family.fit(config, samples, { rng: createRng("meta"), onProgress: () => undefined });
  const listed = new Map(linearWeights(meta).map(({ feature, weight }) => [feature, Math.abs(weight)]));
  const sizes = features.map((name) => listed.get(name) ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return total > 0 ? { kind: "stacking", meta, shares: sizes.map((size) => size / total) } : null;
}

/**
 * Predictions for every row of the evidence in which its own label had no part: of weights that move, those that were in force at the moment;
 * else what is learned from the other blocks, without labels that overlap with the block's.
 */
export async function outOfSample(method: Method, evidence: Evidence): Promise<Float64Array> {
  const out = new Float64Array(evidence.facts.rows).fill(Number.NaN);
  const answer = async (learned: Omit<Learned, "fellBack">, t: number): Promise<void> => {
    const [from, to] = [evidence.starts[t] as number, evidence.starts[t + 1] as number];
    const { combination, voices } = learned;
    const { expectedReturn } = await combine(combination, voices, opinionsAt(evidence.members, from, to), evidence.regime[t] as number);
    out.set(expectedReturn, from);
  };
  if (method.combine === "dynamic") {
    const voices = voicesOf(evidence);
    const { path } = dynamicWeights(evidence, method);
    for (const [t, { logs }] of path.entries()) await answer({ combination: fixedWeights(weightsOf(logs)), voices }, t);
    return out;
  }
  for (const held of new Set(evidence.block)) {
    const others = evidenceAt(evidence, momentsOutside(evidence, held));
    if (others.facts.rows < 2) continue;
    const learned = await learn(method, others);
    for (const [t, block] of evidence.block.entries()) if (block === held) await answer(learned, t);
  }
  return out;
}

function opinionsAt(members: readonly Opinion[], from: number, to: number): readonly Opinion[] {
  return members.map(({ expectedReturn, uncertainty }) => ({
    expectedReturn: expectedReturn.subarray(from, to),
    uncertainty: uncertainty?.subarray(from, to) ?? null,
    confidence: null,
  }));
}
