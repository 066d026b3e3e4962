// What a recursive function is: a step from cells of memory and new values to new cells and outputs. Used where no window and no plain
// exponential average says it. The plan keeps the cells; when a value is not finite the step is left out and the outputs are NaN.

export interface Fold {
  /** Number of series that it takes. */
  readonly inputs: number;
  /** One per output: its dimension is the product of the inputs' dimensions to these powers. */
  readonly outputs: readonly (readonly number[])[];
  /** Says what each parameter means; one entry per parameter. */
  readonly params: readonly string[];
  /** One per cell, powers as for outputs (a split rescales it). All begin as 0. */
  cells(params: readonly number[]): readonly (readonly number[])[];
  /** Bars before the first value of output `k`. */
  warmup(params: readonly number[], k: number): number;
  /** Bars after which what came before matters less than 1e-10 of the value's size. */
  memory(params: readonly number[]): number;
  /** Reads `x`, changes `cells`, writes every output. The arrays are the plan's: keep none of them. */
  step(cells: Float64Array, x: Float64Array, out: Float64Array, params: readonly number[]): void;
}
