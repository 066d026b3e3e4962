// AssemblyScript: the inner loops of growing trees, on raw addresses of memory that threads share. `npm run build` compiles it to
// kernels-wasm.ts. Nothing here allocates, and sums of histograms are whole numbers, so that no order of work changes a result.
// A pair is 8 bytes: the row (u32), then its rounded derivatives, hessian (u16, low) and gradient (i16, high).
// A bin of a histogram is 8 bytes: sum of hessians (u32, low) and of gradients (i32, high), added as one i64.

/** Rows that are copied together before any is counted: they stay in the caches of a core. */
const BLOCK: i32 = 512;
/** Bytes per group of 8 features in a copied block; 64 more than needed, so that groups fall into different sets of the cache. */
const GROUP: usize = 512 * 8 + 64;

/** Reads one byte per cache line of the block's rows, tightly, so that many are on their way at once. */
export function touch(pairs: usize, n: i32, cells: usize, stride: usize, bytes: usize): i32 {
  let sum: i32 = 0;
  for (let i = 0; i < n; i++) {
    const row = cells + <usize>load<u32>(pairs + ((<usize>i) << 3)) * stride;
    for (let b: usize = 0; b < bytes; b += 64) sum += <i32>load<u8>(row + b);
  }
  return sum;
}

export function widen(pairs: usize, n: i32, to: usize): void {
  for (let i = 0; i < n; i++) {
    const v = load<i32>(pairs + ((<usize>i) << 3), 4);
    store<i64>(to + ((<usize>i) << 3), ((<i64>(v >> 16)) << 32) + <i64>(v & 0xffff));
  }
}

/** Copies the rows' groups of 8 features apart: `[group][row of the block][8]`. */
export function copyGroups(pairs: usize, n: i32, cells: usize, stride: usize, groups: i32, to: usize): void {
  for (let i = 0; i < n; i++) {
    let from = cells + <usize>load<u32>(pairs + ((<usize>i) << 3)) * stride;
    let t = to + ((<usize>i) << 3);
    for (let g = 0; g < groups; g++) {
      store<u64>(t, load<u64>(from));
      from += 8;
      t += GROUP;
    }
  }
}

/** The same of 8 listed columns per group. */
export function copyColumns(pairs: usize, n: i32, cells: usize, stride: usize, columns: usize, groups: i32, to: usize): void {
  for (let i = 0; i < n; i++) {
    const from = cells + <usize>load<u32>(pairs + ((<usize>i) << 3)) * stride;
    let t = to + ((<usize>i) << 3);
    let c = columns;
    for (let g = 0; g < groups; g++) {
      for (let j: usize = 0; j < 8; j++) store<u8>(t + j, load<u8>(from + <usize>load<u32>(c + (j << 2))));
      c += 32;
      t += GROUP;
    }
  }
}

/** Adds n rows to the histograms of 8 features, 2048 bytes each. */
export function count8(copied: usize, n: i32, sums: usize, out: usize): void {
  let p = copied;
  let q = sums;
  const end = sums + ((<usize>n) << 3);
  while (q < end) {
    const v = load<i64>(q);
    let a = out + ((<usize>load<u8>(p)) << 3);
    store<i64>(a, load<i64>(a) + v);
    a = out + ((<usize>load<u8>(p, 1)) << 3);
    store<i64>(a, load<i64>(a, 2048) + v, 2048);
    a = out + ((<usize>load<u8>(p, 2)) << 3);
    store<i64>(a, load<i64>(a, 4096) + v, 4096);
    a = out + ((<usize>load<u8>(p, 3)) << 3);
    store<i64>(a, load<i64>(a, 6144) + v, 6144);
    a = out + ((<usize>load<u8>(p, 4)) << 3);
    store<i64>(a, load<i64>(a, 8192) + v, 8192);
    a = out + ((<usize>load<u8>(p, 5)) << 3);
    store<i64>(a, load<i64>(a, 10240) + v, 10240);
    a = out + ((<usize>load<u8>(p, 6)) << 3);
    store<i64>(a, load<i64>(a, 12288) + v, 12288);
    a = out + ((<usize>load<u8>(p, 7)) << 3);
    store<i64>(a, load<i64>(a, 14336) + v, 14336);
    p += 8;
    q += 8;
  }
}

/**
 * Adds n pairs to the histograms of `groups` groups of features at `out`, 16384 bytes per group. `cells` is where the first group of row 0
 * lies; with `columns` (u32, 8 per group) the groups are these columns of the rows. `scratch` holds 4096 + groups * GROUP bytes.
 */
