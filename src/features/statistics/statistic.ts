// What a statistic of a window is: a pure function of the last values of one or two series. The plan gathers the values; a window that
// holds a value which is not finite gives NaN and never reaches the function. Equal windows give equal bits, wherever the plan started.

export interface Statistic {
  /** How many series it looks at. */
  readonly series: 1 | 2;
  /** Shortest window for which it is defined. */
  readonly least: number;
  /** The value's dimension is the product of the series' dimensions to these powers. */
  readonly powers: readonly [number, number];
  /** Says what each parameter means; one entry per parameter. */
  readonly params: readonly string[];
  /** True when it asks for its series in ascending order (window-sort.ts), which the plan then has ready. */
  readonly sorts?: boolean;
  /**
   * Of `x[from .. from + n)`, oldest first, and of `y` at the same places when there are two series. It may not change them.
   * NaN where the statistic is not defined (a constant window, say); the plan takes what is not finite for NaN.
   */
  value(x: Float64Array, y: Float64Array, from: number, n: number, params: readonly number[]): number;
}
