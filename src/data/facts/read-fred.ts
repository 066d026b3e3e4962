// FRED series as downloaded: `date,value`, dated by the first day of the period, in the latest vintage. What a value was when it was
// first told is not in the file, nor when that was: the vintage is stamped as `latest`, and the lag comes from the release table.
import { TruewindError } from "#base/errors.js";
import type { IsoDate, Micros } from "#domain/time.js";
import { addLag, type Lag, lagText } from "./lag.js";
import { endOfDay, parseDay } from "./moments.js";
import { type FactReader, type ReadContext, type SourceFile, stemOf } from "./reader.js";
import { parseNumber, readRows } from "./read-table.js";
import { type Release, releaseOf } from "./release-table.js";

export const fredReader: FactReader = {
  name: "fred",
  vintage: "latest",
  times: "FRED values in their latest vintage, dated by the first day of the period; known after a lag that is assumed per series",
  events: false,
  fits: ({ header }) => header.length === 2 && isDate(header[0] as string) && !["open", "close"].includes(header[1] as string),
  async read(files, context) {
    for (const file of files) await readSeries(file, context);
  },
};

function isDate(name: string): boolean {
  return name === "date" || name === "observation_date";
}

async function readSeries(file: SourceFile, { rows, lag: declared, assumedLag }: ReadContext): Promise<void> {
  const series = file.header[1] === "value" ? stemOf(file).toUpperCase() : (file.header[1] as string).toUpperCase();
  const release = releaseOf(series);
  if (declared === null && release === undefined) {
    throw new TruewindError(
      "bad-config",
      `${file.label} does not say when its values became known, and ${series} is not in the release table: declare a lag with --lag, as in --lag 45d.`,
    );
  }
  const lag = declared ?? (release as Release).lag;
  const period = release?.period ?? "day";
  assumedLag.set(series, `${lagText(lag)} after the ${period === "month" ? "first day of the month" : "day it is dated"}`);
  for await (const { row, text, cells } of readRows(file.path)) {
    const place = { file: file.label, row, text };
    const date = parseDay(cells[0] ?? "");
    const value = parseNumber(cells[1]);
    if (date === null) rows.refuse("unknown-date", place);
    else if (value === null) rows.flag("missing-value");
    else {
      const at = periodEnd(date, period);
      rows.add(place, series, null, at, knownAt(date, at, lag), value);
    }
  }
}

/** The lag counts whole days from the date; nothing is known before its period is over. */
export function knownAt(date: IsoDate, at: Micros, lag: Lag): Micros {
  return Math.max(at, addLag(endOfDay(date), lag)) as Micros;
}

function periodEnd(date: IsoDate, period: Release["period"]): Micros {
  if (period !== "month") return endOfDay(date);
  const [year, month] = date.split("-").map(Number) as [number, number];
  return (Date.UTC(year, month, 1) * 1000) as Micros;
}
