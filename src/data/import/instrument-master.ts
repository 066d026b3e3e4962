// The instrument list of a dataset: grid and currency from the declaration, sectors from a file beside the data when there is one.
import { resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { PriceBasis } from "#domain/dataset.js";
import type { Currency, Instrument, InstrumentId } from "#domain/instrument.js";
import { readRows, sqlName, sqlText } from "../lake/duckdb.js";
import type { LocatedDeclaration } from "./declaration.js";

/** The true tick is not known on adjusted prices: the grid is fine, and spreads use this fraction of the price. */
const ADJUSTED = { tickSize: 1e-6, relativeTick: 1e-4 };
const RAW_TICK = 0.01;

/** Sector by symbol. A file that cannot be read is a note, not an end: sectors are then not known. */
export async function readSectors(
  connection: DuckDBConnection,
  { declaration, root }: LocatedDeclaration,
  notes: string[],
): Promise<ReadonlyMap<string, string>> {
  const master = declaration.instruments;
  if (master === undefined || master.sector === undefined) return new Map();
  const file = resolve(root, master.file);
  try {
    const source = file.endsWith(".parquet")
      ? `read_parquet(${sqlText(file)})`
      : `read_csv(${sqlText(file)}, all_varchar = true, header = true)`;
    const [symbol, sector] = [sqlName(master.symbol), sqlName(master.sector)];
    const rows = await readRows(
      connection,
      `SELECT trim(${symbol}) AS symbol, trim(${sector}) AS sector FROM ${source} WHERE trim(${sector}) <> '' ORDER BY 1, 2`,
    );
    const caseOf = (text: string): string => (declaration.symbolCase === "upper" ? text.toUpperCase() : text);
    return new Map(rows.map((row) => [caseOf(String(row.symbol)), String(row.sector)]));
  } catch (error) {
    notes.push(
      `The instrument file ${master.file} could not be read, so sectors are not known (${((error as Error).message.split("\n")[0] ?? "").slice(0, 160)}).`,
    );
    return new Map();
  }
}

export function createInstruments(
  { declaration }: LocatedDeclaration,
  symbols: readonly string[],
  sectors: ReadonlyMap<string, string>,
  priceBasis: PriceBasis,
): Instrument[] {
  const raw = priceBasis === "raw";
  return symbols.map((symbol) => ({
    id: symbol as InstrumentId,
    venue: declaration.calendar,
    currency: declaration.currency as Currency,
    tickSize: declaration.tickSize ?? (raw ? RAW_TICK : ADJUSTED.tickSize),
    relativeTick: raw ? null : ADJUSTED.relativeTick,
    lotSize: declaration.lotSize,
    sector: sectors.get(symbol) ?? null,
  }));
}
