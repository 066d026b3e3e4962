// What a portfolio may look like and what changing it costs: the words that all optimizers of this folder share. All weights are fractions of
// equity, all exposures are linear in them.
import { TruewindError } from "#base/errors.js";

/** low <= sum over names of exposure x weight <= high: a sector, a beta, a factor. */
export interface LinearLimit {
  /** For messages. */
  readonly name: string;
  /** One per name. */
  readonly exposure: ArrayLike<number>;
  readonly low: number;
  readonly high: number;
}

export interface PortfolioLimits {
  /** Least and largest weight: one for all names, or one per name; below 0 is short. */
  readonly low: number | ArrayLike<number>;
  readonly high: number | ArrayLike<number>;
  /** Of the sum of weights: 1 less it is cash. Equal ends fix it. */
  readonly budget: { readonly low: number; readonly high: number };
  /** Most of the sum of sizes of weights; left out: no limit. */
  readonly gross?: number | undefined;
  /** Most of the sum of sizes of trades, from `held`; left out: no limit. */
  readonly turnover?: number | undefined;
  readonly linear?: readonly LinearLimit[] | undefined;
}

/** Costs as fractions of equity per fraction of equity traded or held. One number for all names, or one per name; not negative. */
export interface PortfolioCosts {
  readonly buy?: number | ArrayLike<number> | undefined;
  readonly sell?: number | ArrayLike<number> | undefined;
  /** c of c x |trade|^(3/2), the square-root law times the trade; taken as straight lines between the breakpoints of `impactSegments`. */
  readonly impact?: number | ArrayLike<number> | undefined;
  /** Of being short, over the horizon of the returns. */
  readonly short?: number | ArrayLike<number> | undefined;
  /** Of holding on either side: what a worst case takes off the expected return. */
  readonly doubt?: number | ArrayLike<number> | undefined;
}

/** What an optimizer answers. */
export interface OptimizedPortfolio {
  /** `optimal`: the objective is within `gap` of the best possible; only then are there weights. */
  readonly status: "optimal" | "infeasible" | "failed";
  readonly weights: Float64Array | null;
  /** At these weights, in the words of the optimizer; NaN without weights. */
  readonly objective: number;
  /** Duality gap, in units of the objective. */
  readonly gap: number;
  readonly iterations: number;
  /** Names of limits that cannot be obeyed together; empty unless infeasible. */
  readonly broken: readonly string[];
  /** Where names were chosen among: what no choice exceeds. */
  readonly bound?: number;
}

/** Sum of the weights of `members`: a sector within bounds. */
export function groupLimit(name: string, members: readonly boolean[], low: number, high: number): LinearLimit {
  return { name, exposure: members.map(Number), low, high };
}

/** Every factor's exposure within +-`bound`: `exposures` row-major `[name][factor]`. A bound of 0 is neutral. */
export function factorNeutral(exposures: Float64Array, names: number, bound: number): LinearLimit[] {
  const factors = exposures.length / names;
  if (!Number.isInteger(factors)) throw usage(`There are ${exposures.length} exposures for ${names} names: give as many factors for each.`);
  return Array.from({ length: factors }, (_, k) => ({
    name: `factor ${k}`,
    exposure: Float64Array.from({ length: names }, (__, i) => exposures[i * factors + k] as number),
    low: -bound,
    high: bound,
  }));
}

/**
 * Throws `bad-usage` on a limit that is no number, or whose least is above its largest: nothing obeys it, and what lies in between would be an answer
 * to another question.
 */
export function checkLimits({ budget, gross, turnover, linear = [] }: PortfolioLimits): void {
  for (const { name, low, high } of [{ name: "budget", ...budget }, ...linear])
    if (!(low <= high + 1e-12)) throw usage(`The limit ${name} runs from ${low} to ${high}: give two numbers, the smaller one first.`);
  for (const [name, most] of [
    ["gross", gross],
    ["turnover", turnover],
  ] as const)
    if (Number.isNaN(most)) throw usage(`The limit ${name} is no number: give one, or leave it out.`);
}

/** One number per name. Throws `bad-usage` on another count or on a value that is not finite. */
export function perName(what: string, values: number | ArrayLike<number>, names: number): Float64Array {
  const out = typeof values === "number" ? new Float64Array(names).fill(values) : Float64Array.from(values);
  if (out.length !== names) throw usage(`${what} has ${out.length} values for ${names} names.`);
  const bad = out.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw usage(`${what} has no number for name ${bad}: leave the name out.`);
  return out;
}

/** As `perName`, none below 0. */
export function perNameCost(what: string, values: number | ArrayLike<number>, names: number): Float64Array {
  const out = perName(what, values, names);
  const bad = out.findIndex((value) => value < 0);
  if (bad >= 0) throw usage(`${what} of name ${bad} is ${out[bad]}: a cost below 0 would be earned by trading to and fro.`);
  return out;
}

export function usage(message: string): TruewindError {
  return new TruewindError("bad-usage", message);
}
