// From shares of a parent order to slices in whole lots. What is rounded off in one slice is in the next: nothing is lost.

/**
 * Slices of an order of `lots` (signed, whole) whose rising shares done, 0 to 1, are `done`. Their sum is `lots` times the last share, rounded,
 * so all of it where that is 1. A slice is at most one lot off its exact size; where that is at most a whole number of lots, so is the slice.
 */
export function wholeSlices(lots: number, done: readonly number[]): readonly number[] {
  let before = 0;
  return done.map((share) => {
    const now = lotsDone(lots, share);
    const slice = now - before;
    before = now;
    return slice;
  });
}

/** Whole lots of `lots` (signed) at a share done, cut to 0 to 1; NaN does nothing. */
export function lotsDone(lots: number, share: number): number {
  if (!(share > 0)) return 0;
  const done = Math.round(Math.abs(lots) * Math.min(1, share) + 1e-9);
  return lots < 0 ? -done : done;
}
