// What trees learn to make small: gradients and curvatures of a loss in the raw scores, and what follows from the loss.
import type { Link } from "../link.js";

/** Rows of one table: those that are learned from, and behind them those that are held out, both in the order of time. */
export interface Targets {
  readonly rows: number;
  /** The first so many are learned from. */
  readonly trainRows: number;
  /** Label per row, finite. */
  readonly y: Float64Array;
  /** Weight per row, positive; null: all are 1. */
  readonly weight: Float64Array | null;
  /** Decision moment of each row. */
  readonly asOf: Float64Array;
}

/** `[output][row]` over all rows of the table. */
export type Scores = readonly Float64Array[];

export interface Objective {
  /** `[output]`: the score that no tree has added to yet, which is the best constant where there is one. */
  readonly base: Float64Array;
  /** Whether curvatures differ between rows; else they are all 1, and `hessian` stays as it is. */
  readonly curved: boolean;
  /** Writes gradient and curvature of the weighted loss, `[output][row that is learned from]`. */
  derive(scores: Scores, gradient: readonly Float32Array[], hessian: readonly Float32Array[]): void;
  /**
   * The best constant to add to the scores of a leaf's rows, where Newton's step of the gradients is not it; null: the step stands.
   * L1 and L2 penalties do not reach it.
   */
  readonly refit: ((scores: Float64Array, rows: Int32Array) => number) | null;
  /** Mean weighted loss of the rows from `from` up to `to`; lower is better. */
  loss(scores: Scores, from: number, to: number): number;
  /** How scores become expected returns; `scores` gives those of the fitted trees, which only some ask for. */
  link(scores: () => Scores): Link;
}

export const weightOf = ({ weight }: Pick<Targets, "weight">, row: number): number => (weight === null ? 1 : (weight[row] as number));

/** Weighted mean over the rows from `from` up to `to`. */
export function meanOver(targets: Pick<Targets, "weight">, from: number, to: number, value: (row: number) => number): number {
  let sum = 0;
  let mass = 0;
  for (let row = from; row < to; row++) {
    const w = weightOf(targets, row);
    sum += w * value(row);
    mass += w;
  }
  return sum / mass;
}
