// Bybit's archive of order books: one JSON message a line, snapshots and deltas that count `u` up by one. It tells no recorder's clock, so
// the exchange's stands for both.
import { changesOf } from "./binance-raw.js";
import { type Emit, LineFault, type LineFormat } from "./line-format.js";

interface BybitLine {
  readonly type?: string;
  readonly ts?: number;
  readonly data?: { readonly s?: string; readonly b?: unknown; readonly a?: unknown; readonly u?: number };
}

export function detectBybit(lines: readonly string[]): LineFormat | null {
  const symbol = /^\{"topic":"orderbook\.\d+\.([^"]+)"/.exec(lines[0] ?? "")?.[1];
  if (symbol === undefined) return null;
  return {
    name: "Bybit order book archive",
    decimals: 8,
    rule: "counted",
    byOrder: false,
    quoted: false,
    hasLocalClock: false,
    symbol,
    reader: () => ({ line: readLine, end: () => undefined }),
    clock: () => null,
  };
}

function readLine(text: string, emit: Emit): void {
  const { type, ts, data } = parse(text);
  const at = (ts ?? Number.NaN) * 1000;
  const last = data?.u;
  if (Number.isNaN(at) || data === undefined || last === undefined) throw new LineFault("it has no time, data or number `u`");
  const levels = { at, localAt: at, last, bids: changesOf(data.b), asks: changesOf(data.a) };
  if (type === "snapshot") emit({ kind: "snapshot", ...levels });
  else if (type === "delta") emit({ kind: "diff", ...levels, first: last, previous: null });
  else throw new LineFault(`its type is "${String(type)}" instead of snapshot or delta`);
}

function parse(text: string): BybitLine {
  try {
    return JSON.parse(text) as BybitLine;
  } catch {
    throw new LineFault("its JSON is broken; if it is the last line, the recording was cut off there");
  }
}
