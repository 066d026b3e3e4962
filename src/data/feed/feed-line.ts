// One line of a polled feed: a bar, or the word that all bars up to a moment have been told. JSON objects and rows of CSV with the same names.
// A line that is neither is told apart, never guessed.
import { type IsoDate, type Micros, parseIsoDate } from "#domain/time.js";

export interface FeedBar {
  readonly kind: "bar";
  readonly symbol: string;
  /** Day of the session (daily bars); null where `end` is given. */
  readonly date: IsoDate | null;
  readonly end: Micros | null;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** NaN: not reported. */
  readonly volume: number;
}

export type FeedWord =
  | FeedBar
  /** All bars that end by then have been told. */
  | { readonly kind: "until"; readonly at: Micros }
  | { readonly kind: "bad"; readonly reason: "not-a-line" | "impossible-bar" };

const BAD: FeedWord = { kind: "bad", reason: "not-a-line" };

/** `header`: names of the columns, of a row of CSV. */
export function parseFeedLine(text: string, header: string | null): FeedWord {
  const fields = header === null ? jsonFields(text) : csvFields(text, header);
  if (fields === null) return BAD;
  const { symbol, date, end, until } = fields;
  if (typeof until === "string" && until !== "") {
    const at = momentOf(until);
    return at === null ? BAD : { kind: "until", at };
  }
  if (typeof symbol !== "string" || symbol === "") return BAD;
  const day = typeof date === "string" && date !== "" ? parseIsoDate(date) : null;
  const moment = typeof end === "string" && end !== "" ? momentOf(end) : null;
  if ((day === null) === (moment === null)) return BAD;
  const [open, high, low, close] = ["open", "high", "low", "close"].map((name) => numberOf(fields[name])) as [
    number,
    number,
    number,
    number,
  ];
  const given = fields["volume"];
  const volume = given === undefined || given === null || given === "" ? Number.NaN : numberOf(given);
  const possible =
    [open, high, low, close].every((price) => price > 0 && Number.isFinite(price)) &&
    high >= Math.max(open, close) &&
    low <= Math.min(open, close) &&
    (given === undefined || given === null || given === "" || (volume >= 0 && Number.isFinite(volume)));
  return possible
    ? { kind: "bar", symbol, date: day, end: moment, open, high, low, close, volume }
    : { kind: "bad", reason: "impossible-bar" };
}

function jsonFields(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function csvFields(text: string, header: string): Readonly<Record<string, unknown>> | null {
  const [names, values] = [header.split(","), text.split(",")];
  if (names.length !== values.length) return null;
  return Object.fromEntries(names.map((name, i) => [name.trim().toLowerCase(), (values[i] as string).trim()]));
}

/** A moment with its zone (`Z` or an offset), to the microsecond or coarser. */
function momentOf(text: string): Micros | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? "";
  const ms = Date.parse(text.replace(/\.\d+/, ""));
  return Number.isNaN(ms) ? null : ((ms * 1000 + Number(fraction.padEnd(6, "0"))) as Micros);
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}
