// What cash earned between marks: the yardstick of every Sharpe ratio.
import { DAY_US } from "#domain/time.js";
import { type CostModel, cashRateAt } from "#simulation/venue/costs.js";

/** One return per mark, fractions; the first spans from `start`. Actual/365, like the interest that is posted. */
export function cashReturns(costs: CostModel, start: number, marks: readonly number[]): number[] {
  return marks.map((at, i) => (cashRateAt(costs, at) * (at - (i === 0 ? start : (marks[i - 1] as number)))) / DAY_US / 365);
}
