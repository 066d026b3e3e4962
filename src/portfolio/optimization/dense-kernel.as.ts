// AssemblyScript: dense symmetric matrices of double precision, on raw addresses. `npm run build` compiles it to dense-kernel-wasm.ts.
// Rows come in groups of 4, each with the columns up to its own last: [group][column][row of the group], so that what is multiplied lies in the
// order in which it is read. Only the lower half is read; a vector holds two rows. Every sum has one order, hence one result on all machines.

/** Columns that are eliminated together, a multiple of 4. */
const PANEL: usize = 48;
/** Groups of rows whose part of a panel stays in the nearest cache. */
const NEAR: usize = 12;
/** Columns of a run that are eliminated together. */
const CHUNK: usize = 64;

function rowsOf(matrix: usize, group: usize): usize {
  return matrix + ((group * (group + 1)) << 6);
}

/** Takes the products of 4 rows with 4 others, over `depth` columns, off a tile of 4 x 4. */
function subtractProducts(tile: usize, left: usize, right: usize, depth: usize): void {
  let a0 = v128.load(tile);
  let a1 = v128.load(tile, 16);
  let b0 = v128.load(tile, 32);
  let b1 = v128.load(tile, 48);
  let c0 = v128.load(tile, 64);
  let c1 = v128.load(tile, 80);
  let d0 = v128.load(tile, 96);
  let d1 = v128.load(tile, 112);
  const end = left + (depth << 5);
  while (left < end) {
    const x = v128.load(left);
    const y = v128.load(left, 16);
    let s = v128.load64_splat(right);
    a0 = f64x2.sub(a0, f64x2.mul(x, s));
    a1 = f64x2.sub(a1, f64x2.mul(y, s));
    s = v128.load64_splat(right, 8);
    b0 = f64x2.sub(b0, f64x2.mul(x, s));
    b1 = f64x2.sub(b1, f64x2.mul(y, s));
    s = v128.load64_splat(right, 16);
    c0 = f64x2.sub(c0, f64x2.mul(x, s));
    c1 = f64x2.sub(c1, f64x2.mul(y, s));
    s = v128.load64_splat(right, 24);
    d0 = f64x2.sub(d0, f64x2.mul(x, s));
    d1 = f64x2.sub(d1, f64x2.mul(y, s));
    left += 32;
    right += 32;
  }
  v128.store(tile, a0);
  v128.store(tile, a1, 16);
  v128.store(tile, b0, 32);
  v128.store(tile, b1, 48);
  v128.store(tile, c0, 64);
  v128.store(tile, c1, 80);
  v128.store(tile, d0, 96);
  v128.store(tile, d1, 112);
}

/** A tile on the diagonal becomes L, its pivots go to `pivots`: the first `above` of them at least `least`, the others at most that below 0. */
function factorTile(tile: usize, above: isize, least: f64, pivots: usize): void {
  for (let c: usize = 0; c < 4; c++) {
    const column = tile + (c << 5);
    const found = load<f64>(column + (c << 3));
    const pivot = <isize>c < above ? max(found, least) : min(found, -least);
    store<f64>(pivots + (c << 3), pivot);
    for (let r = c + 1; r < 4; r++) {
      const value = load<f64>(column + (r << 3));
      const share = value / pivot;
      // What is taken off column r comes from values of this column that are not divided yet.
      for (let below = r; below < 4; below++) {
        const at = tile + (r << 5) + (below << 3);
        store<f64>(at, load<f64>(at) - share * load<f64>(column + (below << 3)));
      }
      store<f64>(column + (r << 3), share);
    }
  }
}

/** A tile below a diagonal one that is L by now becomes L, too; times the pivots it goes to `whole`. */
function solveTile(tile: usize, diagonal: usize, pivots: usize, whole: usize): void {
  for (let c: usize = 0; c < 4; c++) {
    let x = v128.load(tile + (c << 5));
    let y = v128.load(tile + (c << 5), 16);
    for (let before: usize = 0; before < c; before++) {
      const s = v128.load64_splat(diagonal + (before << 5) + (c << 3));
      x = f64x2.sub(x, f64x2.mul(v128.load(whole + (before << 5)), s));
      y = f64x2.sub(y, f64x2.mul(v128.load(whole + (before << 5), 16), s));
    }
    v128.store(whole + (c << 5), x);
    v128.store(whole + (c << 5), y, 16);
    const pivot = v128.load64_splat(pivots + (c << 3));
    v128.store(tile + (c << 5), f64x2.div(x, pivot));
    v128.store(tile + (c << 5), f64x2.div(y, pivot), 16);
  }
}

