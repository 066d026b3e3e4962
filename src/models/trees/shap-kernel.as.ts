// AssemblyScript: the inner loops of SHAP values of trees, on raw addresses. `npm run build` compiles it to shap-kernel-wasm.ts; shap-layout.ts
// lays out what it reads. A vector holds two points of the quadrature. Nothing here allocates.

/** LightGBM's `kZeroThreshold`. */
const ZERO: f64 = <f64>(<f32>1e-35);

/** Bytes of a tree's head and of a split; fields are given with their accessors. */
const HEAD: usize = 24;
const SPLIT: usize = 80;

/** What an edge says of a row. */
const REFUSED_BEFORE: i32 = 0;
const REFUSES: i32 = 1;
const PASSES: i32 = 2;

function thresholdOf(split: usize): f64 {
  return load<f64>(split);
}
function columnOf(split: usize): usize {
  return <usize>load<u32>(split, 8);
}
function kindOf(split: usize): u32 {
  return load<u32>(split, 12);
}
/** Offset of the edge above in products and sums; the root is at 0. */
function aboveOf(split: usize): usize {
  return <usize>load<u32>(split, 16);
}
/** Edge above that asks the same column; -1 for none. */
function previousOf(split: usize): i32 {
  return load<i32>(split, 20);
}
/** Factors and slopes: `[left or right][refuses or passes][factor or slope][point]`. */
function tablesOf(split: usize): usize {
  return <usize>load<u32>(split, 24);
}
function setOf(split: usize): usize {
  return <usize>load<u32>(split, 28);
}
function wordsOf(split: usize): i32 {
  return load<i32>(split, 32);
}
function isLeaf(split: usize, side: usize): bool {
  return load<u8>(split + side, 36) === 1;
}
function valueOf(split: usize, side: usize): f64 {
  return load<f64>(split + (side << 3), 40);
}
function shrinkOf(split: usize, side: usize): f64 {
  return load<f64>(split + (side << 3), 56);
}

function goesLeft(split: usize, value: f64): bool {
  const kind = kindOf(split);
  if (kind === 0) return value <= thresholdOf(split);
  if (kind === 1) return !(value > thresholdOf(split));
  if (kind === 2 || kind === 3) {
    if (value !== value || Math.abs(value) <= ZERO) return kind === 3;
    return value <= thresholdOf(split);
  }
  if (kind === 4) return (value !== value ? 0 : value) <= thresholdOf(split);
  if (!(value > -1)) return kind === 6;
  if (value >= <f64>(wordsOf(split) << 5)) return false;
  const category = <i32>value;
  return ((load<u32>(setOf(split) + ((<usize>category >> 5) << 2)) >> (category & 31)) & 1) === 1;
}

/** Down the tree: states, products, and sums of leaves alone. With `whole` leaves keep their products; else they give and are forgotten. */
function descend(splits: usize, count: i32, vector: usize, row: usize, phi: usize, work: usize, states: usize, whole: bool): void {
  const sums = work + <usize>(2 * count + 1) * vector;
  for (let s = 0; s < count; s++) {
    const split = splits + <usize>s * SPLIT;
    const column = columnOf(split) << 3;
    const left = goesLeft(split, load<f64>(row + column));
    const previous = previousOf(split);
    const refused = previous >= 0 && load<u8>(states + <usize>previous) !== PASSES;
    const above = aboveOf(split);
    for (let side: usize = 0; side < 2; side++) {
      const edge = <usize>(2 * s) + side;
      const state = refused ? REFUSED_BEFORE : left === (side === 0) ? PASSES : REFUSES;
      store<u8>(states + edge, <u8>state);
      const factors = tablesOf(split) + ((side << 1) + (state === PASSES ? 1 : 0)) * (vector << 1);
      const shrink = f64x2.splat(shrinkOf(split, side));
      if (isLeaf(split, side) && !whole) {
        const value = f64x2.splat(valueOf(split, side));
        let gain = f64x2.splat(0);
        for (let k: usize = 0; k < vector; k += 16) {
          const factor = refused ? shrink : v128.load(factors + k);
          const sum = f64x2.mul(f64x2.mul(v128.load(work + above + k), factor), value);
          v128.store(sums + above + k, f64x2.add(v128.load(sums + above + k), sum));
          gain = f64x2.add(gain, f64x2.mul(sum, v128.load(factors + vector + k)));
        }
        if (!refused) give(phi + column, gain);
      } else {
        const own = (edge + 1) * vector;
        const value = f64x2.splat(isLeaf(split, side) ? valueOf(split, side) : 0);
        for (let k: usize = 0; k < vector; k += 16) {
          const factor = refused ? shrink : v128.load(factors + k);
          const product = f64x2.mul(v128.load(work + above + k), factor);
          v128.store(work + own + k, product);
          v128.store(sums + own + k, f64x2.mul(product, value));
        }
      }
    }
  }
}

function give(phi: usize, gain: v128): void {
  store<f64>(phi, load<f64>(phi) + (f64x2.extract_lane(gain, 0) + f64x2.extract_lane(gain, 1)));
}

