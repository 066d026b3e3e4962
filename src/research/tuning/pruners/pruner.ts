// Whether a trial is worth going on with, judged by what it says on its way against what others said at the same step. It is compared with
// trials that are known to it by its number alone, never with whoever happens to be quicker.
import { median } from "./median.js";
import { type Direction, type Intermediate, type Trial, isBetter, lossOf } from "../space/trial.js";

export type PrunerOptions =
  | { readonly kind: "none" }
  | {
      readonly kind: "median";
      /** Complete trials before any is pruned. */
      readonly startup: number;
      /** No trial is pruned before this step. */
      readonly warmup: number;
    }
  | {
      readonly kind: "asha" | "halving";
      /** Step of the first rung. */
      readonly first: number;
      /** One of so many goes on from a rung, and the next rung is so many times as far. */
      readonly reduction: number;
    };

export interface Pruner {
  /** True: the trial ends here. `path`: all that it has said, the step at hand last. */
  ends(path: readonly Intermediate[], known: readonly Trial[]): boolean;
}

/** Synchronous halving judges the trials of a bracket together (`HalvingBracket`); here it never ends one. */
export function createPruner(options: PrunerOptions, direction: Direction): Pruner {
  switch (options.kind) {
    case "none":
    case "halving":
      return { ends: () => false };
    case "median":
      return { ends: (path, known) => belowMedian(path, known, options, direction) };
    case "asha":
      return { ends: (path, known) => losesRung(path, known, options, direction) };
  }
}

/** The median stopping rule (Golovin et al. 2017, section 3.2.2), for values that are averages already. */
function belowMedian(
  path: readonly Intermediate[],
  known: readonly Trial[],
  { startup, warmup }: { readonly startup: number; readonly warmup: number },
  direction: Direction,
): boolean {
  const last = path.at(-1);
  if (last === undefined || last[0] < warmup) return false;
  const complete = known.filter(({ state }) => state === "complete");
  if (complete.length < Math.max(1, startup)) return false;
  const others = complete.flatMap(({ intermediates }) => intermediates.filter(([step]) => step === last[0]).map(([, value]) => value));
  if (others.length === 0) return false;
  const best = path.reduce((least, [, value]) => Math.min(least, lossOf(direction, value)), Number.POSITIVE_INFINITY);
  return best > lossOf(direction, median(others));
}

/**
 * Asynchronous successive halving (Li et al. 2020), the variant that decides when a rung is reached and takes up nothing again: the best of
 * every `reduction` that have reached a rung goes on; the first few only when nobody was better. A step may reach several rungs.
 */
function losesRung(
  path: readonly Intermediate[],
  known: readonly Trial[],
  { first, reduction }: { readonly first: number; readonly reduction: number },
  direction: Direction,
): boolean {
  const [step, value] = path.at(-1) ?? [Number.NEGATIVE_INFINITY, 0];
  const before = path.at(-2)?.[0] ?? Number.NEGATIVE_INFINITY;
  for (let rung = first; rung <= step; rung *= reduction) {
    if (before >= rung) continue;
    const rivals = known.flatMap(({ intermediates }) => intermediates.find(([at]) => at >= rung)?.[1] ?? []);
    const ahead = rivals.filter((rival) => isBetter(direction, rival, value)).length;
    if (ahead >= Math.max(1, Math.floor((rivals.length + 1) / reduction))) return true;
  }
  return false;
}
