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
  readonly rows: ProgramRows;
  /** Where to begin; moved inside the bounds. */
  readonly start: Float64Array;
}

/** Over `size` consecutive variables, all of them `main`; row-major. */
export interface DenseBlock {
  readonly first: number;
  readonly size: number;
  readonly values: Float64Array;
}

/** E and d: the terms of row r are those from `starts[r]` up to `starts[r + 1]`, each variable at most once. */
export interface ProgramRows {
  readonly starts: Int32Array;
  readonly variables: Int32Array;
  readonly values: Float64Array;
  readonly right: Float64Array;
  readonly stages: readonly ("early" | "late")[];
  /** For messages. */
  readonly names: readonly string[];
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
  private readonly low: number[] = [];
  private readonly high: number[] = [];
  private readonly linear: number[] = [];
  private readonly diagonal: number[] = [];
  private readonly start: number[] = [];
  private readonly stages: Stage[] = [];
  private readonly starts: number[] = [0];
  private readonly variables: number[] = [];
  private readonly values: number[] = [];
  private readonly right: number[] = [];
  private readonly rowStages: ("early" | "late")[] = [];
  private readonly names: string[] = [];
  private readonly blocks: DenseBlock[] = [];

  get size(): number {
    return this.low.length;
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
    this.high.push(high);
    this.linear.push(cost);
    this.diagonal.push(curve);
    this.start.push(start);
    this.stages.push(stage);
    return this.low.push(low) - 1;
  }

  dense(block: DenseBlock): void {
    this.blocks.push(block);
  }

  /** Each variable at most once. A row without terms is dropped: it is up to the caller that 0 is allowed. */
  row(terms: readonly Term[], options: RowOptions): void {
    this.rowOver(0, [], terms, options);
  }

  /** The same, of the variables from `first` on with one value each, and more terms. */
  rowOver(first: number, values: ArrayLike<number>, more: readonly Term[], { name, low, high, stage = "late" }: RowOptions): void {
    let size = 0;
    for (let i = 0; i < values.length; i++) size = Math.max(size, Math.abs(values[i] as number));
    for (const { value } of more) size = Math.max(size, Math.abs(value));
    if (size === 0 || (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY)) return;
    for (let i = 0; i < values.length; i++) this.term(first + i, (values[i] as number) / size);
    for (const { variable, value } of more) this.term(variable, value / size);
    let right = (low + high) / 2 / size;
    if (high - low > 1e-12) {
      const middle = Number.isFinite(right) ? right : Number.isFinite(high) ? high / size - 1 : low / size + 1;
      this.term(this.variable({ low: low / size, high: high / size, start: middle, stage: "early" }), -1);
      right = 0;
    }
    this.right.push(right);
    this.rowStages.push(stage);
    this.names.push(name);
    this.starts.push(this.variables.length);
  }

  private term(variable: number, value: number): void {
    if (value === 0) return;
    this.variables.push(variable);
    this.values.push(value);
  }

  program(): QuadraticProgram {
    return {
      low: new Float64Array(this.low),
      high: new Float64Array(this.high),
      linear: new Float64Array(this.linear),
      diagonal: new Float64Array(this.diagonal),
      start: new Float64Array(this.start),
      blocks: this.blocks,
      stages: this.stages,
      rows: {
        starts: new Int32Array(this.starts),
        variables: new Int32Array(this.variables),
        values: new Float64Array(this.values),
        right: new Float64Array(this.right),
        stages: this.rowStages,
        names: this.names,
      },
    };
  }
}
