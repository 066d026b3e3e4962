// Feature frames of many decisions in one matrix, members only: what training and measuring read.

export interface Decision {
  /** Moment of the decision timer, Micros. */
  readonly at: number;
  /** Instruments whose last bar ended before it are late and not members, Micros. */
  readonly since: number;
}

/** Rows ordered by (decision, instrument). About 4 bytes per row and feature. */
export interface FrameStore {
  readonly features: readonly string[];
  /** Number of instruments of the run. */
  readonly instruments: number;
  readonly decisions: readonly Decision[];
  readonly rows: number;
  /** Row-major `[row][feature]`, rounded to f32; NaN means not known. In shared memory: threads read it without a copy. */
  readonly x: Float32Array;
  /** Instrument of each row. */
  readonly instrument: Int32Array;
  /** First row of each decision, and `rows` at the end: `decisions.length + 1` entries. */
  readonly firstRow: Int32Array;
}

/** Row per `[decision][instrument]`, -1 where the instrument was no member: the way back from a row to the decisions before. Shared memory. */
export function rowsByCell({ instruments, decisions, instrument, firstRow }: FrameStore): Int32Array {
  const rowOf = new Int32Array(new SharedArrayBuffer(4 * decisions.length * instruments)).fill(-1);
  for (let d = 0; d < decisions.length; d++) {
    const end = firstRow[d + 1] as number;
    for (let row = firstRow[d] as number; row < end; row++) rowOf[d * instruments + (instrument[row] as number)] = row;
  }
  return rowOf;
}
