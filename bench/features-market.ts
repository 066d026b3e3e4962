// The bars of the feature benchmark: daily bars of 434 symbols over eleven years, real ones beside the repository when they are there, else
// seeded ones of the same shape. Written once for both sides: ours in one file of columns, the peer's in the layout of its data provider.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { createRng } from "#base/rng.js";

// From dist/bench to the folder beside the repository.
const REAL = fileURLToPath(new URL("../../../shared/data/us_equity_daily_2005_2017/bars/", import.meta.url));
const SYMBOLS = 434;
const LEAST_ROWS = 2856;
const SEEDED_ROWS = 2894;

/** The fields of a bar in the order of the file. */
export const fields = ["open", "high", "low", "close", "volume"] as const;

interface History {
  readonly name: string;
  readonly dates: readonly string[];
  /** One per field. */
  readonly columns: readonly Float64Array[];
}

/** What `bars.json` says of `bars.bin`: the symbols one after the other, of each the day numbers and then the fields, as Float64. */
export interface MarketFile {
  readonly days: number;
  readonly symbols: readonly { readonly name: string; readonly rows: number; readonly offset: number }[];
}

/** Writes `bars.bin`, `bars.json` and the folder `qlib`; returns a label that says which bars they are. */
export function writeMarket(folder: string): string {
  const real = existsSync(REAL);
  const histories = real ? readReal() : seeded();
  const calendar = [...new Set(histories.flatMap(({ dates }) => dates))].sort();
  const dayOf = new Map(calendar.map((date, day) => [date, day]));
  mkdirSync(folder, { recursive: true });
  const parts: Float64Array[] = [];
  let offset = 0;
  const symbols = histories.map(({ name, dates, columns }) => {
    const at = offset;
    parts.push(
      Float64Array.from(dates, (date) => dayOf.get(date) as number),
      ...columns,
    );
    offset += dates.length * (fields.length + 1);
    return { name, rows: dates.length, offset: at };
  });
  writeFileSync(
    join(folder, "bars.bin"),
    Buffer.concat(parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))),
  );
  writeFileSync(join(folder, "bars.json"), JSON.stringify({ days: calendar.length, symbols } satisfies MarketFile));
  writeQlib(join(folder, "qlib"), histories, calendar, dayOf);
  return `${real ? "real" : "seeded"}, ${histories.length} symbols x ${calendar.length} days`;
}

/** pyqlib's own layout: a calendar, a list of instruments, and per field a file of 32-bit numbers that begins with the first day's number. */
function writeQlib(folder: string, histories: readonly History[], calendar: readonly string[], dayOf: ReadonlyMap<string, number>): void {
  for (const part of ["calendars", "instruments", "features"]) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, "calendars", "day.txt"), `${calendar.join("\n")}\n`);
  const lines = histories.map(({ name, dates }) => `${name}\t${dates[0]}\t${dates.at(-1)}\n`);
  writeFileSync(join(folder, "instruments", "all.txt"), lines.join(""));
  for (const { name, dates, columns } of histories) {
    const place = join(folder, "features", name.toLowerCase());
    mkdirSync(place, { recursive: true });
    const first = dayOf.get(dates[0] as string) as number;
    const days = (dayOf.get(dates.at(-1) as string) as number) - first + 1;
    const [, high, low, close] = columns as [Float64Array, Float64Array, Float64Array, Float64Array];
    const vwap = close.map((c, k) => ((high[k] as number) + (low[k] as number) + c) / 3);
    [...fields, "vwap"].forEach((field, f) => {
      const values = new Float32Array(days + 1).fill(Number.NaN);
      values[0] = first;
      dates.forEach((date, k) => (values[(dayOf.get(date) as number) - first + 1] = (columns[f] ?? vwap)[k] as number));
      writeFileSync(join(place, `${field}.day.bin`), Buffer.from(values.buffer));
    });
  }
}

function readReal(): History[] {
  const histories: History[] = [];
  for (const file of readdirSync(REAL).sort()) {
    if (histories.length === SYMBOLS) break;
    const lines = gunzipSync(readFileSync(join(REAL, file)))
      .toString()
      .trim()
      .split("\n")
      .slice(1);
    if (lines.length < LEAST_ROWS) continue;
    const cells = lines.map((line) => line.split(","));
    histories.push({
      name: file.replace(/\.csv\.gz$/, ""),
      dates: cells.map(([date]) => date as string),
      columns: fields.map((_, f) => Float64Array.from(cells, (row) => Number(row[f + 1]))),
    });
  }
  return histories;
}

function seeded(): History[] {
  const start = Date.UTC(2005, 0, 3);
  const dates: string[] = [];
  for (let day = 0; dates.length < SEEDED_ROWS; day++) {
    const date = new Date(start + day * 86_400_000);
    if (date.getUTCDay() % 6 !== 0) dates.push(date.toISOString().slice(0, 10));
  }
  return Array.from({ length: SYMBOLS }, (_, s) => {
    const rng = createRng(`features/${s}`);
    const columns = fields.map(() => new Float64Array(SEEDED_ROWS));
    let price = 20 + 80 * rng.next();
    for (let t = 0; t < SEEDED_ROWS; t++) {
      const open = price * Math.exp(0.005 * rng.normal());
      price = open * Math.exp(0.015 * rng.normal());
      const high = Math.max(open, price) * Math.exp(0.005 * Math.abs(rng.normal()));
      const low = Math.min(open, price) * Math.exp(-0.005 * Math.abs(rng.normal()));
      [open, high, low, price, Math.round(Math.exp(13 + 0.5 * rng.normal()))].forEach((v, f) => ((columns[f] as Float64Array)[t] = v));
    }
    return { name: `S${String(s).padStart(3, "0")}`, dates, columns };
  });
}
