// Corporate actions from CSV, told apart by the header: (a) our own, `ex_date,symbol` with any of `split_ratio`, `dividend` and
// `final_return`, empty where nothing happened; (b) factors inferred from a vendor's adjusted closes, `ex_date,symbol,factor` with
// `prev_close_raw`, where `factor` multiplies the prices before the ex-date. Fields hold no quotes and no commas.
import { type IsoDate, parseIsoDate } from "#domain/time.js";
import { type ActionRow, type ReadActions, roundWithin, simpleRatio } from "./action-row.js";

type Field = (name: string) => string;

export function readActionsCsv(text: string): ReadActions {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = (lines[0] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const read = readerFor(new Set(header));
  if (read === null)
    return { actions: [], problems: [`The header "${(lines[0] ?? "").slice(0, 80)}" is not that of an actions file: ${EXPECTED}.`] };
  const actions: ActionRow[] = [];
  const problems: string[] = [];
  lines.slice(1).forEach((line, i) => {
    if (line.trim() === "") return;
    const fields = line.split(",");
    const field: Field = (name) => fields[header.indexOf(name)]?.trim() ?? "";
    const date = parseIsoDate(field("ex_date"));
    const symbol = field("symbol");
    const found =
      fields.length !== header.length ? `has ${fields.length} fields, not ${header.length}` : read(field, date ?? ("" as IsoDate), symbol);
    if (date === null) problems.push(`Line ${i + 2}: "${field("ex_date")}" is not a date in YYYY-MM-DD.`);
    else if (symbol === "") problems.push(`Line ${i + 2}: the symbol is missing.`);
    else if (typeof found === "string") problems.push(`Line ${i + 2} ${found}.`);
    else actions.push(...found);
  });
  return { actions, problems };
}

const EXPECTED = "expected ex_date,symbol and split_ratio, dividend or final_return; or ex_date,symbol,factor,prev_close_raw";

type Reader = (field: Field, exDate: IsoDate, symbol: string) => readonly ActionRow[] | string;

function readerFor(columns: ReadonlySet<string>): Reader | null {
  if (!columns.has("ex_date") || !columns.has("symbol")) return null;
  if (["split_ratio", "dividend", "final_return"].some((name) => columns.has(name))) return readOwn;
  return columns.has("factor") && columns.has("prev_close_raw") ? readInferred : null;
}

const readOwn: Reader = (field, exDate, symbol) => {
  const out: ActionRow[] = [];
  const [ratio, amount, finalReturn] = [field("split_ratio"), field("dividend"), field("final_return")];
  if (amount !== "" && Number(amount) !== 0) {
    if (!positive(Number(amount))) return `has the dividend "${amount}", which is no positive number`;
    out.push({ kind: "dividend", exDate, symbol, amount: Number(amount) });
  }
  if (ratio !== "" && Number(ratio) !== 1) {
    if (!positive(Number(ratio))) return `has the split ratio "${ratio}", which is no positive number`;
    out.push({ kind: "split", exDate, symbol, ratio: Number(ratio) });
  }
  if (finalReturn !== "") {
    const value = Number(finalReturn);
    if (!(value >= -1 && Number.isFinite(value))) return `has the final return "${finalReturn}", which is no number from -1 up`;
    out.push({ kind: "delisting", exDate, symbol, finalReturn: value });
  }
  return out.length > 0 ? out : "says nothing: no split, dividend or final return";
};

/** Below and above these a factor is a split or a reverse split; between 1 and the first, a dividend of that part of the price. */
const [SPLIT_BELOW, SPLIT_ABOVE] = [0.8, 1];
/** Factors are written with six decimals. */
const FACTOR_STEP = 1e-6;

/**
 * A stock dividend of less than 25 % and a spin-off look like cash here: a factor does not tell them apart. Ratios are taken as simple
 * fractions within the rounding of the closes from which the factor was made (half a cent).
 */
const readInferred: Reader = (field, exDate, symbol) => {
  const factor = Number(field("factor"));
  const close = Number(field("prev_close_raw"));
  if (!positive(factor) || !positive(close))
    return `has factor "${field("factor")}" and close "${field("prev_close_raw")}", which must be positive`;
  if (factor === 1) return [];
  if (factor >= SPLIT_BELOW && factor < SPLIT_ABOVE) {
    return [{ kind: "dividend", exDate, symbol, amount: roundWithin(close * (1 - factor), close * FACTOR_STEP) }];
  }
  const tolerance = Math.min(5e-3, Math.max(2e-4, 0.005 / (close * factor)));
  const ratio = factor > 1 ? 1 / simpleRatio(factor, tolerance, 10) : simpleRatio(1 / factor, tolerance, 10);
  return [{ kind: "split", exDate, symbol, ratio }];
};

function positive(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}
