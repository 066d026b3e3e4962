// What a program left in its folder, as the output of a pipeline: features.csv, and if there are any predictions.csv, labels.csv and fills.csv.
// `decided_at` is a moment in UTC, or a day: then the close of its session. What is not there is not known.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import { splitCsv } from "#data/facts/read-table.js";
import { type Micros, MS_US } from "#domain/time.js";
import type { PipelineOutput, World } from "#research/leaks/subject.js";

interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Throws `bad-file` naming the file and line. */
export function readOutput(folder: string, world: World): PipelineOutput {
  const features = readTable(folder, "features.csv", ["decided_at", "symbol"]);
  const predictions = readTable(folder, "predictions.csv", ["decided_at", "symbol", "prediction"]);
  const labels = readTable(folder, "labels.csv", ["decided_at", "symbol", "value", "start_at", "end_at"]);
  const fills = readTable(folder, "fills.csv", ["decided_at", "symbol", "filled_at", "price"]);
  if (features === null && predictions === null && fills === null)
    throw new TruewindError(
      "bad-file",
      "The program left none of features.csv, predictions.csv and fills.csv in its folder: write one of them there.",
    );
  const closes = new Map(world.sessions.map(({ date, closeAt }) => [date, closeAt]));
  const moment = (table: Table, row: number, name: string): number => {
    const text = table.rows[row]?.[table.columns.indexOf(name)] ?? "";
    const time = closes.get(text) ?? Date.parse(text) * MS_US;
    if (Number.isNaN(time)) throw wrong(table, row, `${name} "${text}" is neither a moment nor a day with a session`);
    return time;
  };
  const tables = [features, predictions, labels, fills].filter((table) => table !== null);
  const times = new Set(tables.flatMap((table) => table.rows.map((_, row) => moment(table, row, "decided_at"))));
  const decisions = [...times].sort((a, b) => a - b) as Micros[];
  const place = new Map<number, number>(decisions.map((at, d) => [at, d]));
  const number = new Map(world.symbols.map((symbol, i) => [symbol, i]));
  const symbolOf = (table: Table, row: number): number => {
    const text = table.rows[row]?.[table.columns.indexOf("symbol")] ?? "";
    const symbol = number.get(text);
    if (symbol === undefined) throw wrong(table, row, `there is no symbol "${text}"`);
    return symbol;
  };
  const decisionOf = (table: Table, row: number): number => place.get(moment(table, row, "decided_at")) as number;
  const columnOf = (table: Table, name: string, value: (row: number) => number): Float64Array => {
    const column = new Float64Array(decisions.length * world.symbols.length).fill(Number.NaN);
    if (table.columns.includes(name))
      table.rows.forEach((_, row) => {
        column[decisionOf(table, row) * world.symbols.length + symbolOf(table, row)] = value(row);
      });
    return column;
  };
  const numbers = (table: Table, name: string): Float64Array => columnOf(table, name, (row) => toNumber(table, row, name));
  const times64 = (table: Table, name: string): Float64Array => columnOf(table, name, (row) => moment(table, row, name));
  const names = features?.columns.filter((name) => name !== "decided_at" && name !== "symbol") ?? [];
  return {
    decisions,
    features: new Map(names.map((name) => [name, numbers(features as Table, name)])),
    labels:
      labels === null ? null : { value: numbers(labels, "value"), startAt: times64(labels, "start_at"), endAt: times64(labels, "end_at") },
    predictions: predictions === null ? null : numbers(predictions, "prediction"),
    folds: null,
    fills:
      fills?.rows.map((_, row) => ({
        decision: decisionOf(fills, row),
        symbol: symbolOf(fills, row),
        at: moment(fills, row, "filled_at") as Micros,
        price: toNumber(fills, row, "price"),
      })) ?? [],
  };
}

/** Null when there is no such file. */
function readTable(folder: string, file: string, needed: readonly string[]): Table | null {
  const path = join(folder, file);
  if (!existsSync(path)) return null;
  const [header = "", ...rows] = readFileSync(path, "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "");
  const columns = splitCsv(header);
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw new TruewindError("bad-file", `The program's ${file} has no column ${missing.join(", ")}: it needs ${needed.join(", ")}.`);
  return { file, columns, rows: rows.map(splitCsv) };
}

/** Empty and `nan` are not known. */
function toNumber(table: Table, row: number, name: string): number {
  const text = table.rows[row]?.[table.columns.indexOf(name)] ?? "";
  if (text === "" || /^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  if (Number.isNaN(value)) throw wrong(table, row, `${name} "${text}" is not a number`);
  return value;
}

function wrong({ file }: Table, row: number, what: string): TruewindError {
  return new TruewindError("bad-file", `The program's ${file}, line ${row + 2}: ${what}.`);
}
