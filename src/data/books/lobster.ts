// LOBSTER: a file of messages about single orders, and beside it the best levels after each. Messages about levels that are not among the
// best are not in the file, so the levels are read as they are given; lobster-check.ts makes them from the messages as far as that goes.
import { existsSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import { zonedToMicros } from "#data/calendar/zone.js";
import { type Emit, LineFault, type LineFormat } from "./line-format.js";

const MESSAGE = /^\d{1,5}(\.\d+)?,[1-7],\d+,\d+,-?\d+,-?1$/;
/** An empty level of the orderbook file. */
const NO_LEVEL = 9_999_999_999;

/** `SYMBOL_YYYY-MM-DD_..._message_N.csv`: the day is nowhere else. */
const NAME = /([^/\\]+?)_(\d{4}-\d{2}-\d{2})_[^/\\]*_message_\d+\.csv(\.gz)?$/;

export function detectLobster(lines: readonly string[], path: string): LineFormat | null {
  if (lines.length === 0 || !lines.slice(0, 5).every((line) => MESSAGE.test(line))) return null;
  const name = NAME.exec(path);
  const book = orderBookFile(path);
  if (name === null || !existsSync(book)) {
    throw new TruewindError(
      "bad-file",
      `${path} holds LOBSTER messages, but ${name === null ? "its name does not tell symbol and day (SYMBOL_YYYY-MM-DD_..._message_10.csv)" : `the levels are missing: ${book}`}.`,
    );
  }
  const midnight = zonedToMicros(`${name[2] as string}T00:00:00`, "America/New_York");
  return {
    name: "LOBSTER messages",
    decimals: 4,
    rule: "uncounted",
    byOrder: false,
    quoted: false,
    hasLocalClock: false,
    symbol: name[1] as string,
    reader: () => ({ line: (text, emit) => readPair(text, midnight, emit), end: () => undefined }),
    beside: orderBookFile,
    clock: () => null,
  };
}

export function orderBookFile(path: string): string {
  return path.replace(/_message_(\d+\.csv(\.gz)?)$/, "_orderbook_$1");
}

export interface LobsterLevels {
  /** Ticks of 1/10000 dollar and sizes in turn, best first. */
  readonly bids: readonly number[];
  readonly asks: readonly number[];
}

/** A line of the orderbook file: ask price, ask size, bid price, bid size, level by level. Throws LineFault. */
export function parseLobsterLevels(line: string): LobsterLevels {
  const fields = line.split(",").map(Number);
  if (fields.length < 4 || fields.length % 4 !== 0 || !fields.every(Number.isSafeInteger)) throw new LineFault("it is no row of levels");
  const bids: number[] = [];
  const asks: number[] = [];
  for (let k = 0; k < fields.length; k += 4) {
    const [ask, askSize, bid, bidSize] = fields.slice(k, k + 4) as [number, number, number, number];
    if (Math.abs(ask) !== NO_LEVEL) asks.push(ask, askSize);
    if (Math.abs(bid) !== NO_LEVEL) bids.push(bid, bidSize);
  }
  return { bids, asks };
}

export interface LobsterMessage {
  /** Seconds since midnight in New York. */
  readonly seconds: number;
  /** 1 new, 2 smaller, 3 gone, 4 executed, 5 executed while hidden, 6 auction, 7 halt. */
  readonly type: number;
  readonly id: number;
  readonly size: number;
  readonly ticks: number;
  /** Of the resting order. */
  readonly side: 1 | -1;
}

/** Throws LineFault. */
export function parseLobsterMessage(line: string): LobsterMessage {
  if (!MESSAGE.test(line)) throw new LineFault("it is no LOBSTER message of six fields");
  const [seconds, type, id, size, ticks, direction] = line.split(",").map(Number) as [number, number, number, number, number, number];
  return { seconds, type, id, size, ticks, side: direction > 0 ? 1 : -1 };
}

/** A line of the messages with the line of levels beside it. */
function readPair(text: string, midnight: number, emit: Emit): void {
  const cut = text.indexOf("\n");
  const { seconds, type, size, ticks, side } = parseLobsterMessage(cut < 0 ? text : text.slice(0, cut));
  if (cut < 0) throw new LineFault("the file of levels has no line for it");
  const at = midnight + Math.floor(seconds * 1e6 + 1e-3);
  if (type === 4 || type === 5) emit({ kind: "trade", at, localAt: at, ticks, size, aggressor: side > 0 ? -1 : 1 });
  emit({ kind: "snapshot", at, localAt: at, last: null, ...parseLobsterLevels(text.slice(cut + 1)) });
}
