// The input of the import benchmark: gzipped CSV files of daily bars, one per symbol, of the shape of a real set.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createRng } from "#base/rng.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { isoDateOrThrow } from "#domain/time.js";

const SYMBOLS = 572;
const DAYS = 2600;

/** Writes `SYMBOLS` files of `DAYS` rows into `folder`; the same bytes each time. Five significant digits, as real adjusted prices have. */
export function writeBarFiles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const sessions = calendarByName("XNYS").sessions(isoDateOrThrow("2005-01-01"), isoDateOrThrow("2016-12-31")).slice(0, DAYS);
  for (let s = 0; s < SYMBOLS; s++) {
    const rng = createRng(`import/${s}`);
    let close = 5 + 200 * rng.next();
    const lines = sessions.map(({ date }) => {
      const open = close * Math.exp(0.005 * rng.normal());
      close = open * Math.exp(0.015 * rng.normal());
      const high = Math.max(open, close) * (1 + 0.01 * rng.next());
      const low = Math.min(open, close) * (1 - 0.01 * rng.next());
      return `${date},${short(open)},${short(high)},${short(low)},${short(close)},${Math.round(1e6 * Math.exp(0.5 * rng.normal()))}`;
    });
    const text = `date,open,high,low,close,volume\n${lines.join("\n")}\n`;
    writeFileSync(join(folder, `S${String(s).padStart(3, "0")}.csv.gz`), gzipSync(text));
  }
}

function short(price: number): string {
  return String(Number(price.toPrecision(5)));
}
