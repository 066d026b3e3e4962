// The plan of a feature set over a dataset as a whole, without an experiment's universe: the one that the store is filled with.
import { TruewindError } from "#base/errors.js";
import { calendarByName } from "#data/calendar/calendar.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { Instrument } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import { isoDateOrThrow, utcDate } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import type { PeerRole } from "#features/language/node.js";
import { compileFeatures } from "#features/plan/compile.js";
import type { FeaturePlan } from "#ports/stages.js";
import { sectorNumbers } from "../modes/company.js";

/** Symbols of reference instruments. */
export type PeerSymbols = Readonly<Partial<Record<PeerRole, string>>>;

/** `instruments`: all of the dataset or some, in its order. Peers that are not among them are not known. */
export function planOfDataset(
  manifest: DatasetManifest,
  instruments: readonly Instrument[],
  definitions: readonly FeatureDefinition[],
  peers: PeerSymbols,
): FeaturePlan {
  const rowOf = new Map(instruments.map(({ id }, row) => [id as string, row]));
  const rows = Object.entries(peers).flatMap(([role, symbol]) => (rowOf.has(symbol) ? [[role, rowOf.get(symbol) as number] as const] : []));
  const barred = new Set<string>(manifest.notTradable);
  return compileFeatures(definitions, {
    instruments: instruments.length,
    tradable: Uint8Array.from(instruments, ({ id }) => (barred.has(id) ? 0 : 1)),
    sector: sectorNumbers(instruments),
    peers: Object.fromEntries(rows),
    sessions: sessionsAround(manifest),
    minHistory: 1,
    filters: [],
    priceBasis: manifest.priceBasis,
  });
}

/**
 * Sessions of whole years, from the one before the data to the one after: a calendar is known ahead, so a feature that counts the days to
 * something has the same value today as when more data have come. Years that the calendar does not know are left out.
 */
export function sessionsAround({ from, to, calendar: name }: DatasetManifest): readonly Session[] {
  if (from === null || to === null) return [];
  const calendar = calendarByName(name);
  const sessions: Session[] = [];
  const year = (date: string): number => Number(date.slice(0, 4));
  for (let y = year(utcDate(from)) - 1; y <= year(utcDate(to)) + 1; y++) {
    try {
      sessions.push(...calendar.sessions(isoDateOrThrow(`${y}-01-01`), isoDateOrThrow(`${y}-12-31`)));
    } catch (error) {
      if (!(error instanceof TruewindError && error.code === "no-data")) throw error;
    }
  }
  return sessions;
}
