// Reads the declared corporate actions and numbers them like the rows of the import. A file that cannot be read becomes a note.
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { PriceBasis } from "#domain/dataset.js";
import type { Calendar } from "../calendar/calendar.js";
import type { ActionRow, ReadActions } from "../actions/action-row.js";
import { readActionsCsv } from "../actions/actions-csv.js";
import { readLeanFactorFile } from "../actions/lean-factor-file.js";
import { actionTime } from "../actions/reference-events.js";
import type { PriceAction } from "../quality/bar-sequence.js";
import type { LocatedDeclaration } from "./declaration.js";
import type { KnownSplit } from "./price-basis.js";
import { readText } from "./read-text.js";

/** Actions on symbols of the set, in the files' order. Lean's files are found by the symbol's name in lower case. */
export async function loadActions(
  { declaration, root }: LocatedDeclaration,
  symbols: readonly string[],
  calendar: Calendar,
  notes: string[],
): Promise<ActionRow[]> {
  if (declaration.actions === undefined) return [];
  const path = resolve(root, declaration.actions.path);
  const known = new Set(symbols);
  try {
    const reads =
      declaration.actions.kind === "csv" ? [readActionsCsv(await readText(path))] : await readFactorFiles(path, symbols, calendar);
    const problems = reads.flatMap((read) => read.problems);
    if (problems.length > 0) notes.push(`${problems.length} lines of the corporate actions were not understood; the first: ${problems[0]}`);
    const upper = (row: ActionRow): ActionRow => (declaration.symbolCase === "upper" ? { ...row, symbol: row.symbol.toUpperCase() } : row);
    return reads.flatMap((read) => read.actions.map(upper)).filter((row) => known.has(row.symbol));
  } catch (error) {
    notes.push(
      `The corporate actions ${declaration.actions.path} could not be read, so none are applied (${(error as Error).message.slice(0, 160)}).`,
    );
    return [];
  }
}

/** The actions that change prices on this basis: all on raw prices, dividends alone on split-adjusted ones, none on fully adjusted ones. */
export function actionsFor(priceBasis: PriceBasis, actions: readonly ActionRow[]): ActionRow[] {
  return actions.filter(
    (action) => action.kind === "delisting" || priceBasis === "raw" || (priceBasis === "split" && action.kind === "dividend"),
  );
}

export function knownSplits(actions: readonly ActionRow[], symbols: readonly string[], calendar: Calendar): KnownSplit[] {
  const ixOf = new Map(symbols.map((symbol, ix) => [symbol, ix]));
  return actions.flatMap((action) => {
    const ix = ixOf.get(action.symbol);
    if (action.kind !== "split" || ix === undefined) return [];
    return [{ ix, from: actionTime(action.kind, action.exDate, calendar), ratio: action.ratio }];
  });
}

/** Splits and dividends per instrument in order of time, as the bar checks need them. */
export function priceActions(
  actions: readonly ActionRow[],
  symbols: readonly string[],
  calendar: Calendar,
): ReadonlyMap<number, readonly PriceAction[]> {
  const ixOf = new Map(symbols.map((symbol, ix) => [symbol, ix]));
  const byIx = new Map<number, PriceAction[]>();
  for (const action of actions) {
    const ix = ixOf.get(action.symbol);
    if (ix === undefined || action.kind === "delisting") continue;
    const from = actionTime(action.kind, action.exDate, calendar);
    const effect = action.kind === "split" ? { from, ratio: action.ratio, amount: 0 } : { from, ratio: 1, amount: action.amount };
    const list = byIx.get(ix) ?? [];
    list.push(effect);
    byIx.set(ix, list);
  }
  for (const list of byIx.values()) list.sort((a, b) => a.from - b.from);
  return byIx;
}

async function readFactorFiles(folder: string, symbols: readonly string[], calendar: Calendar): Promise<ReadActions[]> {
  const files = new Set(await readdir(folder));
  const reads: ReadActions[] = [];
  for (const symbol of symbols) {
    const name = `${symbol.toLowerCase()}.csv`;
    if (files.has(name)) reads.push(readLeanFactorFile(await readText(join(folder, name)), symbol, calendar));
  }
  return reads;
}