/**
 * L D L' in place: L below the diagonal, D in `pivots`, of which the first `above` are at least `least` and the others at most that below 0.
 * `work`: PANEL values for each row.
 */
export function factorDense(matrix: usize, groups: usize, above: usize, least: f64, pivots: usize, work: usize): void {
  const wide = PANEL << 5;
  for (let first: usize = 0; first < groups; first += PANEL >> 2) {
    const next = min(first + (PANEL >> 2), groups);
    for (let j = first; j < next; j++) {
      const depth = (j - first) << 2;
      const right = work + (j - first) * wide;
      const diagonal = rowsOf(matrix, j) + (j << 7);
      for (let i = j; i < groups; i++) {
        const left = rowsOf(matrix, i) + (first << 7);
        const tile = left + (depth << 5);
        subtractProducts(tile, left, right, depth);
        if (i === j) factorTile(tile, <isize>above - <isize>(j << 2), least, pivots + (j << 5));
        else solveTile(tile, diagonal, pivots + (j << 5), work + (i - first) * wide + (depth << 5));
      }
    }
    const depth = (next - first) << 2;
    for (let near = next; near < groups; near += NEAR) {
      const end = min(near + NEAR, groups);
      for (let j = next; j < end; j++) {
        const right = work + (j - first) * wide;
        for (let i = max(j, near); i < end; i++) {
          const rows = rowsOf(matrix, i);
          subtractProducts(rows + (j << 7), rows + (first << 7), right, depth);
        }
      }
    }
  }
}

/** x becomes the solution of L D L' x = x. */
export function solveDense(matrix: usize, groups: usize, pivots: usize, x: usize): void {
  for (let g: usize = 0; g < groups; g++) {
    let rows = rowsOf(matrix, g);
    const own = x + (g << 5);
    let a0 = v128.load(own);
    let a1 = v128.load(own, 16);
    let b0 = f64x2.splat(0);
    let b1 = f64x2.splat(0);
    for (let k = x; k < own; k += 16) {
      let s = v128.load64_splat(k);
      a0 = f64x2.sub(a0, f64x2.mul(v128.load(rows), s));
      a1 = f64x2.sub(a1, f64x2.mul(v128.load(rows, 16), s));
      s = v128.load64_splat(k, 8);
      b0 = f64x2.add(b0, f64x2.mul(v128.load(rows, 32), s));
      b1 = f64x2.add(b1, f64x2.mul(v128.load(rows, 48), s));
      rows += 64;
    }
    v128.store(own, f64x2.sub(a0, b0));
    v128.store(own, f64x2.sub(a1, b1), 16);
    for (let c: usize = 0; c < 3; c++)
      for (let r = c + 1; r < 4; r++)
        store<f64>(own + (r << 3), load<f64>(own + (r << 3)) - load<f64>(rows + (c << 5) + (r << 3)) * load<f64>(own + (c << 3)));
  }
  for (let g: usize = 0; g < groups << 5; g += 16) v128.store(x + g, f64x2.div(v128.load(x + g), v128.load(pivots + g)));
  for (let g = groups; g > 0; g--) {
    let rows = rowsOf(matrix, g - 1);
    const own = x + ((g - 1) << 5);
    const tile = rows + ((g - 1) << 7);
    for (let c: usize = 3; c > 0; c--)
      for (let r = c; r < 4; r++)
        store<f64>(
          own + ((c - 1) << 3),
          load<f64>(own + ((c - 1) << 3)) - load<f64>(tile + ((c - 1) << 5) + (r << 3)) * load<f64>(own + (r << 3)),
        );
    const y0 = v128.load(own);
    const y1 = v128.load(own, 16);
    for (let k = x; k < own; k += 16) {
      const p = f64x2.add(f64x2.mul(v128.load(rows), y0), f64x2.mul(v128.load(rows, 16), y1));
      const q = f64x2.add(f64x2.mul(v128.load(rows, 32), y0), f64x2.mul(v128.load(rows, 48), y1));
      v128.store(k, f64x2.sub(v128.load(k), pairSums(p, q)));
      rows += 64;
    }
  }
}

/** [p0 + p1, q0 + q1]. */
function pairSums(p: v128, q: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(p, q, 0, 2), v128.shuffle<f64>(p, q, 1, 3));
}

