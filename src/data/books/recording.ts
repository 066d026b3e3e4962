// A recording of order books as a source of market data: rows of books, quotes and trades ordered by the time at which they were seen.
// Read twice: once for the clocks alone, then message by message; memory does not grow with its length but for five numbers per ten seconds.
import { stat } from "node:fs/promises";
import { TruewindError } from "#base/errors.js";
import type { EventBatch } from "#domain/market.js";
import type { MarketDataSource } from "#ports/market-data.js";
import { sliceBatch } from "./batch-writer.js";
import { type ClockSkew, ClockSkewEstimate } from "./clock-skew.js";
import { detectFormat } from "./detect-format.js";
import { atLine, type LineFormat } from "./line-format.js";
import type { FeedMessage } from "./message.js";
import { readLines } from "./read-lines.js";
import { Replayer } from "./replayer.js";

export interface RecordingOptions {
  /** True: after a gap without a snapshot the best levels may be shown again once messages have told them (healing.ts). */
  readonly heal: boolean;
}

export interface Recording extends MarketDataSource {
  /** Files that follow on one another. */
  readonly parts: readonly string[];
  readonly format: LineFormat;
  readonly skew: ClockSkew;
  /** A replay of its own, with its book and its counts; rows come in batches per block of lines. */
  replay(): { readonly replayer: Replayer; readonly batches: () => AsyncGenerator<EventBatch> };
}

/** Groups files into recordings: a file goes on with the one before it when format and symbol are the same. Throws `bad-file`. */
export async function openRecordings(paths: readonly string[], options: RecordingOptions): Promise<readonly Recording[]> {
  const groups: { format: LineFormat; parts: string[] }[] = [];
  for (const path of paths) {
    if ((await stat(path).catch(() => null))?.isDirectory() === true)
      throw new TruewindError("bad-file", `${path} is a folder: name the files of the recording, in order.`);
    const format = await detectFormat(path);
    const last = groups.at(-1);
    if (last !== undefined && last.format.name === format.name && last.format.symbol === format.symbol) last.parts.push(path);
    else groups.push({ format, parts: [path] });
  }
  return Promise.all(groups.map(async ({ format, parts }) => createRecording(format, parts, await estimateSkew(format, parts), options)));
}

/** Reads every line's clocks, and nothing else. */
export async function estimateSkew(format: LineFormat, parts: readonly string[]): Promise<ClockSkew> {
  const estimate = new ClockSkewEstimate();
  if (format.hasLocalClock) {
    for (const path of parts) {
      for await (const lines of readLines(path)) {
        for (const line of lines) {
          const clocks = format.clock(line);
          if (clocks !== null) estimate.add(clocks[0], clocks[1]);
        }
      }
    }
  }
  return estimate.estimate();
}

/** Messages of all parts, block by block. A fault names file and line. */
export async function* readMessages(format: LineFormat, parts: readonly string[]): AsyncGenerator<readonly FeedMessage[]> {
  const reader = format.reader();
  let messages: FeedMessage[] = [];
  const emit = (message: FeedMessage): void => void messages.push(message);
  for (const path of parts) {
    const beside = format.beside === undefined ? null : singleLines(format.beside(path));
    let number = 0;
    for await (const lines of readLines(path)) {
      for (const line of lines) {
        number++;
        const other = beside === null ? null : await beside.next();
        try {
          reader.line(other === null || other.done === true ? line : `${line}\n${other.value}`, emit);
        } catch (error) {
          throw atLine(error, path, number);
        }
      }
      yield messages;
      messages = [];
    }
  }
  reader.end(emit);
  yield messages;
}

export function createRecording(format: LineFormat, parts: readonly string[], skew: ClockSkew, { heal }: RecordingOptions): Recording {
  const replay = (): { readonly replayer: Replayer; readonly batches: () => AsyncGenerator<EventBatch> } => {
    const replayer = new Replayer(format, skew, heal);
    return { replayer, batches: () => batchesOf(replayer, readMessages(format, parts)) };
  };
  return { parts, format, skew, replay, batches: (fromRow) => skipRows(replay().batches(), fromRow) };
}

export async function* singleLines(path: string): AsyncGenerator<string> {
  for await (const lines of readLines(path)) yield* lines;
}

async function* batchesOf(replayer: Replayer, messages: AsyncIterable<readonly FeedMessage[]>): AsyncGenerator<EventBatch> {
  for await (const block of messages) {
    for (const message of block) replayer.take(message);
    // The batch at hand stays open: rows of one moment may come on both sides of a block's end.
    yield* replayer.writer.take(false);
  }
  yield* replayer.writer.take(true);
}

/** The book at a row follows from all rows before it, so they are replayed and left out. */
export async function* skipRows(batches: AsyncIterable<EventBatch>, fromRow: number): AsyncGenerator<EventBatch> {
  let left = fromRow;
  for await (const batch of batches) {
    if (left >= batch.length) left -= batch.length;
    else {
      yield left === 0 ? batch : sliceBatch(batch, left, batch.length);
      left = 0;
    }
  }
}
