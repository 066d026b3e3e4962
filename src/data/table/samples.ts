// Samples of a table: rows with a label, each with the past that may be read for it. One reader serves families that want all windows in
// memory (`trainingSetOf`) and those that read them by position (`sampleSourceOf`).
import { TruewindError } from "#base/errors.js";
import { type IsoDate, DAY_US, utcMidnight } from "#domain/time.js";
import type { PastFrames, SampleFacts, SampleSource, TrainingSet } from "#ports/model.js";
import { orderByTime } from "./order-by-time.js";
import type { Table } from "./row-file.js";
import { type Windows, instrumentOf } from "./windows.js";

/** Both days belong to it. */
export interface DateRange {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/** `direction`: labels are -1, +1, and 0 for no sample. `value`: any number. */
export type Task = "direction" | "value";

/** Ordered by (asOf, instrument). */
export interface TableSamples extends SampleFacts {
  /** The row of the table that holds each label. */
  readonly labelRow: Int32Array;
}

/**
 * Labels of the range whose past has at least one row. `asOf` is when the newest row that may be read was known, `labelEndAt` when the
 * label's own row was. Throws `bad-file` when a label of a direction is none.
 */
export function selectSamples(table: Table, windows: Windows, task: Task, range: DateRange): TableSamples {
  const { labels, times, knownAfter } = table;
  if (labels === null) throw new TruewindError("bad-file", "The table has no label column.");
  const from = utcMidnight(range.from);
  const to = utcMidnight(range.to) + DAY_US;
  const rows = new Int32Array(table.rows);
  const known = new Float64Array(table.rows);
  let found = 0;
  for (let row = 0; row < table.rows; row++) {
    const time = times[row] as number;
    const label = labels[row] as number;
    if (!(time >= from && time < to) || Number.isNaN(label)) continue;
    if (task === "direction") {
      if (label === 0) continue;
      if (label !== 1 && label !== -1)
        throw new TruewindError(
          "bad-file",
          `A label of a direction must be -1, 0 or 1, and ${table.instruments[instrumentOf(table, row)]} has ${label}: set table.task to value, or correct the file.`,
        );
    }
    const newest = windows.newest(row);
    // Training never reads the past of another file: a row before the first of its instrument is no sample.
    if (newest === null || newest < (table.firstRow[instrumentOf(table, row)] as number)) continue;
    rows[found] = row;
    known[found++] = (times[newest] as number) + knownAfter;
  }
  const order = orderByTime(known.subarray(0, found));
  const labelRow = Int32Array.from(order, (i) => rows[i] as number);
  return {
    features: table.features,
    rows: labelRow.length,
    y: Float64Array.from(labelRow, (row) => labels[row] as number),
    asOf: Float64Array.from(order, (i) => known[i] as number),
    labelEndAt: Float64Array.from(labelRow, (row) => (times[row] as number) + knownAfter),
    weight: null,
    labelRow,
  };
}

/** Leaves out samples whose label had not ended by the moment. */
export function endedBy(samples: TableSamples, moment: number): TableSamples {
  const keep = Int32Array.from(samples.labelEndAt.keys()).filter((i) => (samples.labelEndAt[i] as number) <= moment);
  if (keep.length === samples.rows) return samples;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(keep, (i) => values[i] as number);
  return {
    ...samples,
    rows: keep.length,
    y: pick(samples.y),
    asOf: pick(samples.asOf),
    labelEndAt: pick(samples.labelEndAt),
    labelRow: Int32Array.from(keep, (i) => samples.labelRow[i] as number),
  };
}

export function sampleSourceOf(samples: TableSamples, windows: Windows): SampleSource {
  const k = samples.features.length;
  return {
    ...samples,
    gather(wanted, steps, out) {
      for (let i = 0; i < wanted.length; i++) windows.write(samples.labelRow[wanted[i] as number] as number, steps, out, i * steps * k);
    },
  };
}

/** All in memory. `lag`: rows between a label's row and the newest that is read. */
export function trainingSetOf(table: Table, samples: TableSamples, windows: Windows, lag: number, steps: number): TrainingSet {
  const k = table.features.length;
  const x = new Float32Array(samples.rows * k);
  for (let i = 0; i < samples.rows; i++) windows.write(samples.labelRow[i] as number, 1, x, i * k);
  return { ...samples, x, past: steps === 1 ? null : pastOf(table, samples, lag) };
}

// Decisions are counted per instrument here, by its own rows: a day without a row of an instrument is no gap in its past.
function pastOf(table: Table, samples: TableSamples, lag: number): PastFrames {
  const { instruments, firstRow, rows, features } = table;
  const n = instruments.length;
  const x = new Float32Array(rows * features.length);
  table.read(0, rows, x, 0);
  const longest = instruments.reduce((most, _, i) => Math.max(most, (firstRow[i + 1] as number) - (firstRow[i] as number)), 0);
  const rowOf = new Int32Array(longest * n).fill(-1);
  for (let i = 0; i < n; i++) {
    const first = firstRow[i] as number;
    for (let row = first; row < (firstRow[i + 1] as number); row++) rowOf[(row - first) * n + i] = row;
  }
  const cell = Int32Array.from(samples.labelRow, (row) => {
    const i = instrumentOf(table, row);
    return (row - lag - (firstRow[i] as number)) * n + i;
  });
  return { x, instruments: n, rowOf, cell };
}
