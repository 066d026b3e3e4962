// Market by order as CSV in Databento's vocabulary: actions A, M, C, R change the book, T and F tell a trade and never do; the flag F_LAST
// ends an event, F_SNAPSHOT marks lines that give the book as it stood.
import type { OrderMessage } from "./message.js";
import { type Emit, LineFault, type LineFormat } from "./line-format.js";
import { parseEpoch, parseSize, parseTicks } from "./ticks.js";

const HEADER = "ts_event_ns,ts_recv_ns,instrument_id,action,side,price,size,order_id,flags,channel_id,sequence";
/** Databento prices are counts of 1e-9. */
const DECIMALS = 9;
const F_LAST = 128;
const F_SNAPSHOT = 32;

const actions: Readonly<Record<string, OrderMessage["action"]>> = { A: "add", M: "modify", C: "cancel", R: "clear" };

export function detectMbo(lines: readonly string[]): LineFormat | null {
  if (lines[0] !== HEADER) return null;
  const instrument = lines[1]?.split(",")[2] ?? "";
  return {
    name: "market by order (Databento vocabulary)",
    decimals: DECIMALS,
    rule: "uncounted",
    byOrder: true,
    quoted: false,
    hasLocalClock: true,
    symbol: instrument,
    reader: () => ({ line: (text, emit) => readLine(text, instrument, emit), end: () => undefined }),
    clock(line) {
      const [exchange = "", local = "", , , , , , , flags] = line.split(",");
      return (Number(flags) & F_SNAPSHOT) === 0 ? [parseEpoch(local), parseEpoch(exchange)] : null;
    },
  };
}

function readLine(text: string, instrument: string, emit: Emit): void {
  if (text === HEADER) return;
  const [event = "", received = "", number, action = "", sign, price = "", amount = "", order = "", flagText, , ...more] = text.split(",");
  const [at, localAt, flags, size] = [parseEpoch(event), parseEpoch(received), Number(flagText), parseSize(amount)];
  if (more.length !== 1 || Number.isNaN(at + localAt + flags + size)) throw new LineFault("it is no row of eleven sound fields");
  if (number !== instrument) throw new LineFault(`it is about instrument ${String(number)} in a recording of ${instrument}`);
  const side = sign === "B" ? 1 : sign === "A" ? -1 : 0;
  const ticks = parseTicks(price, DECIMALS);
  const ends = (flags & F_LAST) !== 0;
  const snapshot = (flags & F_SNAPSHOT) !== 0;
  const known = actions[action];
  if (known === undefined && action !== "T" && action !== "F" && action !== "N") throw new LineFault(`its action is "${action}"`);
  if (known !== undefined && known !== "clear" && (side === 0 || Number.isNaN(ticks)))
    throw new LineFault("its order has no side or price");
  if (action === "T" && !Number.isNaN(ticks)) emit({ kind: "trade", at, localAt, ticks, size, aggressor: side });
  // A line that changes nothing still ends its event.
  if (known === undefined && !ends) return;
  const id = order.length < 16 ? Number(order) : order;
  emit({ kind: "order", at, localAt, action: known ?? "none", side, ticks, size, id, ends, snapshot });
}
