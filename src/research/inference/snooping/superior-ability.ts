// Is the best of many strategies better than the benchmark, or the luckiest of them? White's reality check (2000) and Hansen's test of
// superior predictive ability (2005).
import type { Excess } from "./excess.js";
import { asBadAsSeen, clearlyBad, leastFavorable, search, type SearchOptions } from "./search.js";

interface Best {
  /** The strategy with the largest statistic, by its place in the search. */
  readonly best: number;
  readonly statistic: number;
  /** Days. */
  readonly blockLength: number;
  readonly draws: number;
}

export interface RealityCheck extends Best {
  readonly pValue: number;
}

export interface SuperiorAbility extends Best {
  /** Lower bound: strategies below the benchmark count as bad as they look. */
  readonly lower: number;
  /** The p-value to use. */
  readonly consistent: number;
  /** Upper bound: every strategy counts as good as the benchmark, so that adding bad ones raises it. */
  readonly upper: number;
}

/**
 * White (2000), eq. 2.2 and corollary 2.4: p-value of "no strategy beats the benchmark" from the largest mean. Not studentized unless asked.
 * Conservative when many strategies are bad, or one is wild: prefer `superiorAbility`. Throws `bad-usage`.
 */
export async function realityCheck(excess: Excess, options: SearchOptions): Promise<RealityCheck> {
  const found = await search(excess, [leastFavorable], { studentized: false, ...options });
  const best = found.order[0] as number;
  const { blockLength, draws } = found;
  return { best, statistic: found.statistics[best] as number, pValue: found.adjusted[0]?.[best] as number, blockLength, draws };
}

/** Hansen (2005), sections 2.3 and 3.2: the same from the largest t statistic, leaving out strategies that are clearly bad. Throws `bad-usage`. */
export async function superiorAbility(excess: Excess, options: SearchOptions): Promise<SuperiorAbility> {
  const found = await search(excess, [asBadAsSeen, clearlyBad, leastFavorable], options);
  const best = found.order[0] as number;
  const [lower, consistent, upper] = found.adjusted.map((p) => p[best] as number) as [number, number, number];
  const { blockLength, draws } = found;
  return { best, statistic: found.statistics[best] as number, lower, consistent, upper, blockLength, draws };
}
