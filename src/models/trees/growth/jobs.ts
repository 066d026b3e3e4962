// The jobs that threads share out, a piece at a time. A piece reads its arguments from the control area and writes to memory that no other
// piece of its job touches, so that results do not depend on who did what.
import type { Arena } from "./arena.js";
import { bestCategories } from "./best-categories.js";
import { Arg, COUNTED_BY, Job, Real } from "./control.js";
import { CHUNK, FOUND, SAMPLE, SORTED_AT_ONCE, WIDE } from "./layout.js";

/** Rows that are binned column by column together: their lines stay in the cache. */
const BIN_BLOCK = 64;
/** Rows per piece of `count`. */
export const COUNT_CHUNK = 8192;

export function runPiece(arena: Arena, job: number, piece: number, thread: number): void {
  const { kernels, layout, words, doubles } = arena;
  const from = piece * CHUNK;
  const rows = words[Arg.rows] as number;
  const size = Math.min(CHUNK, rows - from);
  const bag = words[Arg.listedRows] === 0 ? 0 : layout.bag;
  const chunk = (layout.chunks >> 2) + 4 * piece;
  const pairs = layout.pairs + 8 * (words[chunk] as number);
  const sums = (layout.chunkSums + 24 * piece) >> 3;
  const hessian = words[Arg.hessian] === 0 ? 0 : layout.hessian;
  switch (job) {
    case Job.sort: {
      const sample = Math.min(layout.trainRows, SAMPLE) * 4;
      const spare = layout.sortRoom + (SORTED_AT_ONCE + thread) * sample;
      const counts = layout.sortRoom + (SORTED_AT_ONCE + layout.threads) * sample + thread * 1024;
      kernels.sortFloats(layout.sortRoom + piece * sample, spare, words[Arg.known + piece] as number, counts);
      return;
    }
    case Job.bin: {
      binRows(arena, piece);
      return;
    }
    case Job.largest: {
      doubles[sums] = kernels.largest(layout.gradient, bag, from, size);
      doubles[sums + 1] = hessian === 0 ? 1 : kernels.largest(hessian, bag, from, size);
      return;
    }
    case Job.quantize: {
      const scales = [doubles[Real.gradientScale] as number, doubles[Real.hessianScale] as number] as const;
      kernels.quantize(
        layout.gradient,
        hessian,
        bag,
        from,
        size,
        ...scales,
        words[Arg.seed] as number,
        layout.pairs,
        layout.chunkSums + 24 * piece,
      );
      return;
    }
    case Job.count: {
      const first = piece * COUNT_CHUNK;
      words[COUNTED_BY + thread] = 1;
      countGroups(arena, thread, first, Math.min(COUNT_CHUNK, (words[Arg.count] as number) - first), 0, words[Arg.groups] as number);
      return;
    }
    case Job.finish: {
      const per = words[Arg.groupsPerPiece] as number;
      const firstGroup = piece * per;
      finishGroups(arena, thread, firstGroup, Math.min(per, (words[Arg.groups] as number) - firstGroup));
      return;
    }
    case Job.split: {
      const n = words[chunk + 1] as number;
      const spare = layout.spare + 8 * (words[chunk] as number);
      words[chunk + 3] = kernels.partition(pairs, n, words[Arg.cells] as number, words[Arg.stride] as number, layout.table, spare);
      return;
    }
    case Job.settle: {
      const spare = layout.spare + 8 * (words[chunk] as number);
      const at = (layout.chunkSums + 24 * piece) >> 2;
      const left = layout.pairs + 8 * (words[at] as number);
      const right = layout.pairs + 8 * (words[at + 1] as number);
      kernels.settlePairs(spare, words[chunk + 3] as number, words[chunk + 1] as number, left, right);
      return;
    }
    case Job.sums: {
      kernels.sums(pairs, words[chunk + 1] as number, layout.gradient, hessian, layout.weight, layout.chunkSums + 24 * piece);
      return;
    }
    case Job.assign: {
      kernels.assign(pairs, words[chunk + 1] as number, words[chunk + 2] as number, layout.leafOf);
      return;
    }
    case Job.walk: {
      kernels.walk(bag, (words[Arg.firstRow] as number) + from, size, layout.cells, layout.stride, layout.nodes, layout.leafOf);
      return;
    }
    case Job.add: {
      kernels.addValues(layout.leafOf, layout.values, layout.scores[words[Arg.output] as number] as number, from, size);
      return;
    }
  }
}

/** Bins of all numeric features of one piece of the rows that were staged. */
function binRows(arena: Arena, piece: number): void {
  const { words } = arena;
  const first = words[Arg.first] as number;
  const staged = words[Arg.count] as number;
  const per = words[Arg.groupsPerPiece] as number;
  const from = piece * per;
  const size = Math.min(per, staged - from);
  for (let block = from; block < from + size; block += BIN_BLOCK)
    binBlock(arena, block, Math.min(BIN_BLOCK, from + size - block), first + block);
}

