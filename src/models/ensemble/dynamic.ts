// Weights that move with time: by recent losses, and by regime. A loss is learned from once all labels of its moment have ended; the same
// step serves the blocks of the training samples and what comes after.
import type { Evidence } from "./evidence.js";
import { type HedgeRule, hedge, usualRate } from "./hedge.js";
import { type Yardstick, meritAt, meritsOf, yardstickOf } from "./merit.js";
import { regimeIn, thirds } from "./regime.js";

export interface DynamicSettings {
  readonly rate: number | "auto";
  readonly share: number;
}

/** Weights of one set of decisions: as logarithms, and how they go on. */
export interface Mover extends HedgeRule {
  readonly logs: readonly number[];
}

export interface Dynamic {
  /** Between which values of the regime its parts lie, ascending; empty when there is one part only. */
  readonly cuts: readonly number[];
  /** One per part of the regime. */
  readonly perRegime: readonly Mover[];
  /** Over all decisions: for a regime that is not known. */
  readonly pooled: Mover;
  readonly yardstick: Yardstick;
}

/** The mover whose weights are in force. */
export function moverFor({ cuts, perRegime, pooled }: Dynamic, regime: number): Mover {
  return perRegime[regimeIn(cuts, regime)] ?? pooled;
}

/** After the losses of one moment. */
export function learned(dynamic: Dynamic, regime: number, losses: readonly number[] | null): Dynamic {
  if (losses === null) return dynamic;
  const part = regimeIn(dynamic.cuts, regime);
  const step = (mover: Mover): Mover => ({ ...mover, logs: hedge(mover, mover.logs, losses) });
  return {
    ...dynamic,
    pooled: step(dynamic.pooled),
    perRegime: dynamic.perRegime.map((mover, i) => (i === part ? step(mover) : mover)),
  };
}

/** One loss in [0, 1] per member from its merit; null where nobody can be judged. Who said nothing loses what chance loses. */
export function lossesFrom(merits: readonly number[]): readonly number[] | null {
  return merits.every(Number.isNaN) ? null : merits.map((merit) => (Number.isNaN(merit) ? 0.5 : (1 - merit) / 2));
}

export const lossesAt = (yardstick: Yardstick, said: readonly Float64Array[], labels: Float64Array): readonly number[] | null =>
  lossesFrom(said.map((one) => meritAt(yardstick, one, labels)));

/** Runs through the evidence in the order of time: what is in force at its end, and, per moment, what was in force when it came. */
export function dynamicWeights(evidence: Evidence, settings: DynamicSettings): { readonly end: Dynamic; readonly path: readonly Mover[] } {
  const { at, endsAt, regime, members } = evidence;
  const merits = members.map(({ expectedReturn }) => meritsOf(evidence, expectedReturn));
  let now = beginDynamic(evidence, settings);
  let pending: number[] = [];
  const settle = (time: number): void => {
    // Oldest decision first, among those whose labels have ended.
    for (const t of pending) {
      if ((endsAt[t] as number) > time) continue;
      now = learned(now, regime[t] as number, lossesFrom(merits.map((one) => one[t] as number)));
    }
    pending = pending.filter((t) => (endsAt[t] as number) > time);
  };
  const path = Array.from(at, (time, t) => {
    settle(time);
    pending.push(t);
    return moverFor(now, regime[t] as number);
  });
  settle(Number.POSITIVE_INFINITY);
  return { end: now, path };
}

function beginDynamic(evidence: Evidence, { rate, share }: DynamicSettings): Dynamic {
  const { regime, members, at } = evidence;
  const cuts = thirds(regime);
  const parts = Int32Array.from(regime, (value) => regimeIn(cuts, value));
  const mover = (rounds: number): Mover => ({
    rate: rate === "auto" ? usualRate(members.length, rounds) : rate,
    share,
    logs: new Array<number>(members.length).fill(0),
  });
  return {
    cuts,
    perRegime: Array.from({ length: cuts.length + 1 }, (_, part) => mover(parts.filter((one) => one === part).length)),
    pooled: mover(at.length),
    yardstick: yardstickOf(evidence),
  };
}
