// Splits within a split: settings are chosen on tests that lie within the training part of an outer split, so that the outer test judges the
// choice, too. Everything within has been purged of the outer test already.
import type { SampleTimes } from "#domain/purge.js";
import { createSplitPositions, type Split } from "./split.js";

/** Positions of samples, ascending. */
export interface NestedSplit {
  readonly training: Int32Array;
  readonly testing: Int32Array;
}

/** `inner` splits what the outer split leaves to train on, as if there were nothing else. */
export function nestedSplits(times: SampleTimes, outer: Split, inner: (times: SampleTimes) => readonly Split[]): readonly NestedSplit[] {
  const within = createSplitPositions(times).training(outer);
  const take = (values: Float64Array): Float64Array => Float64Array.from(within, (row) => values[row] as number);
  const own = { begins: take(times.begins), ends: take(times.ends) };
  const positions = createSplitPositions(own);
  const outside = (rows: Int32Array): Int32Array => rows.map((row) => within[row] as number);
  return inner(own).map((split) => ({
    training: outside(positions.training(split)),
    testing: outside(positions.testing(split)),
  }));
}
