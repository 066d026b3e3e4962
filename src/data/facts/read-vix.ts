// The volatility index by day: `date,open,high,low,close` in a file whose name says VIX. It is never revised, and known when its day ends.
import { endOfDay, parseDay } from "./moments.js";
import { columnsOf, type FactReader, stemOf } from "./reader.js";
import { parseNumber, readRows } from "./read-table.js";

const FIELDS = ["open", "high", "low", "close"] as const;

export const vixReader: FactReader = {
  name: "vix",
  vintage: "point-in-time",
  times: "index values of a day, known at the midnight UTC that ends it",
  events: false,
  fits: (file) =>
    file.header.includes("date") &&
    FIELDS.every((name) => file.header.includes(name)) &&
    !file.header.includes("symbol") &&
    /vix/i.test(stemOf(file)),
  async read(files, { rows }) {
    for (const file of files) {
      const column = columnsOf(file, ["date", ...FIELDS]);
      for await (const { row, text, cells } of readRows(file.path)) {
        const place = { file: file.label, row, text };
        const date = parseDay(cells[column.date] ?? "");
        if (date === null) {
          rows.refuse("unknown-date", place);
          continue;
        }
        const [open, high, low, close] = FIELDS.map((name) => parseNumber(cells[column[name]]) ?? Number.NaN) as [
          number,
          number,
          number,
          number,
        ];
        if (high < Math.max(open, close) || low > Math.min(open, close)) {
          rows.refuse("inconsistent-ohlc", place);
          continue;
        }
        const at = endOfDay(date);
        [open, high, low, close].forEach((value, i) => rows.add(place, `vix.${FIELDS[i]}`, null, at, at, value));
      }
    }
  },
};