export function histogram(pairs: usize, n: i32, cells: usize, stride: usize, columns: usize, groups: i32, scratch: usize, out: usize): i32 {
  const copied = scratch + ((<usize>BLOCK) << 3);
  let touched: i32 = 0;
  for (let from = 0; from < n; from += BLOCK) {
    const p = pairs + ((<usize>from) << 3);
    const m = min(BLOCK, n - from);
    if (columns === 0) {
      touched += touch(p, m, cells, stride, (<usize>groups) << 3);
      copyGroups(p, m, cells, stride, groups, copied);
    } else {
      touched += touch(p, m, cells, stride, stride);
      copyColumns(p, m, cells, stride, columns, groups, copied);
    }
    widen(p, m, scratch);
    for (let g = 0; g < groups; g++) count8(copied + <usize>g * GROUP, m, scratch, out + ((<usize>g) << 14));
  }
  return touched;
}

/** to += from, from = 0; `bins` of one feature. */
export function mergeBins(from: usize, to: usize, bins: i32): void {
  for (let i = 0; i < bins; i += 2) {
    const o = (<usize>i) << 3;
    v128.store(to + o, i64x2.add(v128.load(to + o), v128.load(from + o)));
    v128.store(from + o, i64x2.splat(0));
  }
}

/** Moves the sums of one feature to their histogram and, unless `sibling` is 0, takes them off there: parent less child is the other child. */
export function settleBins(from: usize, to: usize, sibling: usize, bins: i32): void {
  for (let i = 0; i < bins; i += 2) {
    const o = (<usize>i) << 3;
    const v = v128.load(from + o);
    v128.store(from + o, i64x2.splat(0));
    v128.store(to + o, v);
    if (sibling !== 0) v128.store(sibling + o, i64x2.sub(v128.load(sibling + o), v));
  }
}

/**
 * The best split of one numeric feature without L1, constraints or chance. Sums are whole numbers; out (f64): gain without the parent's
 * worth, or 0; last bin left; 1 if missing goes left; gradient and hessian of the left. Two bins at a time.
 */
export function bestNumber(bins: usize, count: i32, g: f64, h: f64, lambda: f64, least: f64, out: usize): void {
  let best = 0.0;
  let at = 0;
  let direction = 0.0;
  let bestG = 0.0;
  let bestH = 0.0;
  const missing = load<i64>(bins);
  const gs = f64x2.splat(g);
  const hs = f64x2.splat(h);
  const lambdas = f64x2.splat(lambda);
  const leasts = f64x2.splat(least);
  // First missing goes left, then right; with nothing missing once. A last bin that leaves nothing on the right has too little there.
  for (let pass = missing === 0 ? 1 : 0; pass < 2; pass++) {
    let carry = i64x2.splat(pass === 0 ? missing : 0);
    let bests = f64x2.splat(best);
    for (let b = 1; b < count; b += 2) {
      const v = v128.load(bins + ((<usize>b) << 3));
      const sum = i64x2.add(i64x2.add(v, v128.shuffle<i64>(i64x2.splat(0), v, 0, 2)), carry);
      carry = v128.shuffle<i64>(sum, sum, 1, 1);
      const hl = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(sum, sum, 0, 2, 0, 2));
      const gl = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(sum, sum, 1, 3, 1, 3));
      const gr = f64x2.sub(gs, gl);
      const hr = f64x2.sub(hs, hl);
      const enough = v128.and(f64x2.ge(hl, leasts), f64x2.ge(hr, leasts));
      const left = f64x2.add(hl, lambdas);
      const right = f64x2.add(hr, lambdas);
      // gl^2 / left + gr^2 / right with one division.
      const above = f64x2.add(f64x2.mul(f64x2.mul(gl, gl), right), f64x2.mul(f64x2.mul(gr, gr), left));
      const gain = v128.and(f64x2.div(above, f64x2.mul(left, right)), enough);
      if (!v128.any_true(f64x2.gt(gain, bests))) continue;
      const second = f64x2.extract_lane(gain, 1) > max(best, f64x2.extract_lane(gain, 0)) && b + 1 < count;
      if (!second && f64x2.extract_lane(gain, 0) <= best) continue;
      best = second ? f64x2.extract_lane(gain, 1) : f64x2.extract_lane(gain, 0);
      bestG = second ? f64x2.extract_lane(gl, 1) : f64x2.extract_lane(gl, 0);
      bestH = second ? f64x2.extract_lane(hl, 1) : f64x2.extract_lane(hl, 0);
      at = second ? b + 1 : b;
      direction = pass === 0 ? 1 : 0;
      bests = f64x2.splat(best);
    }
  }
  // Nothing was missing here: what will be follows the heavier side.
  if (missing === 0) direction = bestH >= h - bestH ? 1 : 0;
  store<f64>(out, best);
  store<f64>(out, <f64>at, 8);
  store<f64>(out, direction, 16);
  store<f64>(out, bestG, 24);
  store<f64>(out, bestH, 32);
}

