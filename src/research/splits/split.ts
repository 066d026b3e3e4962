// One training and one test over the same samples, as plain numbers: which are tested, and what time no training label may touch. Which
// samples that leaves is worked out when it is asked for, so that many splits of many samples cost no memory.
import { type SampleTimes, type Zone, clearOf } from "#domain/purge.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import type { Labels } from "#research/labels/forward-return.js";

/** Positions of samples; `to` is exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Split {
  readonly index: number;
  /** Numbers of the groups that are tested. */
  readonly groups: readonly number[];
  /** Where training samples may come from, before purging. */
  readonly train: Range;
  /** Ascending, apart from each other. */
  readonly tests: readonly Range[];
  /** What each test takes up. */
  readonly zones: readonly Zone[];
}

/** The rows of a frame store as samples. */
export function timesOf({ decisions, rows, firstRow }: FrameStore, { value, endAt }: Labels): SampleTimes {
  const begins = new Float64Array(rows);
  decisions.forEach(({ at }, d) => begins.fill(at, firstRow[d], firstRow[d + 1]));
  return { begins, ends: endAt.map((end, row) => (Number.isNaN(value[row]) ? Number.NaN : end)) };
}

export interface SplitPositions {
  /** Samples that may train, ascending: they have a label, and it overlaps with no test. */
  training(split: Split): Int32Array;
  /** Samples that are tested, ascending; those whose label is not known (yet) are among them. */
  testing(split: Split): Int32Array;
}

/** Looks the samples over once, so that a split costs little more than writing its positions. */
export function createSplitPositions(times: SampleTimes): SplitPositions {
  const { begins, ends } = times;
  const rows = begins.length;
  // Latest end so far: it rises, so that what lies before a zone and is clear of it without a look is found by bisection.
  const latest = new Float64Array(rows);
  let holes = false;
  for (let row = 0, most = Number.NEGATIVE_INFINITY; row < rows; row++) {
    const end = ends[row] as number;
    if (end > most) most = end;
    if (Number.isNaN(end)) holes = true;
    latest[row] = most;
  }
  return {
    training({ train, tests, zones }) {
      const out = new Int32Array(rows);
      let kept = 0;
      let start = train.from;
      for (const gap of [...tests, { from: train.to, to: train.to }]) {
        const end = Math.min(gap.from, train.to);
        for (const piece of pieces(start, end, zones)) {
          if (piece.zones.length === 0 && !holes) for (let row = piece.from; row < piece.to; row++) out[kept++] = row;
          else
            for (let row = piece.from; row < piece.to; row++) {
              const [begin, ended] = [begins[row] as number, ends[row] as number];
              if (!Number.isNaN(ended) && piece.zones.every((zone) => clearOf(begin, ended, zone))) out[kept++] = row;
            }
        }
        start = Math.max(start, gap.to);
      }
      return out.slice(0, kept);
    },
    testing({ tests }) {
      const out = new Int32Array(tests.reduce((sum, { from, to }) => sum + to - from, 0));
      let kept = 0;
      for (const { from, to } of tests) for (let row = from; row < to; row++) out[kept++] = row;
      return out;
    },
  };

  /** Cuts a range where zones begin and cease to matter. */
  function pieces(from: number, to: number, zones: readonly Zone[]): readonly (Range & { readonly zones: readonly Zone[] })[] {
    const spans = zones.map((zone) => ({ zone, from: firstAbove(latest, zone.from), to: firstFrom(begins, zone.to) }));
    const cuts = [from, to, ...spans.flatMap((span) => [span.from, span.to])].filter((cut) => cut >= from && cut <= to);
    const bounds = [...new Set(cuts)].sort((a, b) => a - b);
    return bounds.slice(1).map((end, i) => {
      const start = bounds[i] as number;
      return { from: start, to: end, zones: spans.filter((span) => span.from < end && span.to > start).map(({ zone }) => zone) };
    });
  }
}

/** First position whose value is above `limit`, and first whose value is at least that, of rising values. */
const firstAbove = (values: Float64Array, limit: number): number => bisect(values, (value) => value > limit);
const firstFrom = (values: Float64Array, limit: number): number => bisect(values, (value) => value >= limit);

function bisect(values: Float64Array, beyond: (value: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beyond(values[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
