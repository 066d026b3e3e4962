// Entropies and complexities of a window, as shares of their largest value where they have one.
import { countBelowLimit } from "./bits.js";
import { deviation, deviations } from "./centered.js";
import type { Statistic } from "./statistic.js";
import { firstSorted, quantileAt, sortedWindow } from "./window-sort.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;
const counts = new Float64Array(256);
/** Words of 32 bits, one row after the other. */
let near = new Int32Array(256);
let matches = new Int32Array(256);
let prefixes = new Int32Array(256);
let ones = new Int32Array(8);
let candidates = new Int32Array(8);
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
  const [a, b, c] = [x[at] as number, x[at + 1] as number, x[at + 2] as number];
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

/** Row j of `near`: the places whose values lie within `r` of the value at place j, as bits. Returns the words of a row. */
function neighbors(x: Float64Array, from: number, n: number, r: number): number {
  const words = (n + 31) >>> 5;
  if (near.length < (n + 1) * words) {
    [near, matches, prefixes] = [new Int32Array(2 * n * words), new Int32Array(2 * n * words), new Int32Array(2 * n * words)];
  }
  const { values, places } = firstSorted.find(x, from, n);
  // Row k of `prefixes`: the places of the k smallest. Neighbors are a run of the sorted values: one prefix less another.
  prefixes.fill(0, 0, words);
  for (let k = 0; k < n; k++) {
    const place = places[from + k] as number;
    for (let w = 0; w < words; w++) prefixes[(k + 1) * words + w] = prefixes[k * words + w] as number;
    const at = (k + 1) * words + (place >>> 5);
    prefixes[at] = (prefixes[at] as number) | (1 << (place & 31));
  }
  let [low, high] = [0, 0];
  for (let k = 0; k < n; k++) {
    const v = values[from + k] as number;
    while (v - (values[from + low] as number) > r) low++;
    while (high < n && (values[from + high] as number) - v <= r) high++;
    const row = (places[from + k] as number) * words;
    for (let w = 0; w < words; w++) near[row + w] = (prefixes[high * words + w] as number) ^ (prefixes[low * words + w] as number);
  }
  return words;
}

/** Row j of `matches`: the places k from which `m` values on lie near those from place j on, each near its own (Chebyshev). */
function templates(n: number, m: number, words: number): void {
  for (let k = 0; k < n * words; k++) matches[k] = near[k] as number;
  for (let size = 2; size <= m; size++) longer(n - size + 1, words);
}

/** From templates of one length to those of one value more, of which there are `count`. */
function longer(count: number, words: number): void {
  for (let j = 0; j < count; j++) {
    for (let w = 0; w < words; w++) {
      const next = (j + 1) * words + w;
      const carried = w + 1 < words ? (matches[next + 1] as number) << 31 : 0;
      matches[j * words + w] = (near[j * words + w] as number) & (((matches[next] as number) >>> 1) | carried);
    }
  }
}

/** Matches between the first `count` templates; each matches itself. */
function matchCount(count: number, words: number): number {
  let sum = 0;
  for (let j = 0; j < count; j++) sum += countBelowLimit(matches, j * words, count);
  return sum;
}

/** Mean of log(matches / templates) over the first `count` templates (Pincus 1991). */
function meanLogShare(count: number, words: number): number {
  const logs = logsUpTo(count);
  let sum = 0;
  for (let j = 0; j < count; j++) sum += logs[countBelowLimit(matches, j * words, count)] as number;
  return sum / count - (logs[count] as number);
}

/** Words of the history of a binary sequence of `n` bits in `ones` that Lempel and Ziv's parsing makes (1976). */
function historyWords(n: number): number {
  const size = (n + 31) >>> 5;
  let count = 1;
  for (let start = 1; start < n; count++) {
    // Ends of what is the same as the new word so far and began before it, as bits.
    for (let w = 0; w < size; w++) {
      const inside = Math.max(0, Math.min(32, start - 32 * w));
      candidates[w] = inside === 32 ? -1 : (1 << inside) - 1;
    }
    for (let any = 1; any !== 0 && start < n; start++) {
      const flip = ((ones[start >>> 5] as number) >>> (start & 31)) & 1 ? 0 : -1;
      let carry = 0;
      any = 0;
      for (let w = 0; w < size; w++) {
        const left = (candidates[w] as number) & ((ones[w] as number) ^ flip);
        any |= left;
        candidates[w] = (left << 1) | carry;
        carry = left >>> 31;
      }
    }
  }
  return count;
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
      const places = 3 ** length;
      let word = 0;
      for (let k = 0; k < n; k++) {
        const v = d[from + k] as number;
        word = 3 * word + Number(v > -edge) + Number(v > edge);
        if (k < length - 1) continue;
        counts[word] = (counts[word] as number) + 1;
        // The oldest class leaves the word.
        const gone = d[from + k - length + 1] as number;
        word -= (places / 3) * (Number(gone > -edge) + Number(gone > edge));
      }
      return entropyOfWhole(places, n - length + 1);
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
  /** Lempel and Ziv 1976 complexity of the signs about the median, times log2(n) / n. */
  lempelZiv: {
    ...plain,
    sorts: true,
    least: 8,
    value: (x, _, from, n) => {
      const median = quantileAt(sortedWindow(x, from, n), from, n, 0.5);
      const size = (n + 31) >>> 5;
      if (ones.length < size) [ones, candidates] = [new Int32Array(2 * size), new Int32Array(2 * size)];
      ones.fill(0, 0, size);
      for (let k = 0; k < n; k++) ones[k >>> 5] = (ones[k >>> 5] as number) | (Number((x[from + k] as number) > median) << (k & 31));
      return (historyWords(n) * Math.log2(n)) / n;
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
      const words = neighbors(x, from, n, tolerance);
      templates(n, m, words);
      const short = matchCount(n - m, words) - (n - m);
      longer(n - m, words);
      const long = matchCount(n - m, words) - (n - m);
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
      const words = neighbors(x, from, n, tolerance);
      templates(n, m, words);
      const short = meanLogShare(n - m + 1, words);
      longer(n - m, words);
      return short - meanLogShare(n - m, words);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
