// Factors of the system that a step of an interior-point method solves, [H + r, E'; E, -r] = L D L': quasi-definite, so that any order of
// elimination has factors (Vanderbei 1995, "Symmetric quasidefinite matrices"). Pieces with few neighbors are eliminated on their sparse
// pattern, worked out once; what is left is dense and is done row by row.
import type { ProgramRow, QuadraticProgram, Stage } from "./quadratic-program.js";

const PANEL = 48;
const STAGES = { early: 0, main: 2, late: 3 } as const;

export class SystemFactor {
  /** Position of each variable, then of each row. */
  private readonly position: Int32Array;
  private readonly sparse: number;
  private readonly tail: number;
  private readonly starts: Int32Array;
  private readonly rowsOf: Int32Array;
  private readonly lower: Float64Array;
  private readonly pattern: Float64Array;
  private readonly pivots: Float64Array;
  private readonly dense: Float64Array;
  /** Of the tail: what does not change from step to step. */
  private readonly fixed: Float64Array;
  private readonly work: Float64Array;
  /** Rows of the panel at work, times its pivots. */
  private readonly panel: Float64Array;

  /** `scale`: factor of P. */
  constructor({ stages, rows, blocks }: QuadraticProgram, scale: number) {
    const n = stages.length;
    const size = n + rows.length;
    const rank = (at: number): number => {
      if (at < n) return STAGES[stages[at] as Stage];
      return (rows[at - n] as ProgramRow).stage === "early" ? 1 : 4;
    };
    const order = Array.from({ length: size }, (_, at) => at).sort((a, b) => rank(a) - rank(b) || a - b);
    this.position = new Int32Array(size);
    order.forEach((at, place) => (this.position[at] = place));
    // Weights that all meet each other, in a dense P or in the rows of scenarios, are dense from there on. A row of one weight and the many
    // lines of its costs brings none together.
    const weightsOf = ({ terms }: ProgramRow): number => terms.filter(({ variable }) => stages[variable] === "main").length;
    const wide = blocks.length > 0 || rows.some((row) => row.stage === "early" && weightsOf(row) > 16);
    const firstDense = order.findIndex((at) => rank(at) >= (wide ? 2 : 3));
    this.sparse = firstDense < 0 ? size : firstDense;
    this.tail = size - this.sparse;

    const columns: Set<number>[] = Array.from({ length: this.sparse }, () => new Set<number>());
    this.fixed = new Float64Array(this.tail * this.tail);
    const entries: [column: number, row: number, value: number][] = [];
    rows.forEach((row, r) => {
      for (const { variable, value } of row.terms) {
        const [a, b] = [this.position[variable] as number, this.position[n + r] as number];
        entries.push([Math.min(a, b), Math.max(a, b), value]);
      }
    });
    for (const [column, row, value] of entries) {
      if (column < this.sparse) (columns[column] as Set<number>).add(row);
      else this.fixed[(row - this.sparse) * this.tail + column - this.sparse] = value;
    }
    for (const block of blocks) {
      const first = (this.position[block.first] as number) - this.sparse;
      for (let i = 0; i < block.size; i++)
        for (let j = 0; j < i; j++) this.fixed[(first + i) * this.tail + first + j] = scale * (block.values[i * block.size + j] as number);
    }
    const lists = columns.map((column, j) => {
      const list = [...column].sort((a, b) => a - b);
      const parent = list[0];
      if (parent !== undefined && parent < this.sparse) for (const row of list.slice(1)) (columns[parent] as Set<number>).add(row);
      columns[j] = new Set();
      return list;
    });
    this.starts = new Int32Array(this.sparse + 1);
    lists.forEach((list, j) => (this.starts[j + 1] = (this.starts[j] as number) + list.length));
    this.rowsOf = Int32Array.from(lists.flat());
    this.lower = new Float64Array(this.rowsOf.length);
    this.pattern = new Float64Array(this.rowsOf.length);
    for (const [column, row, value] of entries) if (column < this.sparse) this.pattern[this.slot(column, row)] = value;
    this.pivots = new Float64Array(size);
    this.dense = new Float64Array(this.tail * this.tail);
    this.work = new Float64Array(size);
    this.panel = new Float64Array(this.tail * PANEL);
  }

