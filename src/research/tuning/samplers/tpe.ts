// Tree-structured Parzen estimator (Bergstra et al. 2011): one density for the good trials, l, and one for the others, g; of some values drawn
// from l the one of the largest l/g is tried, which is the one of the largest expected improvement (section 4). Joint over the parameters
// that are active together (Falkner, Klein & Hutter 2018; the settings are Optuna's), or each parameter by itself.
import type { Rng } from "#base/rng.js";
import { type Choice, type Parameter, type Params, type Space, groupsOf, isActive } from "../space/parameter.js";
import { type Direction, type Trial, lossOf } from "../space/trial.js";
import { type Kernels, kernelsOf } from "./kernels.js";
import { drawUniformly } from "./random.js";
import type { Asked, Sampler } from "./sampler.js";

export interface TpeOptions {
  readonly multivariate: boolean;
  /** Trials drawn at random before the first estimate. */
  readonly startup: number;
  /** Values drawn from l for each trial. */
  readonly candidates: number;
}

/** As of Optuna 5. */
export const TPE_DEFAULTS: TpeOptions = { multivariate: true, startup: 10, candidates: 24 };

/** The newest trials that count in full in a density of many (Bergstra, Yamins & Cox 2013: hyperopt's linear forgetting). */
const REMEMBERED = 25;
const PRIOR_WEIGHT = 1;

/** Number of trials that count as good, of `n`. */
export const goodOf = (n: number): number => Math.min(Math.ceil(0.1 * n), 25);

export function createTpe(options: TpeOptions): Sampler {
  return {
    most: Number.POSITIVE_INFINITY,
    suggest(asked) {
      const { space, known, rng } = asked;
      const told = known.filter(({ state }) => state !== "failed");
      if (told.length < options.startup) return drawUniformly(space, rng);
      return suggestByGroups(asked, told, options);
    },
  };
}

function suggestByGroups({ space, direction, underWay, rng }: Asked, told: readonly Trial[], options: TpeOptions): Params {
  const chosen: Record<string, Choice> = {};
  const { good, others } = splitTrials(told, underWay, direction);
  const groups = options.multivariate ? groupsOf(space) : space.map((parameter) => [parameter]);
  for (const group of groups) {
    const [first] = group as readonly [Parameter, ...Parameter[]];
    if (!isActive(first, chosen)) continue;
    // A trial in which the group was not active says nothing of it.
    const active = (params: Params): boolean => first.name in params;
    Object.assign(chosen, bestCandidate(group, good.filter(active), others.filter(active), options, rng));
  }
  return chosen;
}

/**
 * The constant liar (Ginsbourger, Le Riche & Carraro 2010): what is under way counts as bad, so that it is not tried again. Pruned trials
 * stand behind complete ones: who came further first, then by what they last said.
 */
export function splitTrials(
  told: readonly Trial[],
  pending: readonly Params[],
  direction: Direction,
): { readonly good: readonly Params[]; readonly others: readonly Params[] } {
  const n = goodOf(told.length);
  const ranked = [...told].sort((a, b) => compare(a, b, direction));
  const good = new Set(ranked.slice(0, n));
  return {
    good: told.filter((trial) => good.has(trial)).map(({ params }) => params),
    others: [...told.filter((trial) => !good.has(trial)).map(({ params }) => params), ...pending],
  };
}

function compare(a: Trial, b: Trial, direction: Direction): number {
  if (a.value !== null && b.value !== null) return lossOf(direction, a.value) - lossOf(direction, b.value) || a.number - b.number;
  if (a.value !== null || b.value !== null) return a.value !== null ? -1 : 1;
  const [stepA, lastA] = a.intermediates.at(-1) ?? [-1, 0];
  const [stepB, lastB] = b.intermediates.at(-1) ?? [-1, 0];
  return stepB - stepA || lossOf(direction, lastA) - lossOf(direction, lastB) || a.number - b.number;
}

function bestCandidate(
  group: readonly Parameter[],
  good: readonly Params[],
  others: readonly Params[],
  { candidates }: TpeOptions,
  rng: Rng,
): Params {
  const [l, g] = [parzen(group, good), parzen(group, others)];
  let best: Params = {};
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < candidates; i++) {
    const candidate = l.draw(rng);
    const gain = l.logDensity(candidate) - g.logDensity(candidate);
    if (i > 0 && !(gain > most)) continue;
    most = gain;
    best = candidate;
  }
  return best;
}

export interface Parzen {
  draw(rng: Rng): Params;
  logDensity(params: Params): number;
}

/** Joint over the parameters. Observations in the order of their trials. */
export function parzen(space: Space, observed: readonly Params[]): Parzen {
  const kernels = space.map((parameter): readonly [string, Kernels] => [
    parameter.name,
    kernelsOf(
      parameter,
      observed.map((params) => params[parameter.name] as Choice),
    ),
  ]);
  const weights = [...forgetting(observed.length), PRIOR_WEIGHT];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logWeights = weights.map((weight) => Math.log(weight / total));
  const room = new Float64Array(weights.length);
  return {
    draw(rng) {
      let left = rng.next() * total;
      let kernel = 0;
      while (kernel < weights.length - 1 && left >= (weights[kernel] as number)) left -= weights[kernel++] as number;
      return Object.fromEntries(kernels.map(([name, one]) => [name, one.draw(kernel, rng)]));
    },
    logDensity(params) {
      room.set(logWeights);
      for (const [name, one] of kernels) one.addLogDensity(params[name] as Choice, room);
      return logOfSum(room);
    },
  };
}

/** Weights of `n` observations, oldest first: 1 for the newest, and down to 1/n for those before. */
export function forgetting(n: number): readonly number[] {
  if (n < REMEMBERED) return new Array<number>(n).fill(1);
  const old = n - REMEMBERED;
  const ramp = Array.from({ length: old }, (_, i) => (old === 1 ? 1 / n : 1 / n + (i / (old - 1)) * (1 - 1 / n)));
  return [...ramp, ...new Array<number>(REMEMBERED).fill(1)];
}

function logOfSum(logs: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const one of logs) if (one > most) most = one;
  if (most === Number.NEGATIVE_INFINITY) return most;
  let sum = 0;
  for (const one of logs) sum += Math.exp(one - most);
  return most + Math.log(sum);
}
