// QuantConnect Lean's factor files: `date,price_factor,split_factor,reference_price`, no header, dates YYYYMMDD ascending.
// A row's factors turn raw prices of its date and before (down to the previous row) into adjusted ones: raw x price x split factor.
// So what changes between two rows happened on the first session after the earlier row's date, whose raw close is its reference price.
import { type IsoDate, parseIsoDate } from "#domain/time.js";
import type { Calendar } from "../calendar/calendar.js";
import { type ActionRow, type ReadActions, roundWithin, simpleRatio } from "./action-row.js";

interface FactorRow {
  readonly date: IsoDate;
  readonly price: number;
  readonly split: number;
  readonly reference: number;
}

/** Factors are written with seven decimals. */
const FACTOR_STEP = 1e-7;

/**
 * Splits: ratio = later split factor / earlier one. Dividends: amount = reference price x (1 - earlier price factor / later one), per
 * share held before (Lean, CorporateFactorRow.GetDividend), with as many decimals as the factors support. A spin-off is told as a
 * dividend of its value, as Lean does.
 *
 * `closes`, the raw closes of the symbol by day, guard against tickers that passed from one company to another: a change whose reference
 * price is more than 1 % off that day's close speaks of another share, and becomes a problem instead of an action.
 */
export function readLeanFactorFile(text: string, symbol: string, calendar: Calendar, closes?: ReadonlyMap<IsoDate, number>): ReadActions {
  const actions: ActionRow[] = [];
  const problems: string[] = [];
  const problem = (line: number, what: string): void => {
    problems.push(`Line ${line} of the factor file of ${symbol}: ${what}.`);
  };
  let earlier: FactorRow | null = null;
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === "") return;
    const row = parseRow(line);
    if (row === null) return problem(i + 1, `"${line.slice(0, 60)}" is not date,price_factor,split_factor,reference_price`);
    if (earlier !== null && row.date <= earlier.date) return problem(i + 1, `the date ${row.date} does not come after ${earlier.date}`);
    if (earlier !== null) {
      const changed = earlier.price !== row.price || earlier.split !== row.split;
      if (changed) addChange(earlier, row, calendar.next(earlier.date).date);
    }
    earlier = row;

    function addChange(before: FactorRow, after: FactorRow, exDate: IsoDate): void {
      const close = closes?.get(before.date) ?? before.reference;
      if (Math.abs(close / before.reference - 1) > 0.01) {
        return problem(
          i + 1,
          `on ${before.date} its price was ${before.reference}, but the close is ${close}: another share of that ticker`,
        );
      }
      if (before.price !== after.price) {
        const amount = dividendAmount(before, after);
        if (amount > 0) actions.push({ kind: "dividend", exDate, symbol, amount });
        else problem(i + 1, `the price factor after ${before.date} makes no positive dividend (reference price ${before.reference})`);
      }
      if (before.split !== after.split) {
        const step = FACTOR_STEP / Math.min(before.split, after.split);
        actions.push({ kind: "split", exDate, symbol, ratio: simpleRatio(after.split / before.split, Math.min(step, 1e-3), 100) });
      }
    }
  });
  return { actions, problems };
}

function dividendAmount(before: FactorRow, after: FactorRow): number {
  const exact = before.reference * (1 - before.price / after.price);
  return roundWithin(exact, (before.reference * FACTOR_STEP) / after.price);
}

function parseRow(line: string): FactorRow | null {
  const fields = line.split(",");
  const [day = "", ...numbers] = fields;
  const date = parseIsoDate(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`);
  const [price, split, reference] = numbers.map(Number);
  if (fields.length !== 4 || date === null || price === undefined || split === undefined || reference === undefined) return null;
  return price > 0 && split > 0 && reference >= 0 && Number.isFinite(price * split * reference) ? { date, price, split, reference } : null;
}
