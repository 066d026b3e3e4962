// Weights that move with time: by recent losses, and by regime. A loss is learned from once all labels of its moment have ended.
import type { Evidence } from "./evidence.js";
import { Hedge, usualRate } from "./hedge.js";
import { meritsOf } from "./merit.js";
import { regimeIn, thirds } from "./regime.js";

export interface DynamicSettings {
  readonly rate: number | "auto";
  readonly share: number;
}

export interface DynamicWeights {
  /** Between which values of the regime feature its parts lie, ascending; empty when there is one part only. */
  readonly cuts: readonly number[];
  /** Per part of the regime, at the end of all moments. */
  readonly perRegime: readonly (readonly number[])[];
  /** For a regime that is not known. */
  readonly pooled: readonly number[];
  /** Per moment: the weights that were in force when it came. */
  readonly path: readonly (readonly number[])[];
}

/** Runs through the evidence in the order of time. Without regimes all parts are one. */
export function dynamicWeights(evidence: Evidence, { rate, share }: DynamicSettings): DynamicWeights {
  const { at, endsAt, regime, members } = evidence;
  const count = members.length;
  const losses = lossesOf(evidence);
  const cuts = thirds(regime);
  const parts = Int32Array.from(regime, (value) => regimeIn(cuts, value));
  const hedge = (rounds: number): Hedge => new Hedge(count, rate === "auto" ? usualRate(count, rounds) : rate, share);
  const pooled = hedge(at.length);
  const perRegime = Array.from({ length: cuts.length + 1 }, (_, part) => hedge(parts.filter((one) => one === part).length));
  const pending: number[] = [];
  const settle = (now: number): void => {
    // Oldest decision first, among those whose labels have ended.
    for (let i = 0; i < pending.length; ) {
      const t = pending[i] as number;
      if ((endsAt[t] as number) > now) {
        i++;
        continue;
      }
      pending.splice(i, 1);
      const loss = losses[t];
      if (loss === null || loss === undefined) continue;
      pooled.learn(loss);
      perRegime[parts[t] as number]?.learn(loss);
    }
  };
  const path = Array.from(at, (now, t) => {
    settle(now);
    pending.push(t);
    return (perRegime[parts[t] as number] ?? pooled).weights();
  });
  settle(Number.POSITIVE_INFINITY);
  return { cuts, perRegime: perRegime.map((one) => one.weights()), pooled: pooled.weights(), path };
}

/** Per moment one loss in [0, 1] per member; null where nobody can be judged. Who said nothing loses what chance loses. */
function lossesOf(evidence: Evidence): readonly (readonly number[] | null)[] {
  const merits = evidence.members.map(({ expectedReturn }) => meritsOf(evidence, expectedReturn));
  return Array.from(evidence.at, (_, t) => {
    const now = merits.map((one) => one[t] as number);
    return now.every(Number.isNaN) ? null : now.map((merit) => (Number.isNaN(merit) ? 0.5 : (1 - merit) / 2));
  });
}
