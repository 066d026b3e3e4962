// What a format of recordings is: how its lines become messages. One file per format.
import { TruewindError } from "#base/errors.js";
import type { FeedMessage } from "./message.js";
import type { SequenceRule } from "./sequence.js";

export type Emit = (message: FeedMessage) => void;

export interface LineReader {
  /** Gives the messages of one line. Throws LineFault when the line makes no sense. */
  line(text: string, emit: Emit): void;
  /** Gives what waited for another line. */
  end(emit: Emit): void;
}

export interface LineFormat {
  readonly name: string;
  /** Ticks are 10^-decimals. */
  readonly decimals: number;
  readonly rule: SequenceRule;
  /** True when the lines tell single orders. */
  readonly byOrder: boolean;
  /** True when best quotes come that are numbered like the book's updates. */
  readonly quoted: boolean;
  /** True when the recorder's clock is told besides the exchange's. */
  readonly hasLocalClock: boolean;
  readonly symbol: string;
  /** A fresh reader for all parts of the recording, in order. */
  reader(): LineReader;
  /** A second file whose lines belong to those of the first: the reader gets both, the second behind a line feed. */
  readonly beside?: (path: string) => string;
  /** Recorder's and exchange's time of sending, Micros, of lines that tell both; null of others. Quick: it reads no more than that. */
  clock(line: string): readonly [local: number, exchange: number] | null;
}

/** What is wrong with a line: half a sentence that follows "line 12 has ". */
export class LineFault extends Error {}

/** The fault as an error that names file and line. */
export function atLine(error: unknown, path: string, line: number): unknown {
  if (!(error instanceof LineFault)) return error;
  return new TruewindError("bad-file", `${path}, line ${line}: ${error.message}.`, { cause: error });
}