/** Takes the product of a symmetric matrix, whose diagonal is left out, with x off y. */
export function takeProductOff(matrix: usize, groups: usize, x: usize, y: usize): void {
  for (let g: usize = 0; g < groups; g++) {
    let rows = rowsOf(matrix, g);
    const own = x + (g << 5);
    const out = y + (g << 5);
    const x0 = v128.load(own);
    const x1 = v128.load(own, 16);
    let a0 = f64x2.splat(0);
    let a1 = f64x2.splat(0);
    let b0 = f64x2.splat(0);
    let b1 = f64x2.splat(0);
    let to = y;
    for (let k = x; k < own; k += 16) {
      const v0 = v128.load(rows);
      const v1 = v128.load(rows, 16);
      const w0 = v128.load(rows, 32);
      const w1 = v128.load(rows, 48);
      let s = v128.load64_splat(k);
      a0 = f64x2.add(a0, f64x2.mul(v0, s));
      a1 = f64x2.add(a1, f64x2.mul(v1, s));
      s = v128.load64_splat(k, 8);
      b0 = f64x2.add(b0, f64x2.mul(w0, s));
      b1 = f64x2.add(b1, f64x2.mul(w1, s));
      const p = f64x2.add(f64x2.mul(v0, x0), f64x2.mul(v1, x1));
      const q = f64x2.add(f64x2.mul(w0, x0), f64x2.mul(w1, x1));
      v128.store(to, f64x2.sub(v128.load(to), pairSums(p, q)));
      rows += 64;
      to += 16;
    }
    v128.store(out, f64x2.sub(v128.load(out), f64x2.add(a0, b0)));
    v128.store(out, f64x2.sub(v128.load(out, 16), f64x2.add(a1, b1)), 16);
    for (let c: usize = 0; c < 3; c++)
      for (let r = c + 1; r < 4; r++) {
        const value = load<f64>(rows + (c << 5) + (r << 3));
        store<f64>(out + (r << 3), load<f64>(out + (r << 3)) - value * load<f64>(own + (c << 3)));
        store<f64>(out + (c << 3), load<f64>(out + (c << 3)) - value * load<f64>(own + (r << 3)));
      }
  }
}

/**
 * `count` columns that meet the same `rows` others, each with its `rows` values in a line: they become those of L, and what they take off the
 * others goes to the matrix `sums`, which begins at 0. `work`: twice 64 values for each row, rounded up to a multiple of 4.
 */
export function eliminateRun(values: usize, pivots: usize, count: usize, rows: usize, sums: usize, work: usize): void {
  const groups = (rows + 3) >> 2;
  const size = groups * (CHUNK << 5);
  memory.fill(work, 0, size << 1);
  for (let first: usize = 0; first < count; first += CHUNK) {
    const depth = min(CHUNK, count - first);
    for (let k: usize = 0; k < depth; k++) {
      const pivot = load<f64>(pivots + ((first + k) << 3));
      const line = values + (((first + k) * rows) << 3);
      for (let i: usize = 0; i < rows; i++) {
        const value = load<f64>(line + (i << 3));
        const share = value / pivot;
        const at = work + (i >> 2) * (CHUNK << 5) + (k << 5) + ((i & 3) << 3);
        store<f64>(at, value);
        store<f64>(at + size, share);
        store<f64>(line + (i << 3), share);
      }
    }
    for (let i: usize = 0; i < groups; i++)
      for (let j: usize = 0; j <= i; j++)
        subtractProducts(rowsOf(sums, i) + (j << 7), work + size + i * (CHUNK << 5), work + j * (CHUNK << 5), depth);
  }
}

/** Takes the products of a run's values with x off y: x has one for each column, y one for each row. */
export function runOffRows(values: usize, count: usize, rows: usize, x: usize, y: usize): void {
  const end = y + (rows << 3);
  for (let k: usize = 0; k < count; k++) {
    const s = load<f64>(x + (k << 3));
    for (let to = y; to < end; to += 8) {
      store<f64>(to, load<f64>(to) - load<f64>(values) * s);
      values += 8;
    }
  }
}

/** Takes the products of a run's values with y off x. */
export function runOffColumns(values: usize, count: usize, rows: usize, y: usize, x: usize): void {
  const end = y + (rows << 3);
  for (let k: usize = 0; k < count; k++) {
    let sum: f64 = 0;
    let odd: f64 = 0;
    let from = y;
    for (; from + 8 < end; from += 16) {
      sum += load<f64>(values) * load<f64>(from);
      odd += load<f64>(values, 8) * load<f64>(from, 8);
      values += 16;
    }
    if (from < end) {
      sum += load<f64>(values) * load<f64>(from);
      values += 8;
    }
    store<f64>(x + (k << 3), load<f64>(x + (k << 3)) - (sum + odd));
  }
}
