// Means of many aligned series over the draws of a resampling. A block's sum is the difference of two running sums, so a draw costs two rows
// per block and not one per day; series are taken in tiles whose running sums stay in the cache.
import { fillRuns, type Resampling } from "./resampling.js";

/** Series side by side at most: their running sums over 2,500 days take 1.3 MB. */
const WIDEST = 64;
/** Draws whose means are held at once. */
const BATCH = 64;

/** Running sums of centered series, ready for any thread. */
export interface RunningSums {
  readonly days: number;
  readonly series: number;
  /** Series side by side in a tile. */
  readonly tile: number;
  /** Tile after tile, padded with zeros; within a tile day after day, from the empty sum to the whole. */
  readonly sums: Float64Array;
}

/** `centered`: series minus their means. In shared memory, so that threads read the same. */
export function runningSums(centered: readonly Float64Array[]): RunningSums {
  const days = centered[0]?.length ?? 0;
  const tile = Math.min(WIDEST, 4 * Math.ceil(centered.length / 4));
  const tiles = Math.ceil(centered.length / tile);
  const sums = new Float64Array(new SharedArrayBuffer(8 * tiles * (days + 1) * tile));
  for (const [k, values] of centered.entries()) {
    let at = Math.floor(k / tile) * (days + 1) * tile + (k % tile);
    let sum = 0;
    for (let t = 0; t < days; t++) {
      sum += values[t] as number;
      at += tile;
      sums[at] = sum;
    }
  }
  return { days, series: centered.length, tile, sums };
}

/** Calls `visit` with the mean of every series in each draw from `from` up to `to`, in order. The array is used again. */
export function eachDrawMeans(
  running: RunningSums,
  resampling: Resampling,
  from: number,
  to: number,
  visit: (draw: number, means: Float64Array) => void,
): void {
  const { days, series, tile } = running;
  const tiles = Math.ceil(series / tile);
  const width = tiles * tile;
  const means = new Float64Array(BATCH * width);
  const rows = new Int32Array(BATCH * (days + 1));
  const weights = new Float64Array(BATCH * (days + 1));
  const ends = new Int32Array(BATCH + 1);
  const runs = new Int32Array(2 * days);
  const change = new Int32Array(days + 1);
  for (let first = from; first < to; first += BATCH) {
    const batch = Math.min(BATCH, to - first);
    for (let b = 0; b < batch; b++) ends[b + 1] = weigh(fillRuns(resampling, first + b, runs), ends[b] as number);
    for (let place = 0; place < tiles; place++)
      for (let b = 0; b < batch; b++) {
        const [begin, end] = [ends[b] as number, ends[b + 1] as number];
        addRows(running, place * (days + 1) * tile, rows, weights, begin, end, means, b * width + place * tile);
      }
    for (let b = 0; b < batch; b++) visit(first + b, means.subarray(b * width, b * width + series));
  }

  /** Ends of runs count 1 and starts -1; where one run begins as another ends, nothing is left to add. */
  function weigh(count: number, start: number): number {
    for (let r = 0; r < count; r++) {
      change[runs[2 * r] as number] = (change[runs[2 * r] as number] as number) - 1;
      change[runs[2 * r + 1] as number] = (change[runs[2 * r + 1] as number] as number) + 1;
    }
    let end = start;
    for (let t = 0; t <= days; t++) {
      const weight = change[t] as number;
      if (weight === 0) continue;
      rows[end] = t;
      weights[end] = weight;
      end++;
      change[t] = 0;
    }
    return end;
  }
}

/** One tile of one draw. Four rows at a time: the sums so far are loaded and stored once for four. */
function addRows(
  { days, tile, sums }: RunningSums,
  base: number,
  rows: Int32Array,
  weights: Float64Array,
  begin: number,
  end: number,
  means: Float64Array,
  out: number,
): void {
  for (let k = 0; k < tile; k++) means[out + k] = 0;
  let r = begin;
  for (; r + 3 < end; r += 4) {
    const a = base + (rows[r] as number) * tile;
    const b = base + (rows[r + 1] as number) * tile;
    const c = base + (rows[r + 2] as number) * tile;
    const d = base + (rows[r + 3] as number) * tile;
    const u = weights[r] as number;
    const v = weights[r + 1] as number;
    const w = weights[r + 2] as number;
    const x = weights[r + 3] as number;
    for (let k = 0; k < tile; k++)
      means[out + k] =
        (means[out + k] as number) +
        u * (sums[a + k] as number) +
        v * (sums[b + k] as number) +
        w * (sums[c + k] as number) +
        x * (sums[d + k] as number);
  }
  for (; r < end; r++) {
    const a = base + (rows[r] as number) * tile;
    const u = weights[r] as number;
    for (let k = 0; k < tile; k++) means[out + k] = (means[out + k] as number) + u * (sums[a + k] as number);
  }
  for (let k = 0; k < tile; k++) means[out + k] = (means[out + k] as number) / days;
}
