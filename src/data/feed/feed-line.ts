// One line of a polled feed: a bar, corporate actions of a symbol, or the word that all bars up to a moment have been told. JSON objects and rows
// of CSV with the same names. A line that is none of them is told apart, never guessed.
import type { ActionRow } from "../actions/action-row.js";
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
  /** Of one symbol and day: a dividend, a split, a delisting, or several of them. */
  | { readonly kind: "actions"; readonly actions: readonly ActionRow[] }
  /** All bars that end by then have been told. */
  | { readonly kind: "until"; readonly at: Micros }
  | { readonly kind: "bad"; readonly reason: "not-a-line" | "impossible-bar" | "impossible-action" };

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
  if (isGiven(fields["ex_date"])) return actionsOf(symbol, fields);
  const day = typeof date === "string" && date !== "" ? parseIsoDate(date) : null;
  const moment = typeof end === "string" && end !== "" ? momentOf(end) : null;
  if ((day === null) === (moment === null)) return BAD;
  const [open, high, low, close] = ["open", "high", "low", "close"].map((name) => numberOf(fields[name])) as [
    number,
    number,
    number,
    number,
  ];
  const given = isGiven(fields["volume"]);
  const volume = given ? numberOf(fields["volume"]) : Number.NaN;
  const possible =
    [open, high, low, close].every((price) => price > 0 && Number.isFinite(price)) &&
    high >= Math.max(open, close) &&
    low <= Math.min(open, close) &&
    (!given || (volume >= 0 && Number.isFinite(volume)));
  return possible
    ? { kind: "bar", symbol, date: day, end: moment, open, high, low, close, volume }
    : { kind: "bad", reason: "impossible-bar" };
}

/** As a file of actions has them: a dividend in the symbol's currency, new shares for one old, what holders of a delisted share end with. */
function actionsOf(symbol: string, fields: Readonly<Record<string, unknown>>): FeedWord {
  const exDate = typeof fields["ex_date"] === "string" ? parseIsoDate(fields["ex_date"]) : null;
  if (exDate === null || isGiven(fields["date"]) || isGiven(fields["end"])) return BAD;
  const [amount, ratio, finalReturn] = ["dividend", "split_ratio", "final_return"].map((name) =>
    isGiven(fields[name]) ? numberOf(fields[name]) : null,
  ) as [number | null, number | null, number | null];
  const actions: ActionRow[] = [];
  if (amount !== null) actions.push({ kind: "dividend", exDate, symbol, amount });
  if (ratio !== null) actions.push({ kind: "split", exDate, symbol, ratio });
  if (finalReturn !== null) actions.push({ kind: "delisting", exDate, symbol, finalReturn });
  if (actions.length === 0) return BAD;
  const possible =
    [amount, ratio].every((value) => value === null || (value > 0 && Number.isFinite(value))) &&
    (finalReturn === null || (finalReturn >= -1 && Number.isFinite(finalReturn)));
  return possible ? { kind: "actions", actions } : { kind: "bad", reason: "impossible-action" };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
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
