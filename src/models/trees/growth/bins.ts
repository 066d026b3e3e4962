// Features as bins of at most 256 kinds: cuts at quantiles for numbers, the most frequent ones for categories. Bin 0 is what is missing.
// Cuts come from an even sample, so they depend on the rows alone.

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

/** Fills `sample` with values of evenly spread rows, without what is missing; answers how many. */
export function takeSample(x: Float32Array, rows: number, features: number, feature: number, sample: Float32Array): number {
  const size = sample.length;
  let known = 0;
  for (let i = 0; i < size; i++) {
    const value = x[Math.floor((i * rows) / size) * features + feature] as number;
    if (value - value === 0) sample[known++] = value;
  }
  return known;
}

/** Bins of sorted values: each its own where they are few, else about as many rows in each. */
export function numberBins(sorted: Float32Array, maxBins: number): FeatureBins {
  const starts = valueStarts(sorted, maxBins) ?? equalCounts(sorted, maxBins);
  const cuts = Float32Array.from(starts, (i) => between(sorted[i - 1] as number, sorted[i] as number));
  return { kind: "number", cuts, bins: cuts.length + 2 };
}

/** Where each value but the first starts; null when there are more than `most` values. */
function valueStarts(sorted: Float32Array, most: number): number[] | null {
  const starts: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) continue;
    starts.push(i);
    if (starts.length === most) return null;
  }
  return starts;
}

/**
 * Where each bin but the first starts, so that bins hold about as many rows each. A value that fills a bin alone gets it whole, and what is
 * left is shared out anew, so that a frequent value costs the others no resolution.
 */
function equalCounts(sorted: Float32Array, maxBins: number): number[] {
  const starts: number[] = [];
  for (let from = 0; starts.length < maxBins - 1; ) {
    const ideal = from + (sorted.length - from) / (maxBins - starts.length);
    const value = sorted[Math.min(sorted.length - 1, Math.floor(ideal))] as number;
    const before = partitionPoint(sorted, from, (x) => x < value);
    const after = partitionPoint(sorted, before, (x) => x <= value);
    // The bin ends where the value at its ideal end starts or stops, whichever is nearer.
    const start = before > from && ideal - before <= after - ideal ? before : after;
    if (start >= sorted.length) break;
    starts.push(start);
    from = start;
  }
  return starts;
}
/** The first index from `from` on where `holds` no longer does. */
function partitionPoint(sorted: Float32Array, from: number, holds: (x: number) => boolean): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The largest float32 not above the middle of a < b; a itself when they are neighbors. */
function between(a: number, b: number): number {
  const middle = Math.fround((a + b) / 2);
  return middle >= b ? a : middle;
}

/** Bins of a sample of categories. */
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
  return partitionPoint(bins.cuts, 0, (cut) => cut < value) + 1;
}
