// Lines of a raw recorder of Binance: `<local ns> <JSON of the exchange>`, with depth diffs, best quotes, trades, and the REST snapshot.
// Spot and futures differ in their numbering (sequence.ts) and in what is stamped; a file holds one symbol.
import type { FeedMessage } from "./message.js";
import type { LevelChanges } from "./price-book.js";
import { type Emit, LineFault, type LineFormat } from "./line-format.js";
import { parseEpoch, parseSize, parseTicks } from "./ticks.js";

/** More decimals than Binance gives to any price; prices up to 90 million fit. */
const DECIMALS = 8;

interface Payload {
  readonly e?: string;
  readonly E?: number;
  readonly T?: number;
  readonly s?: string;
  readonly U?: number;
  readonly u?: number;
  readonly pu?: number;
  readonly b?: unknown;
  readonly a?: unknown;
  readonly B?: string;
  readonly A?: string;
  readonly p?: string;
  readonly q?: string;
  readonly m?: boolean;
  readonly lastUpdateId?: number;
  readonly bids?: unknown;
  readonly asks?: unknown;
}

const LINE = /^\d{16,19} \{/;

/** Null when the lines are not of this kind. Needs a depth diff among them, for the symbol and the market. */
export function detectBinanceRaw(lines: readonly string[]): LineFormat | null {
  if (!LINE.test(lines[0] ?? "")) return null;
  const diff = lines.find((line) => line.includes('"depthUpdate"'));
  const symbol = diff === undefined ? undefined : /"s":"([^"]+)"/.exec(diff)?.[1];
  if (diff === undefined || symbol === undefined) return null;
  const futures = diff.includes('"pu":');
  return {
    name: futures ? "Binance futures, raw" : "Binance spot, raw",
    decimals: DECIMALS,
    rule: futures ? "futures" : "spot",
    byOrder: false,
    quoted: lines.some((line) => line.includes("@bookTicker")),
    hasLocalClock: true,
    symbol,
    reader: () => ({
      line: (text, emit) => readLine(text, symbol, emit),
      end: () => undefined,
    }),
    clock: clockOf,
  };
}

function clockOf(line: string): readonly [number, number] | null {
  const at = line.indexOf('"E":');
  // The REST snapshot was asked for and took its time both ways.
  if (at < 0 || line.startsWith('{"lastUpdateId"', line.indexOf(" ") + 1)) return null;
  return [Number(line.slice(0, 16)), Number(line.slice(at + 4, at + 17)) * 1000];
}

function readLine(text: string, symbol: string, emit: Emit): void {
  const space = text.indexOf(" ");
  const localAt = space < 0 ? Number.NaN : parseEpoch(text.slice(0, space));
  if (Number.isNaN(localAt)) throw new LineFault("it does not begin with the recorder's time in nanoseconds");
  const message = messageOf(parseJson(text.slice(space + 1)), localAt, symbol);
  if (message !== null) emit(message);
}

/** Also of a line's JSON alone. Throws LineFault. */
export function parseJson(text: string): Payload {
  try {
    const parsed = JSON.parse(text) as { readonly data?: Payload; readonly stream?: string } | null;
    if (typeof parsed !== "object" || parsed === null) throw new LineFault("it holds no JSON object");
    // The quotes of spot carry no `e`: the stream's name says what they are.
    const { data, stream } = parsed;
    return data === undefined ? (parsed as Payload) : data.e === undefined ? { ...data, e: stream?.split("@")[1] ?? "" } : data;
  } catch (error) {
    if (error instanceof LineFault) throw error;
    throw new LineFault("its JSON is broken; if it is the last line, the recording was cut off there");
  }
}

function messageOf(data: Payload, localAt: number, symbol: string): FeedMessage | null {
  if (data.lastUpdateId !== undefined) {
    const at = stamp(data.T ?? data.E);
    return { kind: "snapshot", at, localAt, last: data.lastUpdateId, bids: changesOf(data.bids), asks: changesOf(data.asks) };
  }
  if (data.s !== symbol)
    throw new LineFault(`it is about ${String(data.s)} in a recording of ${symbol}; give every symbol a file of its own`);
  const at = stamp(data.T ?? data.E);
  switch (data.e) {
    case "depthUpdate": {
      const { U: first, u: last, pu: previous = null } = data;
      if (first === undefined || last === undefined) throw new LineFault("it is a depth update without its numbers");
      return { kind: "diff", at, localAt, first, last, previous, bids: changesOf(data.b), asks: changesOf(data.a) };
    }
    case "bookTicker": {
      const [bidTicks, askTicks] = [ticksOf(data.b), ticksOf(data.a)];
      return { kind: "quote", at, localAt, last: data.u ?? null, bidTicks, askTicks, bidSize: sizeOf(data.B), askSize: sizeOf(data.A) };
    }
    case "trade": {
      const size = sizeOf(data.q);
      // Futures tell transfers of the insurance fund as trades of nothing.
      return size === 0 ? null : { kind: "trade", at, localAt, ticks: ticksOf(data.p), size, aggressor: data.m === true ? -1 : 1 };
    }
    default:
      return null;
  }
}

function stamp(ms: number | undefined): number {
  return ms === undefined ? Number.NaN : ms * 1000;
}

/** `[["61773.6","1001"], ...]` as ticks and sizes in turn. */
export function changesOf(levels: unknown): LevelChanges {
  if (!Array.isArray(levels)) throw new LineFault("a side of its book is missing");
  const out: number[] = [];
  for (const level of levels as readonly (readonly [unknown, unknown])[]) out.push(ticksOf(level[0]), sizeOf(level[1]));
  return out;
}

function ticksOf(price: unknown): number {
  const ticks = typeof price === "string" ? parseTicks(price, DECIMALS) : Number.NaN;
  if (!(ticks > 0)) throw new LineFault(`"${String(price)}" is no price`);
  return ticks;
}

function sizeOf(size: unknown): number {
  const units = typeof size === "string" ? parseSize(size) : Number.NaN;
  if (Number.isNaN(units)) throw new LineFault(`"${String(size)}" is no size`);
  return units;
}
