// An interval for a mean over rows that come in days: rows of one day move together, so whole days are drawn (Efron & Tibshirani 1993,
// section 8). Assumes that days are independent of one another.
import type { Rng } from "#base/rng.js";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const DRAWS = 2000;

/**
 * Central 95 % of the mean over `DRAWS` draws of as many days as there are, with replacement. `values` per row, `days` per row: any number
 * that is the same within a day, ascending. Null with fewer than two days.
 */
export function dayBootstrap(values: Float64Array, days: Float64Array, rng: Rng): Interval | null {
  const sums: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (i === 0 || days[i] !== days[i - 1]) {
      sums.push(0);
      counts.push(0);
    }
    sums[sums.length - 1] = (sums.at(-1) as number) + (values[i] as number);
    counts[counts.length - 1] = (counts.at(-1) as number) + 1;
  }
  if (sums.length < 2) return null;
  const means = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0;
    let rows = 0;
    for (let i = 0; i < sums.length; i++) {
      const day = rng.int(sums.length);
      sum += sums[day] as number;
      rows += counts[day] as number;
    }
    means[draw] = sum / rows;
  }
  means.sort();
  return { low: means[Math.floor(0.025 * DRAWS)] as number, high: means[Math.ceil(0.975 * DRAWS) - 1] as number };
}
