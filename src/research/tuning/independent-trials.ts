// How many trials a search is really worth: what resembles one another is not many.
import { pearson } from "#base/correlation.js";

/**
 * How many independent trials there are in trials that resemble one another: r + (1 - r) n, r the mean correlation of their series (Bailey &
 * Lopez de Prado 2014, appendix 3). In [1, n]; n where correlations are not known.
 */
export function independentTrials(series: readonly Float64Array[]): number {
  const n = series.length;
  let sum = 0;
  let pairs = 0;
  for (let a = 0; a < n; a++)
    for (let b = 0; b < a; b++) {
      const [one, other] = [series[a] as Float64Array, series[b] as Float64Array];
      const r = one.length === other.length ? pearson(one, other) : null;
      if (r === null) continue;
      sum += r;
      pairs++;
    }
  const r = pairs === 0 ? 0 : Math.min(1, Math.max(0, sum / pairs));
  return r + (1 - r) * n;
}
