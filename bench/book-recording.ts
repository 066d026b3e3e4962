// The recording that the benchmark of books runs on: real lines of Binance futures where the data lie beside the repository, else seeded
// ones of the same shape; and CME orders likewise, else seeded orders.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createRng } from "#base/rng.js";
import { detectBinanceRaw } from "#data/books/binance-raw.js";
import type { LineFormat } from "#data/books/line-format.js";
import type { OrderMessage } from "#data/books/message.js";
import { detectMbo } from "#data/books/mbo-csv.js";
import { readLines } from "#data/books/read-lines.js";

const SHARED = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const BINANCE = `${SHARED}lob_crypto_binance_raw/usdm/btcusdt_20240808.gz`;
const CME = `${SHARED}lob_l3_mbo_cme_es/esh4_20231225_part1.csv.gz`;

export const label = existsSync(BINANCE) && existsSync(CME) ? "recorded" : "simulated";

export async function bookLines(): Promise<{ readonly lines: readonly string[]; readonly format: LineFormat }> {
  const lines = existsSync(BINANCE) ? await allLines(BINANCE) : simulatedLines(60_000);
  const format = detectBinanceRaw(lines.slice(0, 500));
  if (format === null) throw new Error("the lines of the benchmark are no recording");
  return { lines, format };
}

export async function orderMessages(): Promise<readonly OrderMessage[]> {
  if (!existsSync(CME)) return simulatedOrders(60_000);
  const lines = await allLines(CME);
  const reader = detectMbo(lines.slice(0, 2))?.reader();
  const messages: OrderMessage[] = [];
  for (const line of lines) {
    reader?.line(line, (message) => {
      if (message.kind === "order") messages.push(message);
    });
  }
  return messages;
}

async function allLines(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const block of readLines(path)) lines.push(...block);
  return lines;
}

/** A thousand levels a side at first, then diffs of about twenty levels, most of them near the best. */
function simulatedLines(count: number): string[] {
  const rng = createRng("bench/books");
  let mid = 600_000;
  const price = (ticks: number): string => (ticks / 10).toFixed(2);
  const size = (): string => (rng.next() < 0.4 ? 0 : 10 * rng.next()).toFixed(3);
  const side = (sign: 1 | -1, n: number): string =>
    Array.from({ length: n }, () => `["${price(mid + sign * (1 + Math.floor(-40 * Math.log(1 - rng.next()))))}","${size()}"]`).join(",");
  const start = [1, -1].map((sign) => Array.from({ length: 1000 }, (_, k) => `["${price(mid + sign * (k + 1))}","1.000"]`).join(","));
  const stamp = (k: number): string => `${1_723_161_255_000_000 + k * 5_000}000`;
  const lines = [`${stamp(0)} {"lastUpdateId":10,"E":1723161255000,"T":1723161255000,"bids":[${start[1]}],"asks":[${start[0]}]}`];
  for (let k = 1; k < count; k++) {
    mid += rng.int(3) - 1;
    const clear = [mid - 1, mid, mid + 1].map((ticks) => `["${price(ticks)}","0.000"]`).join(",");
    const E = 1_723_161_255_000 + k * 5;
    lines.push(
      `${stamp(k)} {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":${E},"T":${E},"s":"BTCUSDT","U":${10 + k},"u":${10 + k},` +
        `"pu":${9 + k},"b":[${clear},${side(-1, 8)}],"a":[${clear},${side(1, 8)}]}}`,
    );
  }
  return lines;
}

/** New orders near a wandering mid, each canceled or modified a while later. */
function simulatedOrders(count: number): OrderMessage[] {
  const rng = createRng("bench/orders");
  const resting: OrderMessage[] = [];
  let mid = 20_000;
  return Array.from({ length: count }, (_, k): OrderMessage => {
    mid += rng.int(3) - 1;
    const old = resting.length > 500 + rng.int(2000) ? resting.splice(rng.int(resting.length), 1)[0] : undefined;
    if (old !== undefined) return { ...old, action: "cancel" };
    const side = rng.int(2) === 0 ? 1 : -1;
    const ticks = mid - side * (1 + rng.int(20));
    const base = { kind: "order", at: k, localAt: k, ends: true, snapshot: false } as const;
    const order: OrderMessage = { ...base, action: "add", side, ticks, size: 1 + rng.int(20), id: k };
    resting.push(order);
    return order;
  });
}
