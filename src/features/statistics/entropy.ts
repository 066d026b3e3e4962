// Entropies and complexities of a window, as shares of their largest value where they have one.
import { centered, squaresOf } from "./centered.js";
import type { Statistic } from "./statistic.js";
import { quantileAt, sortedWindow } from "./window-memo.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;
const counts = new Float64Array(256);
const longCounts = new Float64Array(256);
let bits = new Uint8Array(256);
/** Normal quantiles of 1/3 and 2/3 lie this far from 0. */
const THIRD = 0.4307272992954576;

/** -sum p log p over counts of total `total`, as a share of log(places); counts are cleared. */
function entropyOf(places: number, total: number): number {
  let sum = 0;
  for (let k = 0; k < places; k++) {
    const p = (counts[k] as number) / total;
    if (p > 0) sum -= p * Math.log(p);
    counts[k] = 0;
  }
  return Math.max(0, Math.min(1, sum / Math.log(places)));
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** Number of the order pattern of `size` values from `at`, equal values in order of time: its Lehmer code. */
function pattern(x: Float64Array, at: number, size: number): number {
  let code = 0;
  for (let j = 0; j < size; j++) {
    let smaller = 0;
    for (let k = j + 1; k < size; k++) if ((x[at + k] as number) < (x[at + j] as number)) smaller++;
    code = code * (size - j) + smaller;
  }
  return code;
}

const found = { short: 0, long: 0 };

/**
 * Pairs of the first n - m templates of m values, and of m + 1 values, that lie within `r` of one another in every place (Chebyshev).
 * `counts` and `longCounts` gain one for either side of each pair, and for pairs with the last template of m values, n - m.
 */
function match(d: Float64Array, n: number, m: number, r: number): typeof found {
  found.short = found.long = 0;
  const last = n - m;
  for (let j = 1; j <= last; j++) {
    let [own, ownLong] = [0, 0];
    for (let k = 0; k < j; k++) {
      let near = true;
      for (let i = 0; i < m && near; i++) near = Math.abs((d[j + i] as number) - (d[k + i] as number)) <= r;
      if (!near) continue;
      own++;
      counts[k] = (counts[k] as number) + 1;
      if (j === last || Math.abs((d[j + m] as number) - (d[k + m] as number)) > r) continue;
      ownLong++;
      longCounts[k] = (longCounts[k] as number) + 1;
    }
    counts[j] = (counts[j] as number) + own;
    longCounts[j] = (longCounts[j] as number) + ownLong;
    if (j < last) found.short += own;
    found.long += ownLong;
  }
  return found;
}

/** Mean of log((1 + count) / templates) over the first `templates` counts (Pincus 1991: each template matches itself). */
function meanLogShare(of: Float64Array, templates: number): number {
  let sum = 0;
  for (let j = 0; j < templates; j++) sum += Math.log((1 + (of[j] as number)) / templates);
  return sum / templates;
}

export const entropyStatistics = {
  /** Shannon entropy of a histogram of equal bins from the smallest to the largest value, in [0, 1]. NaN without spread. */
  binEntropy: {
    ...plain,
    least: 2,
    params: ["number of bins, at most 256"],
    value: (x, _, from, n, [bins = 8]) => {
      let [low, high] = [x[from] as number, x[from] as number];
      for (let k = from + 1; k < from + n; k++) {
        low = Math.min(low, x[k] as number);
        high = Math.max(high, x[k] as number);
      }
      if (!(high > low)) return Number.NaN;
      for (let k = from; k < from + n; k++) {
        const bin = Math.min(bins - 1, Math.floor((((x[k] as number) - low) / (high - low)) * bins));
        counts[bin] = (counts[bin] as number) + 1;
      }
      return entropyOf(bins, n);
    },
  },
  /** Permutation entropy (Bandt and Pompe 2002) over order! patterns, in [0, 1]. */
  permutationEntropy: {
    ...plain,
    least: 5,
    params: ["values per pattern, 2 to 5"],
    value: (x, _, from, n, [order = 3]) => {
      for (let k = 0; k <= n - order; k++) {
        const code = pattern(x, from + k, order);
        counts[code] = (counts[code] as number) + 1;
      }
      return entropyOf(factorial(order), n - order + 1);
    },
  },
  /** The same with each pattern weighted by its variance (Fadlallah et al. 2013). NaN without spread. */
  weightedPermutationEntropy: {
    ...plain,
    least: 5,
    params: ["values per pattern, 2 to 5"],
    value: (x, _, from, n, [order = 3]) => {
      let total = 0;
      for (let k = from; k <= from + n - order; k++) {
        let mean = 0;
        for (let j = 0; j < order; j++) mean += (x[k + j] as number) / order;
        let weight = 0;
        for (let j = 0; j < order; j++) weight += ((x[k + j] as number) - mean) ** 2;
        const code = pattern(x, k, order);
        counts[code] = (counts[code] as number) + weight;
        total += weight;
      }
      return entropyOf(factorial(order), total);
    },
  },
  /** Entropy of words of signs (value above 0 or not), the plug-in estimate (Lopez de Prado 2018, chapter 18.3), in [0, 1]. */
  signWordEntropy: {
    ...plain,
    least: 8,
    params: ["signs per word, 1 to 8"],
    value: (x, _, from, n, [length = 3]) => {
      let word = 0;
      const last = (1 << length) - 1;
      for (let k = 0; k < n; k++) {
        word = ((word << 1) & last) | ((x[from + k] as number) > 0 ? 1 : 0);
        if (k >= length - 1) counts[word] = (counts[word] as number) + 1;
      }
      return entropyOf(last + 1, n - length + 1);
    },
  },
  /** Dispersion entropy (Rostaghi and Azami 2016): words of thirds of the normal distribution, in [0, 1]. NaN without spread. */
  dispersionEntropy: {
    ...plain,
    least: 8,
    params: ["classes per word, 1 to 5"],
    value: (x, _, from, n, [length = 2]) => {
      const d = centered(x, from, n);
      const edge = THIRD * Math.sqrt(squaresOf(d, n) / n);
      if (edge === 0) return Number.NaN;
      let word = 0;
      const places = 3 ** length;
      for (let k = 0; k < n; k++) {
        const v = d[k] as number;
        word = (3 * word + (v <= -edge ? 0 : v <= edge ? 1 : 2)) % places;
        if (k >= length - 1) counts[word] = (counts[word] as number) + 1;
      }
      return entropyOf(places, n - length + 1);
    },
  },
  /** How evenly the sum of |x| is spread over the bars: -sum p log p / log n with p = |x| / sum |x|, in [0, 1]. */
  shareEntropy: {
    ...plain,
    least: 2,
    value: (x, _, from, n) => {
      let [total, sum] = [0, 0];
      for (let k = from; k < from + n; k++) total += Math.abs(x[k] as number);
      for (let k = from; k < from + n; k++) {
        const p = Math.abs(x[k] as number) / total;
        if (p > 0) sum -= p * Math.log(p);
      }
      return total > 0 ? Math.max(0, Math.min(1, sum / Math.log(n))) : Number.NaN;
    },
  },
  /** Lempel and Ziv 1976 complexity of the signs about the median, by Kaspar and Schuster's scan (1987), times log2(n) / n. */
  lempelZiv: {
    ...plain,
    sorts: true,
    least: 8,
    value: (x, _, from, n) => {
      const median = quantileAt(sortedWindow(x, from, n), from, n, 0.5);
      let [words, start, length, longest, at] = [1, 1, 1, 1, 0];
      if (bits.length < n) bits = new Uint8Array(2 * n);
      for (let k = 0; k < n; k++) bits[k] = (x[from + k] as number) > median ? 1 : 0;
      while (start + length <= n) {
        if (bits[at + length - 1] === bits[start + length - 1]) {
          length++;
          continue;
        }
        longest = Math.max(longest, length);
        at++;
        if (at === start) {
          words++;
          start += longest;
          at = 0;
          longest = 1;
        }
        length = 1;
      }
      if (length > 1) words++;
      return (words * Math.log2(n)) / n;
    },
  },
  /**
   * Sample entropy (Richman and Moorman 2000) with tolerance r deviations. When nothing matches it is the largest value they can
   * estimate, log(n - m) + log(n - m - 1) - log 2. NaN without spread.
   */
  sampleEntropy: {
    ...plain,
    least: 8,
    params: ["values per template", "tolerance in standard deviations"],
    value: (x, _, from, n, [m = 2, r = 0.2]) => {
      const d = centered(x, from, n);
      const near = r * Math.sqrt(squaresOf(d, n) / n);
      if (near === 0) return Number.NaN;
      const { short, long } = match(d, n, m, near);
      counts.fill(0, 0, n);
      longCounts.fill(0, 0, n);
      return long === 0 ? Math.log(n - m) + Math.log(n - m - 1) - Math.LN2 : Math.log(short / long);
    },
  },
  /** Approximate entropy (Pincus 1991) with tolerance r deviations. NaN without spread. */
  approximateEntropy: {
    ...plain,
    least: 8,
    params: ["values per template", "tolerance in standard deviations"],
    value: (x, _, from, n, [m = 2, r = 0.2]) => {
      const d = centered(x, from, n);
      const near = r * Math.sqrt(squaresOf(d, n) / n);
      if (near === 0) return Number.NaN;
      match(d, n, m, near);
      const result = meanLogShare(counts, n - m + 1) - meanLogShare(longCounts, n - m);
      counts.fill(0, 0, n);
      longCounts.fill(0, 0, n);
      return result;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
