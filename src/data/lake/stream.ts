// Reads the Parquet lake as batches of columns, in total order (seenAt, instrument). Assumes that the lake was written in that
// order, partition by partition, and refuses to go on when a file says otherwise. Never splits one moment over two batches.
import type { DuckDBDataChunk } from "@duckdb/node-api";
import { TruewindError } from "#base/errors.js";
import { BATCH_ROWS } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { allocateBatch, type DataKind, type LakeBatch, laneNames, TIME_COLUMNS } from "./columns.js";
import { openDuckDb, type DuckDbOptions, sqlText } from "./duckdb.js";
import { doublesOf, integersOf } from "./vector-numbers.js";

/** Part of a dataset; everything when empty. */
export interface StreamWindow {
  /** First `at` that belongs (inclusive), Micros. */
  readonly from?: Micros | undefined;
  /** End of `at` (exclusive), Micros. */
  readonly to?: Micros | undefined;
  /** Rows of the dataset's instrument list to keep, ascending; they are renumbered from 0 in that order. */
  readonly keep?: readonly number[] | undefined;
}

/** Streams the partitions in order. */
export async function* streamPartitions(
  kind: DataKind,
  partitions: readonly string[],
  window: StreamWindow = {},
  options: DuckDbOptions = {},
): AsyncGenerator<LakeBatch> {
  const db = await openDuckDb(null, null, options);
  try {
    const packer = new BatchPacker(kind, window.keep);
    for (const partition of partitions) {
      const result = await db.connection.stream(partitionSql(kind, partition, window));
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        packer.add(chunk, partition);
        for (let batch = packer.take(false); batch !== null; batch = packer.take(false)) yield batch;
      }
    }
    for (let batch = packer.take(true); batch !== null; batch = packer.take(true)) yield batch;
  } finally {
    db.close();
  }
}

// No ORDER BY: a plain scan keeps the file's order (preserve_insertion_order), and the packer checks it row by row.
function partitionSql(kind: DataKind, partition: string, window: StreamWindow): string {
  const names = laneNames(kind).map((name) =>
    (TIME_COLUMNS[kind] as readonly string[]).includes(name) ? `CAST(${name} AS DOUBLE)` : name,
  );
  const where: string[] = [];
  if (window.from !== undefined) where.push(`end_at >= ${window.from}`);
  if (window.to !== undefined) where.push(`end_at < ${window.to}`);
  if (window.keep !== undefined) where.push(keptSql(window.keep));
  const filter = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
  return `SELECT ix, ${names.join(", ")} FROM read_parquet(${sqlText(partition)})${filter}`;
}

/** A look into a list, not `ix IN (...)`: of many values that becomes a join, and a join does not keep the order of the file. */
function keptSql(keep: readonly number[]): string {
  const flags = new Array<boolean>((keep.at(-1) ?? -1) + 1).fill(false);
  for (const ix of keep) flags[ix] = true;
  return keep.length === 0 ? "false" : `coalesce([${flags.join(",")}][ix + 1], false)`;
}

/** Copies chunks into batches that end at the end of a moment. */
class BatchPacker {
  private capacity = BATCH_ROWS * 2;
  private filled = 0;
  private room;
  private readonly renumber: Int32Array | null;
  private readonly seenLane: number;
  private lastSeen = Number.NEGATIVE_INFINITY;
  private lastIx = -1;

  constructor(
    private readonly kind: DataKind,
    keep: readonly number[] | undefined,
  ) {
    this.room = allocateBatch(kind, this.capacity);
    this.seenLane = laneNames(kind).indexOf("seen_at");
    this.renumber = keep === undefined ? null : renumbering(keep);
  }

  add(chunk: DuckDBDataChunk, partition: string): void {
    const rows = chunk.rowCount;
    while (this.filled + rows > this.capacity) this.grow();
    const target = this.room.batch.instrument;
    target.set(integersOf(chunk, 0), this.filled);
    this.room.lanes.forEach((lane, c) => {
      lane.set(doublesOf(chunk, c + 1), this.filled);
    });
    this.checkOrder(rows, partition);
    if (this.renumber !== null) {
      for (let r = this.filled; r < this.filled + rows; r++) target[r] = this.renumber[target[r] as number] as number;
    }
    this.filled += rows;
  }

  /** The next whole batch; null when more rows are needed, or at the end. */
  take(last: boolean): LakeBatch | null {
    if (this.filled === 0 || (!last && this.filled <= BATCH_ROWS)) return null;
    const seen = this.room.batch.seenAt;
    let end = Math.min(this.filled, BATCH_ROWS);
    if (end < this.filled && seen[end] === seen[end - 1]) {
      const moment = seen[end - 1];
      let start = end - 1;
      while (start > 0 && seen[start - 1] === moment) start--;
      // A moment wider than a whole batch makes a wider batch: it may not be split.
      if (start > 0) end = start;
      else while (end < this.filled && seen[end] === moment) end++;
    }
    if (end === this.filled && !last) return null;
    return this.cut(end);
  }

  private cut(end: number): LakeBatch {
    const out = allocateBatch(this.kind, end);
    out.batch.instrument.set(this.room.batch.instrument.subarray(0, end));
    this.room.batch.instrument.copyWithin(0, end, this.filled);
    out.lanes.forEach((lane, c) => {
      const from = this.room.lanes[c] as Float64Array;
      lane.set(from.subarray(0, end));
      from.copyWithin(0, end, this.filled);
    });
    this.filled -= end;
    return out.batch;
  }

  private grow(): void {
    this.capacity *= 2;
    const wider = allocateBatch(this.kind, this.capacity);
    wider.batch.instrument.set(this.room.batch.instrument);
    wider.lanes.forEach((lane, c) => lane.set(this.room.lanes[c] as Float64Array));
    this.room = wider;
  }

  private checkOrder(rows: number, partition: string): void {
    const seen = this.room.lanes[this.seenLane] as Float64Array;
    const ixs = this.room.batch.instrument;
    for (let r = this.filled; r < this.filled + rows; r++) {
      const at = seen[r] as number;
      const ix = ixs[r] as number;
      const repeats = this.kind === "bar" ? ix <= this.lastIx : ix < this.lastIx;
      if (at < this.lastSeen || (at === this.lastSeen && repeats) || Number.isNaN(at)) {
        throw new TruewindError(
          "bad-file",
          `${partition} is not in time order: it was changed after the import; import the dataset again.`,
        );
      }
      this.lastSeen = at;
      this.lastIx = ix;
    }
  }
}

function renumbering(keep: readonly number[]): Int32Array {
  const map = new Int32Array((keep.at(-1) ?? -1) + 1).fill(-1);
  keep.forEach((old, fresh) => {
    map[old] = fresh;
  });
  return map;
}
