// Splits as bars over time: one row per model, a bar per stretch of decisions that were used alike. For the report and the picture by itself.
// Assumes days as YYYY-MM-DD.
import type { SplitUse } from "#domain/run-result.js";
import { coordinate } from "./marks.js";
import { calendarTicks, type Tick } from "./scale.js";

export interface SplitRow {
  /** Beside or over the row. */
  readonly name: string;
  /** In the order of time. */
  readonly spans: readonly { readonly use: SplitUse; readonly from: string; readonly to: string }[];
}

/** In the order of the legend, with what each is called. */
export const USES: readonly (readonly [SplitUse, string])[] = [
  ["train", "train"],
  ["purged", "purged: the label overlaps with the test"],
  ["embargo", "embargo: too near to it"],
  ["test", "test"],
];

export interface SplitBars {
  /** Per row, `rect` elements of the classes `train`, `purged`, `embargo` and `test`. */
  readonly rows: readonly string[];
  /** Years or months, places from 0 to 1. */
  readonly ticks: readonly Tick[];
}

/** Days since the epoch; NaN of what is no day. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** `width` of the whole, `height` of a row. A stretch reaches to the next one: between two decisions nothing is decided. */
export function splitBars(rows: readonly SplitRow[], width: number, height: number): SplitBars {
  const from = rows.reduce((first, { spans }) => Math.min(first, dayOf(spans[0]?.from ?? "")), Number.POSITIVE_INFINITY);
  const to = rows.reduce((last, { spans }) => Math.max(last, dayOf(spans.at(-1)?.to ?? "")), Number.NEGATIVE_INFINITY) + 1;
  const x = (day: number): number => ((day - from) / (to - from)) * width;
  const bar = (use: SplitUse, start: number, end: number, row: number): string =>
    `<rect class="${use}" x="${coordinate(x(start))}" width="${coordinate(x(end) - x(start))}" y="${row * height + 2}" height="${height - 4}"/>`;
  const months = monthStarts(from, to);
  return {
    rows: rows.map(({ spans }, row) =>
      spans
        .map(({ use, from: start, to: end }, i) => bar(use, dayOf(start), dayOf(spans[i + 1]?.from ?? "") || dayOf(end) + 1, row))
        .join(""),
    ),
    ticks: calendarTicks(
      months.map((month) => month.slice(0, 7)),
      (i) => x(dayOf(months[i] as string)) / width,
    ),
  };
}

function monthStarts(from: number, to: number): string[] {
  const first = new Date(from * 86_400_000);
  const months: string[] = [];
  for (let year = first.getUTCFullYear(), month = first.getUTCMonth(); ; month++) {
    const at = Date.UTC(year, month, 1);
    if (at / 86_400_000 > to) return months;
    if (at / 86_400_000 >= from) months.push(new Date(at).toISOString().slice(0, 10));
    if (month === 11) {
      year++;
      month = -1;
    }
  }
}