function shrink(g: f64, l1: f64): f64 {
  return g > l1 ? g - l1 : g < -l1 ? g + l1 : 0;
}

function output(g: f64, h: f64, l1: f64, l2: f64, lower: f64, upper: f64): f64 {
  return min(upper, max(lower, -shrink(g, l1) / (h + l2)));
}

function worth(g: f64, h: f64, l1: f64, l2: f64, lower: f64, upper: f64): f64 {
  const t = shrink(g, l1);
  if (lower === -Infinity && upper === Infinity) return (t * t) / (h + l2);
  const w = output(g, h, l1, l2, lower, upper);
  return -(2 * t * w + (h + l2) * w * w);
}

/**
 * The same with L1, a direction that outputs must keep (1 rising, -1 falling, 0 free), bounds of outputs, and, unless `chance` is negative,
 * one threshold in [0, 1) of the way between the node's lowest and highest bin.
 */
export function bestNumberWith(
  bins: usize,
  count: i32,
  g: f64,
  h: f64,
  lambda: f64,
  least: f64,
  out: usize,
  l1: f64,
  direction: i32,
  lower: f64,
  upper: f64,
  chance: f64,
): void {
  let first = 1;
  let final = count - 1;
  if (chance >= 0) {
    while (first < count && load<i64>(bins + ((<usize>first) << 3)) === 0) first++;
    while (final > first && load<i64>(bins + ((<usize>final) << 3)) === 0) final--;
  }
  const missing = load<i64>(bins);
  const pick = chance < 0 ? -1 : first + <i32>Math.floor(chance * <f64>(final - first));
  let best = -Infinity;
  let at = 0;
  let missingLeft = 0.0;
  let bestG = 0.0;
  let bestH = 0.0;
  for (let pass = missing === 0 ? 1 : 0; pass < 2; pass++) {
    let sum = pass === 0 ? missing : 0;
    const last = pass === 0 || missing === 0 ? final : final + 1;
    for (let b = first; b < last; b++) {
      const v = load<i64>(bins + ((<usize>b) << 3));
      sum += v;
      if (pick >= 0 && b !== pick) continue;
      const hl = <f64>(<u32>sum);
      if (hl < least) continue;
      const hr = h - hl;
      if (hr < least) break;
      const gl = <f64>(<i32>(sum >> 32));
      const gr = g - gl;
      if (direction !== 0) {
        const rise = output(gr, hr, l1, lambda, lower, upper) - output(gl, hl, l1, lambda, lower, upper);
        if (<f64>direction * rise < 0) continue;
      }
      const gain = worth(gl, hl, l1, lambda, lower, upper) + worth(gr, hr, l1, lambda, lower, upper);
      if (gain > best) {
        best = gain;
        at = b;
        missingLeft = pass === 0 ? 1 : 0;
        bestG = gl;
        bestH = hl;
      }
    }
  }
  if (missing === 0) missingLeft = bestH >= h - bestH ? 1 : 0;
  store<f64>(out, best);
  store<f64>(out, <f64>at, 8);
  store<f64>(out, missingLeft, 16);
  store<f64>(out, bestG, 24);
  store<f64>(out, bestH, 32);
}

/**
 * Pairs whose bin the 256-byte table sends left come first in `to`, in their order; the others fill it from its end, backwards. `cells` is
 * where the column of row 0 lies. Returns how many went left.
 */
export function partition(pairs: usize, n: i32, cells: usize, stride: usize, table: usize, to: usize): i32 {
  let l = to;
  let r = to + ((<usize>(n - 1)) << 3);
  for (let i = 0; i < n; i++) {
    const v = load<u64>(pairs + ((<usize>i) << 3));
    const left = <usize>load<u8>(table + <usize>load<u8>(cells + <usize>(<u32>v) * stride));
    store<u64>(l, v);
    store<u64>(r, v);
    l += left << 3;
    r -= (1 - left) << 3;
  }
  return <i32>((l - to) >> 3);
}

