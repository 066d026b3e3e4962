// Walk-forward: a model is fitted anew every few decisions on labels that have ended, and predicts until the next fit.
import { blankSheet, type Decision, type Desk } from "./desk.js";
import type { Labels } from "./labels.js";
import { type Columns, type Fit, usable } from "./models.js";

export interface Walk {
  /** The first decision predicted, and decisions between fits. */
  readonly first: number;
  readonly refit: number;
  /** Decisions looked back on, those too young left out. */
  readonly window: number;
}

/** Cells of earlier decisions, the last `window` of them, whose labels have ended when decision `r` is made. */
export function ripeCells(desk: Desk, labels: Labels, r: number, window: number): number[] {
  const { at } = desk.decisions[r] as Decision;
  const cells: number[] = [];
  for (let cell = Math.max(r - window, 0) * desk.width; cell < r * desk.width; cell++)
    if ((labels.endAt[cell] as number) <= at) cells.push(cell);
  return cells;
}

/** `trainingCells` says what a fit at decision `r` may learn from. */
export function walkForward(
  desk: Desk,
  columns: Columns,
  labels: Labels,
  fit: Fit,
  walk: Walk,
  trainingCells: (r: number) => readonly number[] = (r) => ripeCells(desk, labels, r, walk.window),
): Float64Array {
  const predictions = blankSheet(desk);
  for (let r = walk.first; r < desk.decisions.length; r += walk.refit) {
    const predict = fit(columns, labels.value, usable(columns, labels.value, trainingCells(r)));
    const end = Math.min(r + walk.refit, desk.decisions.length) * desk.width;
    for (let cell = r * desk.width; cell < end; cell++) predictions[cell] = predict(cell);
  }
  return predictions;
}
