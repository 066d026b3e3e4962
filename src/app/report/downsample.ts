// Fewer points for the same picture: per bucket of the plot's width the first, lowest, highest and last value are kept,
// so no spike and no trough is lost. Gaps (NaN, null) stay gaps.

export interface Point {
  readonly index: number;
  readonly value: number;
}

/** Runs of points without a gap. At most four points per bucket; with `buckets` >= the length every finite value is kept. */
export function downsample(values: readonly number[], buckets: number): Point[][] {
  const runs: Point[][] = [];
  const width = Math.max(1, values.length / Math.max(1, buckets));
  let run: Point[] = [];
  let bucket: Point[] = [];
  let current = -1;

  const closeBucket = (): void => {
    if (bucket.length > 0) run.push(...extremes(bucket));
    bucket = [];
  };
  const closeRun = (): void => {
    closeBucket();
    if (run.length > 0) runs.push(run);
    run = [];
  };

  values.forEach((value, index) => {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      closeRun();
      return;
    }
    const mine = Math.floor(index / width);
    if (mine !== current) closeBucket();
    current = mine;
    bucket.push({ index, value });
  });
  closeRun();
  return runs;
}

function extremes(bucket: readonly Point[]): Point[] {
  const first = bucket[0] as Point;
  const last = bucket[bucket.length - 1] as Point;
  let low = first;
  let high = first;
  for (const point of bucket) {
    if (point.value < low.value) low = point;
    if (point.value > high.value) high = point;
  }
  return [...new Set([first, low, high, last])].sort((a, b) => a.index - b.index);
}
