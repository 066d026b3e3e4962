// A convex quadratic program as portfolios give it: least of x'Px / 2 + q'x under low <= x <= high and sparse rows E x = d. Written down piece by
// piece; an inequality gets a variable of its own for what it leaves. Who writes it knows its structure, and says in which stage each piece is
// eliminated: the solver asks for no ordering.

/**
 * When a piece is eliminated. `early`: pieces that touch few others (trades, scenarios); `main`: the weights; `late`: what touches them all
 * (budget, groups, factors). Rows are never `main`.
 */
export type Stage = "early" | "main" | "late";

export interface Term {
  readonly variable: number;
  readonly value: number;
}

export interface QuadraticProgram {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** q. */
  readonly linear: Float64Array;
  /** Diagonal of P, besides the blocks. */
  readonly diagonal: Float64Array;
  /** Dense symmetric parts of P. */
  readonly blocks: readonly DenseBlock[];
  readonly stages: readonly Stage[];
  readonly rows: readonly ProgramRow[];
  /** Where to begin; moved inside the bounds. */
  readonly start: Float64Array;
}

/** Over `size` consecutive variables, all of them `main`; row-major. */
export interface DenseBlock {
  readonly first: number;
  readonly size: number;
  readonly values: Float64Array;
}

export interface ProgramRow {
  readonly terms: readonly Term[];
  readonly right: number;
  readonly stage: "early" | "late";
  /** For messages. */
  readonly name: string;
}

export interface VariableOptions {
  readonly low?: number;
  readonly high?: number;
  readonly cost?: number;
  readonly curve?: number;
  readonly start?: number;
  readonly stage: Stage;
}

/** What `row` allows: low <= sum of terms <= high; equal ends make it an equality. */
export interface RowOptions {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly stage?: "early" | "late";
}

export class ProgramBuilder {
  private readonly variables: Required<VariableOptions>[] = [];
  private readonly rows: ProgramRow[] = [];
  private readonly blocks: DenseBlock[] = [];

  get size(): number {
    return this.variables.length;
  }

  /** Returns its number. */
  variable({
    low = Number.NEGATIVE_INFINITY,
    high = Number.POSITIVE_INFINITY,
    cost = 0,
    curve = 0,
    start = 0,
    stage,
  }: VariableOptions): number {
    return this.variables.push({ low, high, cost, curve, start, stage }) - 1;
  }

  dense(block: DenseBlock): void {
    this.blocks.push(block);
  }

  /** Terms of one variable may occur several times. A row without terms is dropped: it is up to the caller that 0 is allowed. */
  row(terms: readonly Term[], { name, low, high, stage = "late" }: RowOptions): void {
    const merged = new Map<number, number>();
    for (const { variable, value } of terms) merged.set(variable, (merged.get(variable) ?? 0) + value);
    const kept = [...merged].filter(([, value]) => value !== 0).map(([variable, value]) => ({ variable, value }));
    if (kept.length === 0 || (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY)) return;
    let size = 0;
    for (const { value } of kept) size = Math.max(size, Math.abs(value));
    const scaled = kept.map(({ variable, value }) => ({ variable, value: value / size }));
    let right = (low + high) / 2 / size;
    if (high - low > 1e-12) {
      const middle = Number.isFinite(right) ? right : Number.isFinite(high) ? high / size - 1 : low / size + 1;
      scaled.push({ variable: this.variable({ low: low / size, high: high / size, start: middle, stage: "early" }), value: -1 });
      right = 0;
    }
    this.rows.push({ terms: scaled, right, stage, name });
  }

  program(): QuadraticProgram {
    const column = (of: (one: Required<VariableOptions>) => number): Float64Array => Float64Array.from(this.variables, of);
    return {
      low: column((one) => one.low),
      high: column((one) => one.high),
      linear: column((one) => one.cost),
      diagonal: column((one) => one.curve),
      start: column((one) => one.start),
      blocks: this.blocks,
      stages: this.variables.map((one) => one.stage),
      rows: this.rows,
    };
  }
}
