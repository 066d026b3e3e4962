// LOBSTER: a file of messages about single orders, and beside it the ten best levels after each. Our book is made from the messages; the
// given levels seed it (orders from before the file) and serve as its independent check.
import { existsSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import { zonedToMicros } from "#data/calendar/zone.js";
import type { OrderMessage } from "./message.js";
import { type Emit, LineFault, type LineFormat, type LineReader } from "./line-format.js";
import { firstLines } from "./read-lines.js";

const MESSAGE = /^\d{1,5}(\.\d+)?,[1-7],\d+,\d+,-?\d+,-?1$/;
/** An empty level of the orderbook file. */
const NO_LEVEL = 9_999_999_999;

/** `SYMBOL_YYYY-MM-DD_..._message_N.csv`: the day is nowhere else. */
const NAME = /([^/\\]+?)_(\d{4}-\d{2}-\d{2})_[^/\\]*_message_\d+\.csv(\.gz)?$/;

export async function detectLobster(lines: readonly string[], path: string): Promise<LineFormat | null> {
  if (lines.length === 0 || !lines.every((line) => MESSAGE.test(line))) return null;
  const name = NAME.exec(path);
  const book = orderBookFile(path);
  if (name === null || !existsSync(book)) {
    throw new TruewindError(
      "bad-file",
      `${path} holds LOBSTER messages, but ${name === null ? "its name does not tell symbol and day (SYMBOL_YYYY-MM-DD_..._message_10.csv)" : `the levels are missing: ${book}`}.`,
    );
  }
  const first = (await firstLines(book, 1))[0] ?? "";
  const midnight = zonedToMicros(`${name[2] as string}T00:00:00`, "America/New_York");
  return {
    name: "LOBSTER messages",
    decimals: 4,
    rule: "uncounted",
    byOrder: true,
    quoted: false,
    hasLocalClock: false,
    symbol: name[1] as string,
    reader: () => createReader(midnight, parseLobsterLevels(first)),
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

/** The name under which all orders of a price stand that were there before the file began. */
const seedOf = (side: 1 | -1, ticks: number): string => `before ${side > 0 ? "bid" : "ask"} ${ticks}`;

function createReader(midnight: number, seeds: LobsterLevels): LineReader {
  const known = new Set<number>();
  let isFirst = true;
  return {
    line(text, emit) {
      if (!MESSAGE.test(text)) throw new LineFault("it is no LOBSTER message of six fields");
      const [seconds, type, id, size, price, direction] = text.split(",").map(Number) as [number, number, number, number, number, number];
      const at = midnight + Math.floor(seconds * 1e6 + 1e-3);
      if (isFirst) {
        // The first given levels hold the first message already.
        isFirst = false;
        emitSeeds(at, seeds, emit);
        return;
      }
      const side = direction > 0 ? 1 : -1;
      const order = { kind: "order", at, localAt: at, side, ticks: price, size, ends: true, snapshot: false } as const;
      if (type === 4 || type === 5) emit({ kind: "trade", at, localAt: at, ticks: price, size, aggressor: side > 0 ? -1 : 1 });
      if (type === 1) {
        known.add(id);
        emit({ ...order, action: "add", id });
      } else if (type <= 4) emit({ ...order, action: "cancel", id: known.has(id) ? id : seedOf(side, price) });
      if (type === 3) known.delete(id);
    },
    end: () => undefined,
  };
}

function emitSeeds(at: number, { bids, asks }: LobsterLevels, emit: Emit): void {
  const emitSide = (side: 1 | -1, levels: readonly number[]): void => {
    for (let k = 0; k < levels.length; k += 2) {
      const [ticks, size] = [levels[k] as number, levels[k + 1] as number];
      emit({ ...seed, side, ticks, size, id: seedOf(side, ticks) });
    }
  };
  const seed = { kind: "order", at, localAt: at, action: "add", ends: false, snapshot: true } as const;
  emitSide(1, bids);
  emitSide(-1, asks);
  const end: OrderMessage = { ...seed, action: "none", side: 0, ticks: Number.NaN, size: 0, id: 0, ends: true };
  emit(end);
}
