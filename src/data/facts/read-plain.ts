// The general door: a CSV with columns date or at, field, value, and where they apply symbol and seen_at. Insider and institutional
// filings, off-exchange and short volume, membership, announcements: whatever a user has.
import { TruewindError } from "#base/errors.js";
import { addLag, lagText } from "./lag.js";
import { parseMoment } from "./moments.js";
import { columnsOf, type FactReader, type ReadContext, type SourceFile } from "./reader.js";
import { parseNumber, readRows } from "./read-table.js";

const plain = {
  vintage: "point-in-time",
  times: "moments as the rows tell them; a day without a clock is taken at the midnight UTC that ends it",
  fits: ({ header, format }: SourceFile) =>
    format === "csv" && header.includes("field") && header.includes("value") && (header.includes("date") || header.includes("at")),
  async read(files: readonly SourceFile[], context: ReadContext) {
    for (const file of files) await readPlain(file, context);
  },
} as const;

/** Each row is the value of a period: a later one of the same period restates it. */
export const plainReader: FactReader = { ...plain, name: "plain", events: false };

/** Each row is an event of its own: two purchases of one day are two. */
export const plainEventReader: FactReader = { ...plain, name: "plain-events", events: true };

const FIELD = /^[A-Za-z][A-Za-z0-9_.^-]{0,59}$/;

async function readPlain(file: SourceFile, { rows, lag, symbol: declared, assumedLag }: ReadContext): Promise<void> {
  const column = columnsOf(file, ["date", "at", "seen_at", "symbol", "field", "value"]);
  if (column.seen_at < 0 && lag === null) {
    throw new TruewindError(
      "bad-config",
      `${file.label} has no column seen_at, so it does not say when its facts became known: add it, or declare a lag with --lag, as in --lag 1d.`,
    );
  }
  if (column.seen_at < 0 && lag !== null) assumedLag.set("*", `${lagText(lag)} after the moment it speaks of`);
  const happened = column.at >= 0 ? column.at : column.date;
  for await (const { row, text, cells } of readRows(file.path)) {
    const place = { file: file.label, row, text };
    const at = parseMoment(cells[happened] ?? "");
    if (at === null) {
      rows.refuse("unknown-date", place);
      continue;
    }
    const seenAt = column.seen_at >= 0 ? parseMoment(cells[column.seen_at] ?? "") : lag === null ? null : addLag(at, lag);
    const field = cells[column.field] ?? "";
    const value = parseNumber(cells[column.value]);
    const symbol = column.symbol < 0 ? declared : (cells[column.symbol] ?? "");
    if (seenAt === null) rows.refuse("unknown-seen-at", place);
    else if (!FIELD.test(field)) rows.refuse("no-field-name", place);
    else if (value === null) rows.flag("missing-value");
    // A blank symbol in a file that has the column speaks of the market.
    else rows.add(place, field, symbol === "" ? null : symbol, at, seenAt, value);
  }
}
