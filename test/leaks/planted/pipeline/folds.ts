// Cross-validation: every usable cell is predicted by a model fitted on other folds; what was fitted on is told as it was.
import type { PipelineOutput } from "#research/leaks/subject.js";
import { blankSheet, type Decision, type Desk } from "./desk.js";
import type { Labels } from "./labels.js";
import { type Columns, type Fit, usable } from "./models.js";

export type Fold = NonNullable<PipelineOutput["folds"]>[number];

export function crossValidate(desk: Desk, columns: Columns, labels: Labels, fit: Fit, folds: readonly Fold[]): Float64Array {
  const predictions = blankSheet(desk);
  for (const { train, test } of folds) {
    const predict = fit(columns, labels.value, [...train]);
    for (const cell of test) predictions[cell] = predict(cell);
  }
  return predictions;
}

/** Folds given the number of the fold of each cell; `mayLearn` says which of the others a fold learns from. */
export function foldsBy(
  columns: Columns,
  labels: Labels,
  count: number,
  foldOf: (cell: number) => number,
  mayLearn: (cell: number, test: Int32Array) => boolean = () => true,
): readonly Fold[] {
  const cells = usable(columns, labels.value, labels.value.keys(), labels.value.length);
  return Array.from({ length: count }, (_, k) => {
    const test = Int32Array.from(cells.filter((cell) => foldOf(cell) === k));
    return { train: Int32Array.from(cells.filter((cell) => foldOf(cell) !== k && mayLearn(cell, test))), test };
  }).filter(({ train, test }) => train.length > 0 && test.length > 0);
}

/** Whole stretches of decisions. */
export const blockOf =
  (desk: Desk, count: number): ((cell: number) => number) =>
  (cell) =>
    Math.floor((Math.floor(cell / desk.width) * count) / desk.decisions.length);

/** From the decision to the end of its label; of a fold of one stretch, from its first decision to its last end. */
export function purged(desk: Desk, labels: Labels, embargo: number): (cell: number, test: Int32Array) => boolean {
  const stretches = new Map<Int32Array, { from: number; to: number; embargoed: number }>();
  const at = (cell: number): number => (desk.decisions[Math.floor(cell / desk.width)] as Decision).at;
  return (cell, test) => {
    let stretch = stretches.get(test);
    if (stretch === undefined) {
      let to = 0;
      for (const other of test) to = Math.max(to, labels.endAt[other] as number);
      const after = desk.decisions.findIndex((decision) => decision.at > to);
      const embargoed = after < 0 ? Number.POSITIVE_INFINITY : (desk.decisions[after + embargo]?.at ?? Number.POSITIVE_INFINITY);
      stretch = { from: test.length === 0 ? 0 : at(test[0] as number), to, embargoed };
      stretches.set(test, stretch);
    }
    return (labels.endAt[cell] as number) < stretch.from || at(cell) > stretch.embargoed;
  };
}