  private slot(column: number, row: number): number {
    let [a, b] = [this.starts[column] as number, (this.starts[column + 1] as number) - 1];
    while (a < b) {
      const middle = (a + b) >> 1;
      if ((this.rowsOf[middle] as number) < row) a = middle + 1;
      else b = middle;
    }
    return a;
  }

  /** `curve`: the diagonal of H with that of P, the block's own included; `ridge`: r, above 0. */
  factor(curve: Float64Array, ridge: number): void {
    const { position, pivots, lower, dense, sparse, tail, starts, rowsOf } = this;
    const n = curve.length;
    lower.set(this.pattern);
    dense.set(this.fixed);
    for (let at = 0; at < position.length; at++) {
      const value = at < n ? (curve[at] as number) + ridge : -ridge;
      const place = position[at] as number;
      pivots[place] = value;
      if (place >= sparse) dense[(place - sparse) * (tail + 1)] = value;
    }
    for (let j = 0; j < sparse; j++) {
      const pivot = pivots[j] as number;
      const [from, to] = [starts[j] as number, starts[j + 1] as number];
      for (let a = from; a < to; a++) {
        const value = lower[a] as number;
        if (value === 0) continue;
        const share = value / pivot;
        const r = rowsOf[a] as number;
        if (r >= sparse) {
          const c = r - sparse;
          for (let b = a; b < to; b++) {
            const at = ((rowsOf[b] as number) - sparse) * tail + c;
            dense[at] = (dense[at] as number) - share * (lower[b] as number);
          }
        } else {
          pivots[r] = (pivots[r] as number) - share * value;
          let at = starts[r] as number;
          for (let b = a + 1; b < to; b++) {
            const row = rowsOf[b] as number;
            while ((rowsOf[at] as number) < row) at++;
            lower[at] = (lower[at] as number) - share * (lower[b] as number);
          }
        }
      }
      for (let a = from; a < to; a++) lower[a] = (lower[a] as number) / pivot;
    }
    this.factorTail();
  }

  /** By panels of columns: within a panel entry by entry, then what it takes off the rest in blocks of 2 x 4 that stay in registers. */
  private factorTail(): void {
    const { dense, tail, pivots, sparse, panel } = this;
    for (let first = 0; first < tail; first += PANEL) {
      const width = Math.min(PANEL, tail - first);
      for (let i = first; i < tail; i++) {
        const row = i * tail + first;
        const inside = Math.min(i - first, width);
        for (let j = 0; j < inside; j++) dense[row + j] = (dense[row + j] as number) - product(dense, row, (first + j) * tail + first, j);
        let pivot = i - first < width ? (dense[row + i - first] as number) : 0;
        for (let j = 0; j < inside; j++) {
          const value = dense[row + j] as number;
          const share = value / (pivots[sparse + first + j] as number);
          panel[(i - first) * PANEL + j] = value;
          pivot -= value * share;
          dense[row + j] = share;
        }
        if (i - first < width) pivots[sparse + i] = pivot;
      }
      subtractPanel(dense, panel, tail, first, width);
    }
  }

