// Rows of a feature part in memory, column by column, until they fill one Parquet file. Assumes rows in order of (seenAt, instrument).
// Files of a part are cut by rows alone, so a part that grew day by day has the files of one that was computed at once.
import { createHash } from "node:crypto";

/** Bytes of numbers in a file before compression; bounds the memory of a worker. */
const SEGMENT_BYTES = 32 * 1024 * 1024;
const LEAST_ROWS = 2048;

/** Rows after which a file ends, at the next end of a moment. */
export function segmentRows(features: number): number {
  return Math.max(LEAST_ROWS, Math.floor(SEGMENT_BYTES / (8 * (features + 3))));
}

export class SegmentBuffer {
  rows = 0;
  /** Number of the instrument within the part. */
  instrument: Int32Array;
  at: Float64Array;
  seenAt: Float64Array;
  readonly columns: Float64Array[];
  private capacity: number;

  constructor(readonly features: number) {
    this.capacity = Math.min(segmentRows(features), LEAST_ROWS);
    this.instrument = new Int32Array(this.capacity);
    this.at = new Float64Array(this.capacity);
    this.seenAt = new Float64Array(this.capacity);
    this.columns = Array.from({ length: features }, () => new Float64Array(this.capacity));
  }

  /** Takes one row: the features of `instrument`, which begin at `from` of a row-major table. */
  add(instrument: number, at: number, seenAt: number, values: Float64Array, from: number): void {
    if (this.rows === this.capacity) this.grow();
    const row = this.rows++;
    this.instrument[row] = instrument;
    this.at[row] = at;
    this.seenAt[row] = seenAt;
    const { columns } = this;
    for (let c = 0; c < columns.length; c++) {
      const v = values[from + c] as number;
      (columns[c] as Float64Array)[row] = Number.isNaN(v) ? Number.NaN : v;
    }
  }

  clear(): void {
    this.rows = 0;
  }

  /** SHA-256 of the columns; NaN has one form. */
  hash(): string {
    const hash = createHash("sha256");
    for (const lane of [this.instrument, this.at, this.seenAt, ...this.columns]) {
      hash.update(new Uint8Array(lane.buffer, lane.byteOffset, this.rows * lane.BYTES_PER_ELEMENT));
    }
    return hash.digest("hex");
  }

  private grow(): void {
    this.capacity *= 2;
    const wider = (lane: Float64Array): Float64Array => {
      const room = new Float64Array(this.capacity);
      room.set(lane);
      return room;
    };
    const instrument = new Int32Array(this.capacity);
    instrument.set(this.instrument);
    this.instrument = instrument;
    this.at = wider(this.at);
    this.seenAt = wider(this.seenAt);
    this.columns.forEach((lane, c) => (this.columns[c] = wider(lane)));
  }
}
