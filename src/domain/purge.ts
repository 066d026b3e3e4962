// Which samples may train beside a test: the one law of all splits, for models, ensembles, tuning and research alike.
//
// A sample takes up the time from its decision to the end of its label. One whose time overlaps with that of a test is made of the very
// prices the test is judged on; it is purged (Lopez de Prado 2018, section 7.4.1). An embargo widens the time of the test by what prices
// remember beyond their labels (section 7.4.2). Lengths of labels may differ, and ends need not rise with decisions.

/** `begins`: moments of decision, ascending. `ends`: when each label ends, never before its decision; NaN where there is no label. */
export interface SampleTimes {
  readonly begins: Float64Array;
  readonly ends: Float64Array;
}

/** The time that one test takes up, Micros. */
export interface Zone {
  /** First decision and latest label end of the test. */
  readonly begins: number;
  readonly ends: number;
  /** The same with the embargo: `from` <= `begins`, `ends` <= `to`. */
  readonly from: number;
  readonly to: number;
}

/** Whether a sample may train beside a test: its label has ended by then, or it is decided after it. False without a label. */
export function clearOf(begins: number, ends: number, { from, to }: Pick<Zone, "from" | "to">): boolean {
  return ends <= from || (begins >= to && ends >= begins);
}

/** Widens a test's time: `from` and `to` of its zone. */
export type Embargo = (begins: number, ends: number) => Pick<Zone, "from" | "to">;

/** So much time behind the test; what lies before it needs none, as its labels have ended. */
export const embargoBehind =
  (us: number): Embargo =>
  (begins, ends) => ({ from: begins, to: ends + us });

/** Of the samples `first` to `end - 1`, which are tested. Their own labels may be unknown: the time of the decisions counts then. */
export function zoneOf({ begins, ends }: SampleTimes, first: number, end: number, embargo: Embargo): Zone {
  const from = begins[first] as number;
  let to = begins[end - 1] as number;
  for (let row = first; row < end; row++) if ((ends[row] as number) > to) to = ends[row] as number;
  return { begins: from, ends: to, ...embargo(from, to) };
}

/**
 * Cuts samples into blocks of whole decision moments and about the same number of samples; fewer than `count` when there are fewer moments.
 * Returns the first sample of each block, and the number of samples at the end.
 */
export function blockBounds(begins: Float64Array, count: number): Int32Array {
  const rows = begins.length;
  const starts: number[] = [];
  for (let row = 0; row < rows; row++) if (row === 0 || begins[row] !== begins[row - 1]) starts.push(row);
  const blocks = Math.min(count, starts.length);
  const bounds = new Int32Array(blocks + 1);
  for (let block = 1, moment = 1; block < blocks; block++, moment++) {
    // The first moment that begins at or behind the block's share, as long as each block behind keeps a moment.
    const share = (rows * block) / blocks;
    while (moment < starts.length - (blocks - block) && (starts[moment] as number) < share) moment++;
    bounds[block] = starts[moment] as number;
  }
  bounds[blocks] = rows;
  return bounds;
}

/** Positions of the samples from `first` to `end - 1` that are clear of all zones, ascending. */
export function clearPositions({ begins, ends }: SampleTimes, first: number, end: number, zones: readonly Zone[]): Int32Array {
  const out = new Int32Array(Math.max(0, end - first));
  let kept = 0;
  for (let row = first; row < end; row++)
    if (zones.every((zone) => clearOf(begins[row] as number, ends[row] as number, zone))) out[kept++] = row;
  return out.slice(0, kept);
}
