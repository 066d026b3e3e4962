// Tardis incremental_book_L2 as CSV: a row per level; rows with one local time are one message. Numbers of updates are not in the file, so
// lost messages cannot be noticed.
import { type Emit, LineFault, type LineFormat, type LineReader } from "./line-format.js";
import { parseEpoch, parseSize, parseTicks } from "./ticks.js";

const HEADER = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount";
const DECIMALS = 8;

export function detectTardis(lines: readonly string[]): LineFormat | null {
  if (lines[0] !== HEADER) return null;
  return {
    name: "Tardis incremental L2",
    decimals: DECIMALS,
    rule: "uncounted",
    byOrder: false,
    quoted: false,
    hasLocalClock: true,
    symbol: lines[1]?.split(",")[1] ?? "",
    reader: createReader,
    clock(line) {
      const [, , exchange = "", local = "", snapshot] = line.split(",");
      return snapshot === "false" ? [parseEpoch(local), parseEpoch(exchange)] : null;
    },
  };
}

interface Gathered {
  readonly local: string;
  readonly snapshot: boolean;
  readonly at: number;
  readonly localAt: number;
  readonly bids: number[];
  readonly asks: number[];
}

function createReader(): LineReader {
  let gathered: Gathered | null = null;
  const flush = (emit: Emit): void => {
    if (gathered === null) return;
    const { snapshot, at, localAt, bids, asks } = gathered;
    if (snapshot) emit({ kind: "snapshot", at, localAt, last: null, bids, asks });
    else emit({ kind: "diff", at, localAt, first: null, last: null, previous: null, bids, asks });
    gathered = null;
  };
  return {
    line(text, emit) {
      if (text === HEADER) return;
      const fields = text.split(",");
      const [, , exchange = "", local = "", isSnapshot, side, price = "", amount = ""] = fields;
      const ticks = parseTicks(price, DECIMALS);
      const size = parseSize(amount);
      const localAt = parseEpoch(local);
      if (fields.length !== 8 || !(ticks > 0) || Number.isNaN(size + localAt)) throw new LineFault("it is no row of eight sound fields");
      const snapshot = isSnapshot === "true";
      if (gathered !== null && (gathered.local !== local || gathered.snapshot !== snapshot)) flush(emit);
      gathered ??= { local, snapshot, at: parseEpoch(exchange), localAt, bids: [], asks: [] };
      (side === "bid" ? gathered.bids : gathered.asks).push(ticks, size);
    },
    end: flush,
  };
}
