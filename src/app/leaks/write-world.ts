// A world as two files that any language reads: bars.csv and facts.csv. Times are UTC; an empty cell is not known.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatMicros } from "#domain/time.js";
import type { World } from "#research/leaks/subject.js";

export function writeWorld(folder: string, { symbols, sessions, open, high, low, close, volume, facts }: World): void {
  const n = symbols.length;
  const cell = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? "" : String(value));
  const rows = sessions.flatMap(({ date, openAt, closeAt }, row) => {
    const times = `${date},${formatMicros(openAt)},${formatMicros(closeAt)}`;
    return symbols.flatMap((symbol, i) => {
      const k = row * n + i;
      // Of a session that has only opened there is the open.
      if (Number.isNaN(open[k]) && Number.isNaN(close[k])) return [];
      return [`${times},${quote(symbol)},${[open, high, low, close, volume].map((column) => cell(column[k])).join(",")}`];
    });
  });
  writeFileSync(join(folder, "bars.csv"), lines("date,open_at,close_at,symbol,open,high,low,close,volume", rows));
  const told = facts.map(
    ({ name, symbol, about, publishedAt, value }) =>
      `${quote(name)},${symbol < 0 ? "" : quote(symbols[symbol] as string)},${formatMicros(about)},${publishedAt === null ? "" : formatMicros(publishedAt)},${value}`,
  );
  writeFileSync(join(folder, "facts.csv"), lines("name,symbol,about,published_at,value", told));
}

function lines(header: string, rows: readonly string[]): string {
  return `${[header, ...rows].join("\n")}\n`;
}

function quote(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
