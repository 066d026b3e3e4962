// Where everything lies in the one memory that the threads share, in bytes. All of it is known before anything is allocated.
import { TruewindError } from "#base/errors.js";
import type { GrowthData, GrowthSettings } from "./growth.js";

/** Rows per unit of work, by what is done to them: enough to be worth taking, few enough that no thread waits long for another. */
export const CHUNK = 8192;
/** Rows that cuts are made from at most. */
export const SAMPLE = 200_000;
/** Features whose samples are sorted at a time. */
export const SORTED_AT_ONCE = 8;
/** Bytes per feature of the histogram that a thread counts in. */
export const WIDE = 2048;
/** Bytes that the kernel needs beside the copied groups, and per group. */
const BLOCK_SUMS = 4096;
const GROUP = 512 * 8 + 64;
/** Bytes per feature and child of a found split: five f64, then a set of bins. */
export const FOUND = 80;
/** Bytes of a node of the tree as `walk` reads it. */
export const NODE = 20;

/** Room for the histograms of leaves, in bytes; a leaf that finds none is counted anew. */
export const HISTOGRAM_ROOM = 1 << 30;
const LIMIT = 2 ** 32;

export interface Layout {
  readonly rows: number;
  readonly trainRows: number;
  readonly features: number;
  readonly threads: number;
  readonly maxLeaves: number;
  /** Bytes of a row of bins. */
  readonly stride: number;
  /** Groups of 8 features. */
  readonly groups: number;
  /** Bytes of histograms. */
  readonly histogramBytes: number;
  /** Bytes per thread of `scratch` and `wide`. */
  readonly scratchBytes: number;
  readonly wideBytes: number;
  readonly control: number;
  /** Per feature, the missing bin included; negative for categories. */
  readonly binCount: number;
  /** Per feature: bytes into a leaf's histogram. */
  readonly histogramAt: number;
  /** Per feature 256 float32, padded with Infinity. */
  readonly cuts: number;
  /** Signed bytes: directions that outputs must keep. */
  readonly monotone: number;
  /** Byte offsets of the columns that are counted, 8 per group (u32). */
  readonly columns: number;
  /** Per child and feature 1: may be split by. */
  readonly masks: number;
  /** Which bins go left, for the split that is made. */
  readonly table: number;
  readonly found: number;
  readonly sortRoom: number;
  readonly staging: number;
  /** Pieces of leaves: first pair, pairs, leaf as node, how many went left (Int32). */
  readonly chunks: number;
  readonly chunkSums: number;
  readonly nodes: number;
  readonly tables: number;
  readonly values: number;
  readonly scratch: number;
  readonly wide: number;
  readonly histograms: number;
  readonly gradient: number;
  readonly hessian: number;
  /** 0: weights are 1. */
  readonly weight: number;
  readonly scores: readonly number[];
  readonly leafOf: number;
  readonly bag: number;
  readonly pairs: number;
  readonly spare: number;
  readonly cells: number;
  /** Bins once more, feature by feature; 0 where there is no room for them. */
  readonly byFeature: number;
  readonly total: number;
}

/** Throws `out-of-memory` when it would not fit. */
export function planLayout(data: GrowthData, settings: GrowthSettings, histogramRoom = HISTOGRAM_ROOM): Layout {
  const { rows, trainRows, features } = data;
  const groups = Math.ceil(features / 8);
  const bytes = groups * 8;
  // A row should lie in as few cache lines as can be.
  const stride = bytes > 32 && bytes < 64 ? 64 : bytes === 24 ? 32 : bytes;
  const threads = Math.max(1, settings.threads);
  const maxLeaves = Math.max(1, Math.min(settings.maxLeaves, trainRows));
  const histogram = align(features * 8 * 2 * Math.ceil((settings.maxBins + 1) / 2));
  const histogramBytes = Math.min(histogram * Math.max(3, maxLeaves), Math.max(3 * histogram, histogramRoom));
  const categorical = data.categorical.length > 0;
  const scratchBytes = align(BLOCK_SUMS + groups * GROUP);
  const wideBytes = groups * 8 * WIDE;
  const chunks = Math.ceil(trainRows / CHUNK) + maxLeaves + 1;
  const staging = Math.max(features * 4, Math.min(rows * features * 4, 1 << 22));
  const sample = Math.min(trainRows, SAMPLE) * 4;

  let at = 0;
  const take = (size: number): number => {
    const from = at;
    at = align(at + size);
    return from;
  };
  const lay = (byFeature: boolean): Layout => {
    at = 0;
    return {
      rows,
      trainRows,
      features,
      threads,
      maxLeaves,
      stride,
      groups,
      histogramBytes,
      scratchBytes,
      wideBytes,
      control: take(4096),
      binCount: take(features * 4),
      histogramAt: take(features * 4),
      cuts: take(features * 1024),
      monotone: take(features),
      columns: take(groups * 32),
      masks: take(2 * features),
      table: take(256),
      found: take(2 * features * FOUND),
      sortRoom: take(sample * (SORTED_AT_ONCE + threads) + threads * 1024),
      staging: take(staging),
      chunks: take(chunks * 16),
      chunkSums: take(chunks * 24),
      nodes: take(2 * maxLeaves * NODE),
      tables: take(categorical ? maxLeaves * 256 : 0),
      values: take(2 * maxLeaves * 8),
      scratch: take(scratchBytes * threads),
      wide: take(wideBytes * threads),
      histograms: take(histogramBytes),
      gradient: take(trainRows * 4),
      hessian: take(trainRows * 4),
      weight: data.weight === null ? 0 : take(trainRows * 8),
      scores: Array.from({ length: data.outputs }, () => take(rows * 8)),
      leafOf: take(rows * 4),
      bag: take(rows * 4),
      pairs: take(trainRows * 8),
      spare: take(trainRows * 8),
      cells: take(rows * stride),
      byFeature: byFeature ? take(trainRows * features) : 0,
      total: at,
    };
  };
  const roomy = lay(true);
  const layout = roomy.total <= LIMIT ? roomy : lay(false);
  if (layout.total > LIMIT)
    throw new TruewindError(
      "out-of-memory",
      `Growing trees over ${rows} rows of ${features} features takes ${(layout.total / 2 ** 30).toFixed(1)} GiB of memory that threads ` +
        "share, of which there are 4 GiB: give it fewer rows, features, leaves or threads.",
    );
  return layout;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 128) * 128;
}
