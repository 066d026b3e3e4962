// What every test of a search starts from: one series per strategy of its return over the benchmark's, day by day, and how uncertain each
// mean is. Positive is better, so of losses give the benchmark's minus the strategy's.
import { TruewindError } from "#base/errors.js";

export interface Excess {
  readonly days: number;
  readonly strategies: number;
  /** Mean per day of each strategy. */
  readonly means: Float64Array;
  /** Values minus the mean of their strategy, strategy after strategy. */
  readonly centered: readonly Float64Array[];
}

/** `strategies[k][t]` minus `benchmark[t]`, or as it is where the benchmark is null (cash, zero). Throws `bad-usage`. */
export function excessOver(benchmark: ArrayLike<number> | null, strategies: readonly ArrayLike<number>[]): Excess {
  const days = strategies[0]?.length ?? 0;
  if (strategies.length === 0) throw usage("No strategy was given: a search needs the series of every strategy that was tried.");
  if (days < 10) throw usage(`The strategies have ${days} days: give at least 10.`);
  if (benchmark !== null && benchmark.length !== days)
    throw usage(`The benchmark has ${benchmark.length} days and strategy 0 has ${days}: give the same days of both.`);
  const means = new Float64Array(strategies.length);
  const centered = strategies.map((series, k) => {
    if (series.length !== days)
      throw usage(`Strategy ${k} has ${series.length} days and strategy 0 has ${days}: give the same days of all.`);
    const values = Float64Array.from(series, (value, t) => value - (benchmark === null ? 0 : (benchmark[t] as number)));
    let sum = 0;
    for (const value of values) sum += value;
    if (!Number.isFinite(sum))
      throw usage(`Strategy ${k} or the benchmark has a value that is no number: leave out days that are not known.`);
    const mean = sum / days;
    means[k] = mean;
    for (let t = 0; t < days; t++) values[t] = (values[t] as number) - mean;
    return values;
  });
  return { days, strategies: strategies.length, means, centered };
}

function usage(message: string): TruewindError {
  return new TruewindError("bad-usage", message);
}