/** Puts what `partition` left in `from` at its place, in its order. */
export function settlePairs(from: usize, lefts: i32, n: i32, left: usize, right: usize): void {
  memory.copy(left, from, (<usize>lefts) << 3);
  let f = from + ((<usize>(n - 1)) << 3);
  for (let i = lefts, t = right; i < n; i++, t += 8, f -= 8) store<u64>(t, load<u64>(f));
}

/** Largest |value| of a column of float32, or NaN; `rows` lists which (0: all from `from` on). */
export function largest(values: usize, rows: usize, from: i32, n: i32): f32 {
  let most: f32 = 0;
  for (let i = from; i < from + n; i++) {
    const row = rows === 0 ? <usize>i : <usize>load<u32>(rows + ((<usize>i) << 2));
    most = max(most, abs(load<f32>(values + (row << 2))));
  }
  return most;
}

/** A number in [0, 2^32) of a row and a seed (a finalizer by Wellons 2018, "lowbias32"). */
function scatter(row: u32, seed: u32): u32 {
  let x = (row + 1) * 0x9e3779b1;
  x ^= seed;
  x ^= x >> 16;
  x *= 0x7feb352d;
  x ^= x >> 15;
  x *= 0x846ca68b;
  x ^= x >> 16;
  return x;
}

/**
 * Writes the pairs [from, from + n): derivatives times their scale, rounded up or down by chance so that their mean stays. `hessian` 0: 1
 * each. Adds the sums to out (i64): gradients, hessians.
 */
export function quantize(
  gradient: usize,
  hessian: usize,
  rows: usize,
  from: i32,
  n: i32,
  gradientScale: f64,
  hessianScale: f64,
  seed: u32,
  pairs: usize,
  out: usize,
): void {
  let sumG: i64 = 0;
  let sumH: i64 = 0;
  for (let i = from; i < from + n; i++) {
    const row: u32 = rows === 0 ? <u32>i : load<u32>(rows + ((<usize>i) << 2));
    const chance = scatter(row, seed);
    const g = <i32>floor(<f64>load<f32>(gradient + ((<usize>row) << 2)) * gradientScale + <f64>(chance & 0xffff) / 65536);
    let h: i32 = 1;
    if (hessian !== 0) h = <i32>floor(<f64>load<f32>(hessian + ((<usize>row) << 2)) * hessianScale + <f64>(chance >> 16) / 65536);
    sumG += <i64>g;
    sumH += <i64>h;
    const p = pairs + ((<usize>i) << 3);
    store<u32>(p, row);
    store<i32>(p, (g << 16) | (h & 0xffff), 4);
  }
  store<i64>(out, sumG);
  store<i64>(out, sumH, 8);
}

/** Exact sums of n pairs' rows to out (f64): gradients, hessians, weights. A column at 0 is 1 each. */
export function sums(pairs: usize, n: i32, gradient: usize, hessian: usize, weight: usize, out: usize): void {
  let g: f64 = 0;
  let h: f64 = 0;
  let w: f64 = 0;
  for (let i = 0; i < n; i++) {
    const row = <usize>load<u32>(pairs + ((<usize>i) << 3));
    g += <f64>load<f32>(gradient + (row << 2));
    if (hessian !== 0) h += <f64>load<f32>(hessian + (row << 2));
    if (weight !== 0) w += load<f64>(weight + (row << 3));
  }
  store<f64>(out, g);
  store<f64>(out, hessian === 0 ? <f64>n : h, 8);
  store<f64>(out, weight === 0 ? <f64>n : w, 16);
}

/** leafOf[row] = leaf for n pairs. */
export function assign(pairs: usize, n: i32, leaf: i32, leafOf: usize): void {
  for (let i = 0; i < n; i++) store<i32>(leafOf + ((<usize>load<u32>(pairs + ((<usize>i) << 3))) << 2), leaf);
}

/**
 * leafOf of rows that were not grown from, by asking the splits. `rows` lists them (0: from, from + 1, ...). A node is 16 bytes: column
 * (-1: leaf), address of its 256-byte table or the bins [first, last] that go left (u16 each, table below 65536: bins), left, right.
 */
