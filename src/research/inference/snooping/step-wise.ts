// Which of many strategies are better than the benchmark, with one level for all of them together? Romano & Wolf's StepM (2005) and the
// step-wise test of superior predictive ability (Hsu, Hsu & Kuan 2010).
import type { Excess } from "./excess.js";
import { type Centering, clearlyBad, leastFavorable, search, type SearchOptions } from "./search.js";

export interface StepWise {
  /** sqrt(T) x mean, over its standard error where studentized; one per strategy. */
  readonly statistics: Float64Array;
  /**
   * One per strategy: the smallest level at which the whole procedure calls it better than the benchmark. Calling better all those with
   * p <= .05 makes one wrong call or more in at most 5 % of searches.
   */
  readonly pValues: Float64Array;
  /** Days. */
  readonly blockLength: number;
  readonly draws: number;
}

/** Romano & Wolf (2005), algorithms 3.1 and 3.2 (studentized by default, with the standard error of the whole series). Throws `bad-usage`. */
export function stepM(excess: Excess, options: SearchOptions): Promise<StepWise> {
  return stepDown(excess, leastFavorable, options);
}

/** Hsu, Hsu & Kuan (2010), section 3.2: the same, leaving out strategies that are clearly bad, which finds more. Throws `bad-usage`. */
export function stepSuperiorAbility(excess: Excess, options: SearchOptions): Promise<StepWise> {
  return stepDown(excess, clearlyBad, options);
}

async function stepDown(excess: Excess, centering: Centering, options: SearchOptions): Promise<StepWise> {
  const { statistics, adjusted, blockLength, draws } = await search(excess, [centering], options);
  return { statistics, pValues: adjusted[0] as Float64Array, blockLength, draws };
}
