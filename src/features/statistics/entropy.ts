// Entropies and complexities of a window, as shares of their largest value where they have one.
import { deviation, deviations } from "./centered.js";
import { historyWords } from "./history-words.js";
import type { Statistic } from "./statistic.js";
import { firstSorted, quantileAt, sortedWindow } from "./window-sort.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;
const counts = new Float64Array(256);
const longCounts = new Float64Array(256);
/** Logarithms of 0 (unused), 1, 2 ... */
let logarithms = new Float64Array(1);
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

/** log k at place k, up to `n`. */
function logsUpTo(n: number): Float64Array {
  if (logarithms.length <= n) logarithms = Float64Array.from({ length: 2 * n + 1 }, (_, k) => Math.log(Math.max(1, k)));
  return logarithms;
}

/** As `entropyOf`, of whole counts. */
function entropyOfWhole(places: number, total: number): number {
  const logs = logsUpTo(total);
  const all = logs[total] as number;
  let sum = 0;
  for (let k = 0; k < places; k++) {
    const count = counts[k] as number;
    sum += count * (all - (logs[count] as number));
    counts[k] = 0;
  }
  return Math.max(0, Math.min(1, sum / total / Math.log(places)));
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** Number of the order pattern of `size` values from `at`, equal values in order of time: its Lehmer code. */
function pattern(x: Float64Array, at: number, size: number): number {
  const a = x[at] as number;
  const b = x[at + 1] as number;
  const c = x[at + 2] as number;
  if (size === 3) return 2 * (Number(b < a) + Number(c < a)) + Number(c < b);
  if (size === 4) {
    const d = x[at + 3] as number;
    return 6 * (Number(b < a) + Number(c < a) + Number(d < a)) + 2 * (Number(c < b) + Number(d < b)) + Number(d < c);
  }
  let code = 0;
  for (let j = 0; j < size; j++) {
    let smaller = 0;
    for (let k = j + 1; k < size; k++) smaller += Number((x[at + k] as number) < (x[at + j] as number));
    code = code * (size - j) + smaller;
  }
  return code;
}

/** Sum of squared deviations of the `size` values from `at` from their mean. */
function variation(x: Float64Array, at: number, size: number): number {
  let mean = 0;
  let sum = 0;
  for (let j = 0; j < size; j++) mean += (x[at + j] as number) / size;
  for (let j = 0; j < size; j++) sum += ((x[at + j] as number) - mean) ** 2;
  return sum;
}

/** As `variation`, of three. */
function ofThree(x: Float64Array, at: number): number {
  const a = x[at] as number;
  const b = x[at + 1] as number;
  const c = x[at + 2] as number;
  const mean = (a + b + c) / 3;
  return (a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2;
}

const found = { short: 0, long: 0 };

/**
 * Pairs of the first n - m templates of m values, and of m + 1 values, that lie within `r` of one another in every place (Chebyshev).
 * `counts` and `longCounts` gain one for either side of each pair, and for pairs with the last template of m values, n - m. Only values
 * that are neighbors in ascending order are tried.
 */
function match(x: Float64Array, from: number, n: number, m: number, r: number): typeof found {
  const { values, places } = firstSorted.find(x, from, n);
  const last = n - m;
  const end = from + n;
  let short = 0;
  let long = 0;
  for (let p = from; p < end; p++) {
    const a = places[p] as number;
    if (a > last) continue;
    const v = values[p] as number;
    const next = x[Math.min(end - 1, from + a + m)] as number;
    for (let q = p + 1; q < end && (values[q] as number) - v <= r; q++) {
      const b = places[q] as number;
      if (b > last) continue;
      let near = 1;
      for (let i = 1; i < m; i++) near &= Number(Math.abs((x[from + a + i] as number) - (x[from + b + i] as number)) <= r);
      const inner = near & Number(a < last) & Number(b < last);
      const longer = inner & Number(Math.abs(next - (x[Math.min(end - 1, from + b + m)] as number)) <= r);
      short += inner;
      long += longer;
      counts[a] = (counts[a] as number) + near;
      counts[b] = (counts[b] as number) + near;
      longCounts[a] = (longCounts[a] as number) + longer;
      longCounts[b] = (longCounts[b] as number) + longer;
    }
  }
  found.short = short;
  found.long = long;
  return found;
}

/** Mean of log((1 + count) / templates) over the first `templates` counts (Pincus 1991: each template matches itself). */
function meanLogShare(of: Float64Array, templates: number): number {
  const logs = logsUpTo(templates);
  let sum = 0;
  for (let j = 0; j < templates; j++) sum += logs[1 + (of[j] as number)] as number;
  return sum / templates - (logs[templates] as number);
}

export const entropyStatistics = {
  /** Shannon entropy of a histogram of equal bins from the smallest to the largest value, in [0, 1]. NaN without spread. */
  binEntropy: {
    ...plain,
    least: 2,
    params: ["number of bins, at most 256"],
    value: (x, _, from, n, [bins = 8]) => {
      let low = x[from] as number;
      let high = x[from] as number;
      for (let k = from + 1; k < from + n; k++) {
        low = Math.min(low, x[k] as number);
        high = Math.max(high, x[k] as number);
      }
      if (!(high > low)) return Number.NaN;
      for (let k = from; k < from + n; k++) {
        const bin = Math.min(bins - 1, ((((x[k] as number) - low) / (high - low)) * bins) | 0);
        counts[bin] = (counts[bin] as number) + 1;
      }
      return entropyOfWhole(bins, n);
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
      return entropyOfWhole(factorial(order), n - order + 1);
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
        const weight = order === 3 ? ofThree(x, k) : variation(x, k, order);
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
        word = ((word << 1) & last) | Number((x[from + k] as number) > 0);
        if (k >= length - 1) counts[word] = (counts[word] as number) + 1;
      }
      return entropyOfWhole(last + 1, n - length + 1);
    },
  },
  /** Dispersion entropy (Rostaghi and Azami 2016): words of thirds of the normal distribution, in [0, 1]. NaN without spread. */
  dispersionEntropy: {
    ...plain,
    least: 8,
    params: ["classes per word, 1 to 5"],
    value: (x, _, from, n, [length = 2]) => {
      const d = deviations(x, from, n);
      const edge = THIRD * deviation(x, from, n);
      if (edge === 0) return Number.NaN;
      const places = (3 ** length) | 0;
      const leading = (places / 3) | 0;
      let word = 0;
      for (let k = 0; k < n; k++) {
        const v = d[from + k] as number;
        word = 3 * word + Number(v > -edge) + Number(v > edge);
        if (k < length - 1) continue;
        counts[word] = (counts[word] as number) + 1;
        // The oldest class leaves the word.
        const gone = d[from + k - length + 1] as number;
        word -= leading * (Number(gone > -edge) + Number(gone > edge));
      }
      return entropyOfWhole(places, n - length + 1);
    },
  },
  /** How evenly the sum of |x| is spread over the bars: -sum p log p / log n with p = |x| / sum |x|, in [0, 1]. */
  shareEntropy: {
    ...plain,
    least: 2,
    value: (x, _, from, n) => {
      let total = 0;
      let sum = 0;
      for (let k = from; k < from + n; k++) total += Math.abs(x[k] as number);
      for (let k = from; k < from + n; k++) {
        const p = Math.abs(x[k] as number) / total;
        if (p > 0) sum -= p * Math.log(p);
      }
      return total > 0 ? Math.max(0, Math.min(1, sum / Math.log(n))) : Number.NaN;
    },
  },
  /** Lempel and Ziv 1976 complexity of the signs about the median, times log2(n) / n. */
  lempelZiv: {
    ...plain,
    sorts: true,
    least: 8,
    value: (x, _, from, n) => {
      const median = quantileAt(sortedWindow(x, from, n), from, n, 0.5);
      return (historyWords(x, from, n, median) * Math.log2(n)) / n;
    },
  },
  /**
   * Sample entropy (Richman and Moorman 2000) with tolerance r deviations. When nothing matches it is the largest value they can
   * estimate, log(n - m) + log(n - m - 1) - log 2. NaN without spread.
   */
  sampleEntropy: {
    ...plain,
    sorts: true,
    least: 8,
    params: ["values per template", "tolerance in standard deviations"],
    value: (x, _, from, n, [m = 2, r = 0.2]) => {
      const tolerance = r * deviation(x, from, n);
      if (tolerance === 0) return Number.NaN;
      const { short, long } = match(x, from, n, m, tolerance);
      counts.fill(0, 0, n);
      longCounts.fill(0, 0, n);
      return long === 0 ? Math.log(n - m) + Math.log(n - m - 1) - Math.LN2 : Math.log(short / long);
    },
  },
  /** Approximate entropy (Pincus 1991) with tolerance r deviations. NaN without spread. */
  approximateEntropy: {
    ...plain,
    sorts: true,
    least: 8,
    params: ["values per template", "tolerance in standard deviations"],
    value: (x, _, from, n, [m = 2, r = 0.2]) => {
      const tolerance = r * deviation(x, from, n);
      if (tolerance === 0) return Number.NaN;
      match(x, from, n, m, tolerance);
      const result = meanLogShare(counts, n - m + 1) - meanLogShare(longCounts, n - m);
      counts.fill(0, 0, n);
      longCounts.fill(0, 0, n);
      return result;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