export function walk(rows: usize, from: i32, n: i32, cells: usize, stride: usize, nodes: usize, leafOf: usize): void {
  for (let i = from; i < from + n; i++) {
    const row = rows === 0 ? <usize>i : <usize>load<u32>(rows + ((<usize>i) << 2));
    const cell = cells + row * stride;
    let node: i32 = 0;
    for (;;) {
      const at = nodes + <usize>node * 20;
      const column = load<i32>(at);
      if (column < 0) break;
      const bin = <u32>load<u8>(cell + <usize>column);
      const table = load<u32>(at, 16);
      const range = load<u32>(at, 4);
      const left = table !== 0 ? load<u8>(<usize>table + <usize>bin) !== 0 : bin - (range & 0xffff) <= (range >> 16) - (range & 0xffff);
      node = left ? load<i32>(at, 8) : load<i32>(at, 12);
    }
    store<i32>(leafOf + (row << 2), node);
  }
}

/** scores[i] += values[leafOf[i]] for rows [from, from + n). */
export function addValues(leafOf: usize, values: usize, scores: usize, from: i32, n: i32): void {
  for (let i = from; i < from + n; i++) {
    const s = scores + ((<usize>i) << 3);
    store<f64>(s, load<f64>(s) + load<f64>(values + ((<usize>load<i32>(leafOf + ((<usize>i) << 2))) << 3)));
  }
}

/** Sorts n float32 ascending by four passes over their bytes; `spare` holds as many, `counts` 1024 bytes. NaN must not occur. */
export function sortFloats(values: usize, spare: usize, n: i32, counts: usize): void {
  for (let i = 0; i < n; i++) {
    const p = values + ((<usize>i) << 2);
    const bits = load<u32>(p);
    store<u32>(p, bits ^ (<u32>(<i32>bits >> 31) | 0x80000000)); // whole numbers in the order of the floats
  }
  let from = values;
  let to = spare;
  for (let shift: u32 = 0; shift < 32; shift += 8) {
    memory.fill(counts, 0, 1024);
    for (let i = 0; i < n; i++) {
      const c = counts + <usize>(((load<u32>(from + ((<usize>i) << 2)) >> shift) & 255) << 2);
      store<i32>(c, load<i32>(c) + 1);
    }
    let sum: i32 = 0;
    for (let k: usize = 0; k < 1024; k += 4) {
      const here = load<i32>(counts + k);
      store<i32>(counts + k, sum);
      sum += here;
    }
    for (let i = 0; i < n; i++) {
      const v = load<u32>(from + ((<usize>i) << 2));
      const c = counts + <usize>(((v >> shift) & 255) << 2);
      const place = load<i32>(c);
      store<i32>(c, place + 1);
      store<u32>(to + ((<usize>place) << 2), v);
    }
    const other = from;
    from = to;
    to = other;
  }
  for (let i = 0; i < n; i++) {
    const p = values + ((<usize>i) << 2);
    const key = load<u32>(p);
    store<u32>(p, key ^ (~(<u32>(<i32>key >> 31)) | 0x80000000));
  }
}

/**
 * Bins of one numeric column of n row-major rows at `x`: 1 + how many of the 255 cuts (padded with Infinity) lie below; 0 for missing.
 * Written twice: into the row (`cells`, `stride`) and, unless 0, into the column.
 */
export function binNumbers(x: usize, step: usize, n: i32, cuts: usize, cells: usize, stride: usize, column: usize): void {
  for (let i = 0; i < n; i++) {
    const v = load<f32>(x + <usize>i * step);
    let bin: u32 = 0;
    if (v - v === 0) {
      // Without branches: half of them would be guessed wrong.
      let c = cuts;
      c += (<usize>(load<f32>(c, 508) < v)) << 9;
      c += (<usize>(load<f32>(c, 252) < v)) << 8;
      c += (<usize>(load<f32>(c, 124) < v)) << 7;
      c += (<usize>(load<f32>(c, 60) < v)) << 6;
      c += (<usize>(load<f32>(c, 28) < v)) << 5;
      c += (<usize>(load<f32>(c, 12) < v)) << 4;
      c += (<usize>(load<f32>(c, 4) < v)) << 3;
      c += (<usize>(load<f32>(c) < v)) << 2;
      bin = <u32>((c - cuts) >> 2) + 1;
    }
    store<u8>(cells + <usize>i * stride, bin);
    if (column !== 0) store<u8>(column + <usize>i, bin);
  }
}