  /** Solves for the right side `variables` above `rows`, in place. */
  solve(variables: Float64Array, rows: Float64Array): void {
    const { work, position, pivots, lower, starts, rowsOf, sparse, tail, dense } = this;
    const n = variables.length;
    for (let at = 0; at < position.length; at++)
      work[position[at] as number] = at < n ? (variables[at] as number) : (rows[at - n] as number);
    for (let j = 0; j < sparse; j++) {
      const value = work[j] as number;
      if (value === 0) continue;
      for (let a = starts[j] as number; a < (starts[j + 1] as number); a++) {
        const r = rowsOf[a] as number;
        work[r] = (work[r] as number) - (lower[a] as number) * value;
      }
    }
    for (let i = 0; i < tail; i++) {
      let sum = work[sparse + i] as number;
      for (let j = 0, at = i * tail; j < i; j++, at++) sum -= (dense[at] as number) * (work[sparse + j] as number);
      work[sparse + i] = sum;
    }
    for (let at = 0; at < work.length; at++) work[at] = (work[at] as number) / (pivots[at] as number);
    for (let i = tail - 1; i >= 0; i--) {
      const value = work[sparse + i] as number;
      for (let j = 0, at = i * tail; j < i; j++, at++) work[sparse + j] = (work[sparse + j] as number) - (dense[at] as number) * value;
    }
    for (let j = sparse - 1; j >= 0; j--) {
      let sum = work[j] as number;
      for (let a = starts[j] as number; a < (starts[j + 1] as number); a++)
        sum -= (lower[a] as number) * (work[rowsOf[a] as number] as number);
      work[j] = sum;
    }
    for (let at = 0; at < position.length; at++) {
      const value = work[position[at] as number] as number;
      if (at < n) variables[at] = value;
      else rows[at - n] = value;
    }
  }
}

/** Takes panel x (its rows in `dense`)' off the lower half of what is right of the panel. */
function subtractPanel(dense: Float64Array, panel: Float64Array, tail: number, first: number, width: number): void {
  const next = first + width;
  for (let i = next; i < tail; i += 2) {
    const two = i + 1 < tail;
    const a = (i - first) * PANEL;
    const b = two ? a + PANEL : a;
    const most = two ? i + 1 : i;
    for (let j = next; j <= most; j += 4) {
      const [c, d] = [j * tail + first, Math.min(j + 1, tail - 1) * tail + first];
      const [e, f] = [Math.min(j + 2, tail - 1) * tail + first, Math.min(j + 3, tail - 1) * tail + first];
      let [p0, p1, p2, p3, q0, q1, q2, q3] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < width; k++) {
        const x = panel[a + k] as number;
        const y = panel[b + k] as number;
        const l0 = dense[c + k] as number;
        const l1 = dense[d + k] as number;
        const l2 = dense[e + k] as number;
        const l3 = dense[f + k] as number;
        p0 += x * l0;
        p1 += x * l1;
        p2 += x * l2;
        p3 += x * l3;
        q0 += y * l0;
        q1 += y * l1;
        q2 += y * l2;
        q3 += y * l3;
      }
      // Above the diagonal nothing is ever read: it may be written as long as it stays in the row.
      const at = i * tail + j;
      const room = tail - j;
      dense[at] = (dense[at] as number) - p0;
      if (room > 1) dense[at + 1] = (dense[at + 1] as number) - p1;
      if (room > 2) dense[at + 2] = (dense[at + 2] as number) - p2;
      if (room > 3) dense[at + 3] = (dense[at + 3] as number) - p3;
      if (!two) continue;
      const under = at + tail;
      dense[under] = (dense[under] as number) - q0;
      if (room > 1) dense[under + 1] = (dense[under + 1] as number) - q1;
      if (room > 2) dense[under + 2] = (dense[under + 2] as number) - q2;
      if (room > 3) dense[under + 3] = (dense[under + 3] as number) - q3;
    }
  }
}

/** Sum of `length` products of two rows of the same matrix. */
function product(values: Float64Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += (values[a + k] as number) * (values[b + k] as number);
    s1 += (values[a + k + 1] as number) * (values[b + k + 1] as number);
    s2 += (values[a + k + 2] as number) * (values[b + k + 2] as number);
    s3 += (values[a + k + 3] as number) * (values[b + k + 3] as number);
  }
  for (; k < length; k++) s0 += (values[a + k] as number) * (values[b + k] as number);
  return s0 + s1 + s2 + s3;
}
