// Reads off sample rows whether a table is daily or intraday, how its moments are written and how long its bars are.
import type { Sample } from "./sample-file.js";

export interface TimedSample extends Sample {
  /** Column of the day or moment. */
  readonly column: string;
  /** Column of the symbol; null when a file holds one symbol. */
  readonly symbol: string | null;
}

export interface GuessedTimes {
  readonly columns: { readonly date: string } | { readonly at: { readonly column: string; readonly unit: string } };
  /** Seconds between bars, most often seen; `1d` for daily ones. */
  readonly interval: "1d" | number;
  /** `UTC` when the stamps or their name say so; null when the calendar's zone must be taken. */
  readonly timezone: string | null;
  /** `YYYY-MM-DD` per file, in UTC. */
  readonly dates: readonly (readonly string[])[];
}

const DAY_SECONDS = 86_400;

export function guessTimes(kind: "bar" | "trade" | "quote", samples: readonly TimedSample[]): GuessedTimes {
  const column = samples[0]?.column ?? "";
  const texts = samples.map(({ header, rows }) => rows.map((row) => row[header.indexOf(column)] ?? ""));
  const all = texts.flat().filter((text) => text !== "");
  const day = (text: string): boolean => /^(\d{4}-\d{2}-\d{2}([T ]00:00(:00(\.0+)?)?(Z|[+-]00:?00)?)?|(19|20)\d{6})$/.test(text);
  if (kind === "bar" && all.filter(day).length > all.length / 2) {
    const iso = (text: string): string => (/^\d{8}$/.test(text) ? text.replace(/(\d{4})(\d{2})(\d{2})/, "$1-$2-$3") : text.slice(0, 10));
    return { columns: { date: column }, interval: "1d", timezone: null, dates: texts.map((file) => file.map(iso)) };
  }
  const unit = unitOf(all);
  const zoned = all.some((text) => /\d(Z|[+-]\d{2}:?\d{2})$/.test(text));
  const seconds = samples.map((_, i) => (texts[i] ?? []).map((text) => secondsOf(text, unit)));
  const step = commonStep(samples, seconds);
  // Daily bars stamped with a moment: its date is the trading day. A count of seconds has no date of its own.
  const daily = kind === "bar" && step === DAY_SECONDS && unit === "iso";
  return {
    columns: daily ? { date: column } : { at: { column, unit } },
    interval: daily ? "1d" : step,
    timezone: unit !== "iso" || zoned || /utc|unix/i.test(column) ? "UTC" : null,
    dates: seconds.map((file) =>
      file.filter((time) => Number.isFinite(time)).map((time) => new Date(time * 1000).toISOString().slice(0, 10)),
    ),
  };
}

function unitOf(texts: readonly string[]): "iso" | "s" | "ms" | "us" {
  const numbers = texts.filter((text) => /^\d+(\.\d+)?$/.test(text)).map(Number);
  if (numbers.length <= texts.length / 2) return "iso";
  const typical = numbers[numbers.length >> 1] as number;
  return typical > 1e14 ? "us" : typical > 1e11 ? "ms" : "s";
}

/** NaN for what is no time. */
function secondsOf(text: string, unit: "iso" | "s" | "ms" | "us"): number {
  if (unit !== "iso") return Number(text) / { s: 1, ms: 1e3, us: 1e6 }[unit];
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  return Date.parse(`${text.replace(" ", "T")}${zoned ? "" : "Z"}`) / 1000;
}

function commonStep(samples: readonly TimedSample[], seconds: readonly (readonly number[])[]): number {
  const counts = new Map<number, number>();
  samples.forEach(({ header, rows, symbol }, f) => {
    const at = symbol === null ? -1 : header.indexOf(symbol);
    const last = new Map<string, number>();
    rows.forEach((row, i) => {
      const name = row[at] ?? "";
      const time = seconds[f]?.[i] ?? Number.NaN;
      const step = time - (last.get(name) ?? Number.NaN);
      if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1);
      last.set(name, time);
    });
  });
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return best?.[0] ?? 60;
}