function begin(weights: usize, vector: usize, count: i32, work: usize): void {
  const sums = work + <usize>(2 * count + 1) * vector;
  for (let k: usize = 0; k < vector; k += 16) {
    v128.store(work + k, v128.load(weights + k));
    v128.store(sums + k, f64x2.splat(0));
  }
}

/** Adds the SHAP values of trees to `phi`, `[row][phiBytes]`, of rows of f64 whose missing values are NaN. */
export function explain(heads: usize, trees: i32, rows: i32, x: usize, xBytes: usize, phi: usize, phiBytes: usize, work: usize): void {
  for (let t = 0; t < trees; t++) {
    const head = heads + <usize>t * HEAD;
    const splits = <usize>load<u32>(head);
    const count = load<i32>(head, 4);
    const vector = <usize>load<u32>(head, 8);
    const weights = <usize>load<u32>(head, 12);
    const offset = <usize>load<u32>(head, 16);
    const sums = work + <usize>(2 * count + 1) * vector;
    const states = sums + <usize>(2 * count + 1) * vector;
    for (let r = 0; r < rows; r++) {
      const to = phi + <usize>r * phiBytes + offset;
      begin(weights, vector, count, work);
      descend(splits, count, vector, x + <usize>r * xBytes, to, work, states, false);
      for (let s = count - 1; s >= 0; s--) {
        const split = splits + <usize>s * SPLIT;
        const above = sums + aboveOf(split);
        for (let side: usize = 0; side < 2; side++) {
          if (isLeaf(split, side)) continue;
          const edge = <usize>(2 * s) + side;
          const own = sums + (edge + 1) * vector;
          const state = load<u8>(states + edge);
          if (state === REFUSED_BEFORE) {
            for (let k: usize = 0; k < vector; k += 16) v128.store(above + k, f64x2.add(v128.load(above + k), v128.load(own + k)));
            continue;
          }
          const slopes = tablesOf(split) + ((side << 1) + (state === PASSES ? 1 : 0)) * (vector << 1) + vector;
          let gain = f64x2.splat(0);
          for (let k: usize = 0; k < vector; k += 16) {
            const sum = v128.load(own + k);
            v128.store(above + k, f64x2.add(v128.load(above + k), sum));
            gain = f64x2.add(gain, f64x2.mul(sum, v128.load(slopes + k)));
          }
          give(to + (columnOf(split) << 3), gain);
        }
      }
    }
  }
}

/** Adds the SHAP interaction values of two different columns, halved, to `out`, `[output][column][column]`, of one row. */
export function interact(heads: usize, trees: i32, x: usize, columns: usize, out: usize, work: usize): void {
  for (let t = 0; t < trees; t++) {
    const head = heads + <usize>t * HEAD;
    const splits = <usize>load<u32>(head);
    const count = load<i32>(head, 4);
    const vector = <usize>load<u32>(head, 8);
    const matrix = out + <usize>load<u32>(head, 16) * columns;
    const sums = work + <usize>(2 * count + 1) * vector;
    const states = sums + <usize>(2 * count + 1) * vector;
    begin(<usize>load<u32>(head, 12), vector, count, work);
    descend(splits, count, vector, x, 0, work, states, true);
    for (let edge = 2 * count - 1; edge >= 0; edge--) {
      const split = splits + <usize>(edge >> 1) * SPLIT;
      const own = sums + <usize>(edge + 1) * vector;
      const up = aboveOf(split);
      for (let k: usize = 0; k < vector; k += 16) v128.store(sums + up + k, f64x2.add(v128.load(sums + up + k), v128.load(own + k)));
      const state = load<u8>(states + <usize>edge);
      if (state === REFUSED_BEFORE) continue;
      const slopes = slopesOf(split, edge & 1, state, vector);
      for (let k: usize = 0; k < vector; k += 16) v128.store(own + k, f64x2.mul(v128.load(own + k), v128.load(slopes + k)));
      const column = columnOf(split);
      for (let other = <i32>(up / vector) - 1; other >= 0; ) {
        const above = splits + <usize>(other >> 1) * SPLIT;
        const its = load<u8>(states + <usize>other);
        const second = columnOf(above);
        if (its !== REFUSED_BEFORE && second !== column) {
          const against = slopesOf(above, other & 1, its, vector);
          let gain = f64x2.splat(0);
          for (let k: usize = 0; k < vector; k += 16) gain = f64x2.add(gain, f64x2.mul(v128.load(own + k), v128.load(against + k)));
          gain = f64x2.mul(gain, f64x2.splat(0.5));
          give(matrix + ((column * columns + second) << 3), gain);
          give(matrix + ((second * columns + column) << 3), gain);
        }
        other = <i32>(aboveOf(above) / vector) - 1;
      }
    }
  }
}

function slopesOf(split: usize, side: i32, state: i32, vector: usize): usize {
  return tablesOf(split) + (((<usize>side) << 1) + (state === PASSES ? 1 : 0)) * (vector << 1) + vector;
}
