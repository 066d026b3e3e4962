// Features as bins of at most 256 kinds: cuts at quantiles for numbers, the most frequent ones for categories. Bin 0 is what is missing.
// Cuts come from an even sample, so they depend on the rows alone.
import { SAMPLE } from "./layout.js";

/** How one feature becomes bins. */
export type FeatureBins =
  | {
      readonly kind: "number";
      /** Ascending upper bounds, each included: bin b > 0 holds `cuts[b - 2] < x <= cuts[b - 1]`, the last bin what is above all. */
      readonly cuts: Float32Array;
      /** Bins, the missing one included. */
      readonly bins: number;
    }
  | {
      readonly kind: "category";
      /** Category of bin b at `b - 1`, most frequent first. */
      readonly categories: Int32Array;
      readonly bins: number;
      readonly binOf: ReadonlyMap<number, number>;
    };

/** Larger categories would make the bit sets of trees huge; they count as rare. */
const MAX_CATEGORY = 1 << 20;

/** Bins of column `feature` of the row-major `x`, from its first `rows` rows. */
export function findBins(
  x: Float32Array,
  rows: number,
  features: number,
  feature: number,
  categorical: boolean,
  maxBins: number,
): FeatureBins {
  const sample = new Float32Array(Math.min(rows, SAMPLE));
  const known = sample.subarray(0, takeSample(x, rows, features, feature, sample));
  return categorical ? categoryBins(known, maxBins) : numberBins(known.sort(), maxBins);
}

/** Fills `sample` with values of evenly spread rows, without what is missing; answers how many. */
export function takeSample(x: Float32Array, rows: number, features: number, feature: number, sample: Float32Array): number {
  const size = sample.length;
  let known = 0;
  for (let i = 0; i < size; i++) {
    const value = x[Math.floor((i * rows) / size) * features + feature] as number;
    if (Number.isFinite(value)) sample[known++] = value;
  }
  return known;
}

export function numberBins(sorted: Float32Array, maxBins: number): FeatureBins {
  const starts: number[] = []; // where a new value starts
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) starts.push(i);
  const cuts: number[] = [];
  const cutBefore = (i: number): void => {
    const cut = between(sorted[i - 1] as number, sorted[i] as number);
    if (cuts.length === 0 || cut > (cuts.at(-1) as number)) cuts.push(cut);
  };
  if (starts.length < maxBins) starts.forEach(cutBefore);
  else equalCounts(sorted.length, starts, maxBins).forEach(cutBefore);
  return { kind: "number", cuts: Float32Array.from(cuts), bins: cuts.length + 2 };
}

/**
 * At most `maxBins - 1` of the starts, so that bins hold about as many rows each. A value that alone fills a bin gets it whole, and what is
 * left is shared out anew, so that a frequent value costs the others no resolution.
 */
function equalCounts(rows: number, starts: readonly number[], maxBins: number): readonly number[] {
  const cuts: number[] = [];
  let from = 0;
  for (let s = 0; s < starts.length && cuts.length < maxBins - 1; s++) {
    const start = starts[s] as number;
    const end = starts[s + 1] ?? rows;
    const share = (rows - from) / (maxBins - cuts.length);
    const before = start - from;
    // The value that begins here goes into this bin when that brings the bin nearer to its share.
    if (before >= share || (before > 0 && end - from - share > share - before)) {
      cuts.push(start);
      from = start;
    }
  }
  return cuts;
}

/** The largest float32 not above the middle of a < b; a itself when they are neighbors. */
function between(a: number, b: number): number {
  const middle = Math.fround((a + b) / 2);
  return middle >= b ? a : middle;
}

export function categoryBins(sample: Float32Array, maxBins: number): FeatureBins {
  const counts = new Map<number, number>();
  for (const value of sample) {
    const category = Math.trunc(value);
    if (category >= 0 && category < MAX_CATEGORY && value >= 0) counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  const kept = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, Math.min(maxBins, 254));
  const categories = Int32Array.from(kept, ([category]) => category);
  return { kind: "category", categories, bins: kept.length + 1, binOf: new Map(kept.map(([category], i) => [category, i + 1])) };
}

/** Bin of one value. */
export function binOf(bins: FeatureBins, value: number): number {
  if (!Number.isFinite(value)) return 0;
  if (bins.kind === "category") return value < 0 ? 0 : (bins.binOf.get(Math.trunc(value)) ?? 0);
  let low = 0;
  let high = bins.cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bins.cuts[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}
