// Dated pictures of an index's members with their ratios: what stands in a file was known on the day that its name begins with.
// A member of the picture before that is missing in this one has left: membership 0 from then on.
import { type IsoDate, parseIsoDate } from "#domain/time.js";
import type { FactRows, Place } from "./fact-rows.js";
import { endOfDay } from "./moments.js";
import { type FactReader, type SourceFile, stemOf } from "./reader.js";
import { parseNumber, readRows } from "./read-table.js";

/** Columns of the files (in lower case) and the fields they become. */
const COLUMNS: Readonly<Record<string, string>> = {
  "price/earnings": "price_earnings",
  "price/sales": "price_sales",
  "price/book": "price_book",
  "earnings/share": "eps_trailing",
  "book value": "book_value_per_share",
  "dividend yield": "dividend_yield",
  "market cap": "market_cap",
  "market capitalization": "market_cap",
  ebitda: "ebitda",
};

/** Currency in units, though older files say it in billions, with a `B` or without. */
const MONEY = new Set(["market_cap", "ebitda"]);
const MEMBERSHIP = "member.sp500";

export const snapshotReader: FactReader = {
  name: "snapshots",
  vintage: "point-in-time",
  times: "pictures dated by their file names, known at the midnight UTC that ends that day",
  events: false,
  fits: (file) =>
    file.header.includes("symbol") && file.header.includes("price/earnings") && file.header.includes("price/book") && dateOf(file) !== null,
  async read(files, { rows }) {
    const dated = files.map((file) => ({ file, date: dateOf(file) as IsoDate })).sort((a, b) => (a.date < b.date ? -1 : 1));
    let before: ReadonlySet<string> = new Set();
    for (const { file, date } of dated) before = await readSnapshot(file, date, before, rows);
  },
};

function dateOf(file: SourceFile): IsoDate | null {
  return parseIsoDate(stemOf(file).slice(0, 10));
}

async function readSnapshot(file: SourceFile, date: IsoDate, before: ReadonlySet<string>, rows: FactRows): Promise<ReadonlySet<string>> {
  const at = endOfDay(date);
  const symbolColumn = file.header.indexOf("symbol");
  const found: { readonly place: Place; readonly symbol: string; readonly values: Map<string, number> }[] = [];
  for await (const { row, text, cells } of readRows(file.path)) {
    const place = { file: file.label, row, text };
    const symbol = cells[symbolColumn] ?? "";
    if (symbol === "") {
      rows.refuse("no-symbol", place);
      continue;
    }
    const values = new Map<string, number>();
    file.header.forEach((column, i) => {
      const field = COLUMNS[column];
      if (field === undefined) return;
      const value = MONEY.has(field) ? parseMoney(cells[i]) : parseNumber(cells[i]);
      // The source writes 0 where it does not know a ratio; a company without a dividend has a yield of 0.
      if (value === null || (value === 0 && field !== "dividend_yield")) rows.flag("missing-value");
      else values.set(field, value);
    });
    found.push({ place, symbol, values });
  }
  const percent = isPercent(found.map(({ values }) => values.get("dividend_yield")));
  const billions = new Map([...MONEY].map((field) => [field, median(found.map(({ values }) => values.get(field))) < 1e5]));
  for (const { place, symbol, values } of found) {
    rows.add(place, MEMBERSHIP, symbol, at, at, 1);
    for (const [field, value] of values) {
      const scaled = field === "dividend_yield" && percent ? value / 100 : billions.get(field) === true ? value * 1e9 : value;
      rows.add(place, field, symbol, at, at, scaled);
    }
  }
  const present = new Set(found.map(({ symbol }) => symbol));
  for (const symbol of before) {
    if (!present.has(symbol)) rows.add({ file: file.label, row: 0, text: symbol }, MEMBERSHIP, symbol, at, at, 0);
  }
  return present;
}

/** `63.802B`, `512.3M` or a plain number. */
function parseMoney(text: string | undefined): number | null {
  const parts = /^(-?[\d.]+)([BMK])$/.exec(text ?? "");
  if (parts === null) return parseNumber(text);
  // In billions, as the plain numbers of the same years are.
  return Number(parts[1]) * ({ B: 1, M: 1e-3, K: 1e-6 }[parts[2] as "B" | "M" | "K"] as number);
}

/** Half the members of an index never yield more than 20 %: above it the file speaks in percent. */
function isPercent(yields: readonly (number | undefined)[]): boolean {
  return median(yields.filter((value) => value !== 0)) > 0.2;
}

function median(values: readonly (number | undefined)[]): number {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
