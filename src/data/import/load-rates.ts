// Reads the declared exchange rates as events of the moments at which they were known. A file that cannot be read becomes a note: the
// data are worth importing without it, and an account in another currency is refused when a run starts.
import { resolve } from "node:path";
import type { FxRate } from "#domain/corporate-action.js";
import type { Currency } from "#domain/instrument.js";
import { DAY_US, type IsoDate, type Micros, dateOfDayNumber, dayNumber, parseIsoDate, utcDate } from "#domain/time.js";
import { zonedToMicros } from "../calendar/zone.js";
import type { Declaration, LocatedDeclaration } from "./declaration.js";
import { readText } from "./read-text.js";

type FxDeclaration = Declaration["fx"][number];

/** The last rate holds on; older than this at the set's end, it is worth a note. */
const STALE_US = 10 * DAY_US;

/** In the files' order. `from` and `to` are the first and last moment of the data, for notes about rates that do not cover them. */
export async function loadRates({ declaration, root }: LocatedDeclaration, from: number, to: number, notes: string[]): Promise<FxRate[]> {
  const rates: FxRate[] = [];
  for (const fx of declaration.fx) {
    const pair = `${fx.from}/${fx.to}`;
    try {
      const { events, problems } = readRates(await readText(resolve(root, fx.file)), fx);
      if (problems.length > 0)
        notes.push(`${problems.length} lines of the rates ${pair} in ${fx.file} were not understood; the first: ${problems[0]}`);
      notes.push(...coverage(events, pair, from, to));
      rates.push(...events);
    } catch (error) {
      notes.push(`The rates ${pair} in ${fx.file} could not be read, so there are none (${(error as Error).message.slice(0, 160)}).`);
    }
  }
  return rates;
}

/** One event per line of a CSV whose fields hold no quotes and no commas. Empty rates and a lone dot (FRED's holiday) are passed over. */
export function readRates(text: string, fx: FxDeclaration): { readonly events: readonly FxRate[]; readonly problems: readonly string[] } {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = (lines[0] ?? "").split(",").map((name) => name.trim());
  const [dateAt, rateAt] = [header.indexOf(fx.columns.date), header.indexOf(fx.columns.rate)];
  if (dateAt < 0 || rateAt < 0)
    return { events: [], problems: [`The header "${(lines[0] ?? "").slice(0, 80)}" lacks ${fx.columns.date} or ${fx.columns.rate}.`] };
  const events = new Map<IsoDate, FxRate>();
  const problems: string[] = [];
  lines.slice(1).forEach((line, i) => {
    const fields = line.split(",").map((field) => field.trim());
    const written = fields[rateAt] ?? "";
    if (line.trim() === "" || ((written === "" || written === ".") && fields.length === header.length)) return;
    const date = parseIsoDate((fields[dateAt] ?? "").slice(0, 10));
    const rate = Number(written);
    if (fields.length !== header.length) problems.push(`line ${i + 2} has ${fields.length} fields, not ${header.length}`);
    else if (date === null) problems.push(`line ${i + 2} has the date "${fields[dateAt]}"`);
    else if (!(rate > 0 && Number.isFinite(rate))) problems.push(`line ${i + 2} has the rate "${written}", which is no positive number`);
    else if (events.has(date)) problems.push(`line ${i + 2} repeats ${date}; the first one holds`);
    else {
      const at = knownFrom(date, fx);
      events.set(date, { kind: "fx", at, seenAt: at, from: fx.from as Currency, to: fx.to as Currency, rate });
    }
  });
  return { events: [...events.values()], problems };
}

function knownFrom(date: IsoDate, { knownAt, timezone }: FxDeclaration): Micros {
  if (knownAt === "24:00") return zonedToMicros(dateOfDayNumber(dayNumber(date) + 1), timezone);
  return zonedToMicros(`${date}T${knownAt}:00`, timezone);
}

function coverage(events: readonly FxRate[], pair: string, from: number, to: number): string[] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { seenAt } of events) {
    first = Math.min(first, seenAt);
    last = Math.max(last, seenAt);
  }
  if (first > last) return [`There are no rates ${pair}.`];
  const notes: string[] = [];
  if (first > from)
    notes.push(
      `The rates ${pair} begin on ${utcDate(first as Micros)}, after the data: until then an account in the other currency cannot trade.`,
    );
  if (to - last > STALE_US)
    notes.push(`The rates ${pair} end on ${utcDate(last as Micros)}, before the data: the last one is used from then on.`);
  return notes;
}
