// Option chains and option bars, summarized per underlying and day: volume and open interest of puts and calls, implied volatility at
// the money and at a delta of a quarter. A day is known at the midnight UTC that ends it. An implied volatility of 0 was not computed.
import { DAY_US, dateOfDayNumber, dayNumber, type IsoDate } from "#domain/time.js";
import { type ChainDay, type OptionRow, summarizeDay } from "./option-day.js";
import type { FactRows } from "./fact-rows.js";
import { endOfDay, parseDay, parseMoment } from "./moments.js";
import { columnsOf, type FactReader, type ReadContext, type SourceFile, stemOf } from "./reader.js";
import { parseNumber, readRows } from "./read-table.js";

const VALUES = ["volume", "open_interest", "implied_volatility"] as const;
const COLUMNS = ["date", "ts_utc", "symbol", "underlying_close", "expiry", "strike", "right", "delta", "close", ...VALUES] as const;
/** The underlying never moved by a half or a double in a day of a listed option, but for a split. */
const SPLIT_RATIO = 1.8;

export const optionReader: FactReader = {
  name: "options",
  vintage: "point-in-time",
  times: "option chains of a day, known at the midnight UTC that ends it",
  events: false,
  fits: ({ header }) =>
    ["expiry", "strike", "right"].every((name) => header.includes(name)) && VALUES.some((name) => header.includes(name)),
  async read(files, context) {
    for (const file of files) {
      const days = await readDays(file, context);
      for (const [symbol, chain] of days) tellChain(symbol, chain, file, context.rows);
    }
  },
};

/** Symbol -> day -> rows, both in the order of the file. */
async function readDays(file: SourceFile, { rows, symbol: declared }: ReadContext): Promise<Map<string, Map<IsoDate, ChainDay>>> {
  const column = columnsOf(file, COLUMNS);
  const named = declared ?? (stemOf(file).split("_")[0] as string).toUpperCase();
  const days = new Map<string, Map<IsoDate, ChainDay>>();
  for await (const { row, text, cells } of readRows(file.path)) {
    const place = { file: file.label, row, text };
    const date = dateOf(column.date >= 0 ? cells[column.date] : cells[column.ts_utc]);
    const expiry = parseDay(cells[column.expiry] ?? "");
    const strike = parseNumber(cells[column.strike]);
    const right = cells[column.right]?.toUpperCase();
    if (date === null || expiry === null) rows.refuse("unknown-date", place);
    else if (expiry < date) rows.refuse("expired-before-its-day", place);
    else if (strike === null || !(strike > 0) || (right !== "C" && right !== "P")) rows.refuse("no-contract", place);
    else {
      const symbol = column.symbol >= 0 ? (cells[column.symbol] ?? "") : named;
      let chain = days.get(symbol);
      if (chain === undefined) days.set(symbol, (chain = new Map<IsoDate, ChainDay>()));
      let day = chain.get(date);
      if (day === undefined) chain.set(date, (day = { place, underlying: null, rows: [] }));
      day.underlying ??= positive(parseNumber(cells[column.underlying_close]));
      day.rows.push({
        days: dayNumber(expiry) - dayNumber(date),
        expiry,
        strike,
        call: right === "C",
        volume: parseNumber(cells[column.volume]),
        openInterest: parseNumber(cells[column.open_interest]),
        iv: parseNumber(cells[column.implied_volatility]),
        delta: parseNumber(cells[column.delta]),
        close: parseNumber(cells[column.close]),
      });
    }
  }
  return days;
}

function dateOf(text: string | undefined): IsoDate | null {
  if (text === undefined) return null;
  const day = parseDay(text);
  if (day !== null) return day;
  const moment = parseMoment(text);
  return moment === null ? null : dateOfDayNumber(Math.floor(moment / DAY_US));
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

function tellChain(symbol: string, chain: ReadonlyMap<IsoDate, ChainDay>, file: SourceFile, rows: FactRows): void {
  let before: ChainDay | null = null;
  for (const [date, day] of [...chain].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (before !== null && sameRows(before.rows, day.rows)) {
      rows.refuse("duplicated-day", { file: file.label, row: day.place.row, text: `${symbol} ${date}: the chain of the day before again` });
      continue;
    }
    if (before !== null && before.underlying !== null && day.underlying !== null) {
      if (before.underlying === day.underlying) rows.flag("stale-underlying");
      const ratio = day.underlying / before.underlying;
      if (ratio > SPLIT_RATIO || ratio < 1 / SPLIT_RATIO) rows.flag("split-inside-the-chain");
    }
    const at = endOfDay(date);
    const summary = summarizeDay(day);
    for (const [field, value] of summary.values) rows.add(day.place, field, symbol, at, at, value);
    for (const reason of summary.flags) rows.flag(reason);
    before = day;
  }
}

/** Volumes of two real days are never all the same; days without any volume tell nothing. */
function sameRows(a: readonly OptionRow[], b: readonly OptionRow[]): boolean {
  if (a.length !== b.length || !b.some(({ volume, iv }) => (volume ?? 0) > 0 || (iv ?? 0) > 0)) return false;
  return a.every((row, i) => {
    const other = b[i] as OptionRow;
    return (
      row.expiry === other.expiry &&
      row.strike === other.strike &&
      row.call === other.call &&
      row.volume === other.volume &&
      row.iv === other.iv
    );
  });
}