function binBlock({ kernels, layout, words }: Arena, staged: number, size: number, row: number): void {
  for (let f = 0; f < layout.features; f++) {
    if ((words[(layout.binCount >> 2) + f] as number) < 0) continue;
    const x = layout.staging + 4 * (staged * layout.features + f);
    const column = layout.byFeature === 0 || row >= layout.trainRows ? 0 : layout.byFeature + f * layout.trainRows + row;
    kernels.binNumbers(x, 4 * layout.features, size, layout.cuts + 1024 * f, layout.cells + row * layout.stride + f, layout.stride, column);
  }
}

function countGroups(arena: Arena, thread: number, first: number, n: number, firstGroup: number, groups: number): void {
  const { kernels, layout, words } = arena;
  const listed = words[Arg.listed] !== 0;
  const pairs = layout.pairs + 8 * ((words[Arg.from] as number) + first);
  const cells = listed ? layout.cells : layout.cells + 8 * firstGroup;
  const columns = listed ? layout.columns + 32 * firstGroup : 0;
  const wide = layout.wide + thread * layout.wideBytes + firstGroup * 8 * WIDE;
  kernels.histogram(pairs, n, cells, layout.stride, columns, groups, layout.scratch + thread * layout.scratchBytes, wide);
}

function finishGroups(arena: Arena, thread: number, firstGroup: number, groups: number): void {
  const { kernels, layout, words } = arena;
  const counted = words[Arg.counted] !== 0;
  const listed = words[Arg.listed] !== 0;
  const columns = words[Arg.columns] as number;
  const sibling = words[Arg.sibling] as number;
  let home = thread;
  if (counted) {
    home = -1;
    for (let other = 0; other < layout.threads; other++) {
      if (words[COUNTED_BY + other] === 0) continue;
      if (home < 0) {
        home = other;
        continue;
      }
      const offset = firstGroup * 8 * WIDE;
      const from = layout.wide + other * layout.wideBytes + offset;
      kernels.mergeBins(from, layout.wide + home * layout.wideBytes + offset, groups * 8 * 256);
    }
  } else countGroups(arena, thread, 0, words[Arg.count] as number, firstGroup, groups);

  for (let i = firstGroup * 8; i < (firstGroup + groups) * 8; i++) {
    const wide = layout.wide + home * layout.wideBytes + i * WIDE;
    if (i >= columns) {
      // A column beyond the last one: counted with its group, of no use.
      arena.bytes.fill(0, wide, wide + WIDE);
      continue;
    }
    const feature = listed ? (words[(layout.columns >> 2) + i] as number) : i;
    const at = words[(layout.histogramAt >> 2) + feature] as number;
    const bins = Math.abs(words[(layout.binCount >> 2) + feature] as number);
    const mine = (words[Arg.histogram] as number) + at;
    kernels.settleBins(wide, mine, sibling === 0 ? 0 : sibling + at, bins + (bins & 1));
    if (words[Arg.find] !== 0) findSplit(arena, 0, feature, mine);
    if (words[Arg.find + 1] !== 0) findSplit(arena, 1, feature, sibling + at);
  }
}

/** Best split of a feature from its histogram, written to `found`. */
function findSplit(arena: Arena, child: number, feature: number, histogram: number): void {
  const { bytes, doubles, kernels, layout, setup, words } = arena;
  const found = layout.found + (child * layout.features + feature) * FOUND;
  if (bytes[layout.masks + child * layout.features + feature] === 0) {
    doubles[found >> 3] = -Infinity;
    return;
  }
  const bins = words[(layout.binCount >> 2) + feature] as number;
  const at = Real.child + 8 * child;
  const g = doubles[at] as number;
  const h = doubles[at + 1] as number;
  const least = doubles[at + 2] as number;
  if (bins < 0) {
    bestCategories(arena, child, histogram, -bins, found);
    return;
  }
  const lower = doubles[at + 4] as number;
  const upper = doubles[at + 5] as number;
  const l1 = doubles[Real.lambdaL1] as number;
  const l2 = doubles[Real.lambdaL2] as number;
  const { extra, monotone } = setup.settings;
  if (l1 === 0 && !extra && monotone === null) {
    kernels.bestNumber(histogram, bins, g, h, l2, least, found);
    return;
  }
  const direction = ((bytes[layout.monotone + feature] as number) << 24) >> 24;
  const chance = extra ? chanceOf(words[Arg.chance + child] as number, feature) : -1;
  kernels.bestNumberWith(histogram, bins, g, h, l2, least, found, l1, direction, lower, upper, chance);
}

/** A number in [0, 1) of a node's seed and a feature (Wellons 2018, "lowbias32"). */
export function chanceOf(seed: number, feature: number): number {
  let x = Math.imul(feature + 1, 0x9e3779b1) ^ seed;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}
