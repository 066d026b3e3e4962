// The import, step by step, into the folder of a new version: stage files, sort rows, judge them, write the lake, the findings and
// the manifest. Never touches the dataset that is there; whoever calls publishes the folder when it is complete.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { TruewindError } from "#base/errors.js";
import type { Delisting, ReferenceEvent } from "#domain/corporate-action.js";
import type { DatasetManifest, PriceBasis } from "#domain/dataset.js";
import type { InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { DAY_US, type Micros, utcDate } from "#domain/time.js";
import { inferDelistings, PERFORMANCE_DELISTING_RETURN } from "../actions/infer-delistings.js";
import { toReferenceEvents } from "../actions/reference-events.js";
import { type Calendar, calendarByName } from "../calendar/calendar.js";
import { openDuckDb, type DuckDb } from "../lake/duckdb.js";
import { writePartitions } from "../lake/partitions.js";
import { sealVersion } from "../lake/seal.js";
import { removeWork } from "../lake/write-dataset.js";
import { TIME_COLUMNS, VALUE_COLUMNS } from "../lake/columns.js";
import { DayIndex } from "../quality/day-index.js";
import type { QualityReport } from "../quality/report.js";
import type { LocatedDeclaration } from "./declaration.js";
import { findFiles } from "./file-list.js";
import { createInstruments, readSectors } from "./instrument-master.js";
import { type Judgement, judgeRows } from "./judge-rows.js";
import { actionsFor, knownSplits, loadActions, priceActions } from "./load-actions.js";
import { loadRates } from "./load-rates.js";
import { type PreviousVersion, resolveRevisions, stagePrevious, type UpdateReport } from "./merge-previous.js";
import { assumeBasis, type KnownSplit, weighSplits } from "./price-basis.js";
import { isDaily } from "./row-sql.js";
import { sortRows } from "./sort-rows.js";
import { stageFiles } from "./stage-files.js";
import { summarize } from "./summarize.js";

/** A symbol that ends earlier than this before the set does is not a survivor. */
export const SURVIVAL_SLACK_US = 30 * DAY_US;

export interface ImportProgress {
  readonly stage: "reading" | "checking" | "writing";
  /** In [0, 1], within the stage. */
  readonly done: number;
}

export interface ImportOptions {
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Stops the import; nothing is changed then. */
  readonly signal?: AbortSignal | undefined;
  readonly threads?: number | undefined;
  /** DuckDB's memory limit, e.g. `1GB`. */
  readonly memoryLimit?: string | undefined;
}

export interface ImportResult {
  readonly manifest: DatasetManifest;
  readonly quality: QualityReport;
  /** What an update found; null after an import. */
  readonly update: UpdateReport | null;
}

/** Fills the empty `folder`. `secondSql` gives (symbol, end_at, close) of a second source; with `previous`, its rows join in. Throws `no-data` when no row is left. */
export async function buildVersion(
  located: LocatedDeclaration,
  folder: string,
  secondSql: string | null,
  options: ImportOptions,
  previous?: PreviousVersion,
): Promise<ImportResult> {
  const files = await findFiles(located.root, located.declaration.files);
  if (files.length === 0) {
    throw new TruewindError(
      "no-such-file",
      `No file under ${located.root} matches ${located.declaration.files.join(", ")}: check the declaration's files.`,
    );
  }
  const db = await openDuckDb(null, join(folder, "spill"), options);
  const interrupt = (): void => db.connection.interrupt();
  options.signal?.addEventListener("abort", interrupt);
  try {
    return await fillVersion(db, located, files, folder, secondSql, options, previous);
  } catch (error) {
    if (options.signal?.aborted === true)
      throw new TruewindError("interrupted", `The import of ${located.declaration.name} was stopped; nothing was changed.`, {
        cause: error,
      });
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
    db.close();
    await removeWork(folder);
  }
}

async function fillVersion(
  db: DuckDb,
  located: LocatedDeclaration,
  paths: readonly string[],
  folder: string,
  secondSql: string | null,
  options: ImportOptions,
  previous: PreviousVersion | undefined,
): Promise<ImportResult> {
  const { declaration, root } = located;
  const { connection } = db;
  const notes: string[] = [];
  const report = (stage: ImportProgress["stage"], done: number): void => {
    options.onProgress?.({ stage, done });
    options.signal?.throwIfAborted();
  };
  const calendar = calendarByName(declaration.calendar);
  const timezone = declaration.timezone ?? calendar.timezone;
  const files = await stageFiles(
    { connection, located, timezone, signal: options.signal, onProgress: (done) => report("reading", done) },
    paths,
  );

  report("checking", 0);
  if (previous !== undefined) await stagePrevious(connection, previous, calendar, isDaily(declaration), paths.length);
  const { symbols, days } = await sortRows(connection, declaration, calendar, secondSql);
  const known = await loadActions(located, symbols, calendar, notes);
  const priceBasis =
    declaration.priceBasis ?? previous?.dataset.manifest.priceBasis ?? (await inferBasis(db, knownSplits(known, symbols, calendar), notes));
  const actions = actionsFor(priceBasis, known);
  const update =
    previous === undefined ? null : await resolveRevisions(connection, declaration, previous, paths.length, priceBasis !== "raw");
  if (update !== null) notes.push(`An update: ${previous?.dataset.manifest.rows ?? 0} of the rows read were in the lake already.`);
  report("checking", 0.5);
  const judgement: Judgement =
    days === null
      ? {
          tallies: symbols.map(() => ({
            rows: 0,
            first: Number.NaN,
            last: Number.NaN,
            zeroVolume: 0,
            extremeMoves: 0,
            stale: 0,
            missingSessions: 0,
          })),
          gaps: [],
          outsideHours: 0,
        }
      : await judgeRows(
          db,
          declaration,
          symbols,
          new DayIndex(calendar, days.from, days.to),
          priceActions(actions, symbols, calendar),
          options.signal,
        );

  report("writing", 0);
  const kept = await keepInstruments(db, declaration.kind, judgement);
  await writePartitions(db, folder, declaration.kind, "kept");
  report("writing", 0.4);
  const keptSymbols = kept.map((ix) => symbols[ix] as string);
  const instruments = createInstruments(located, keptSymbols, await readSectors(connection, located, notes), priceBasis);
  const ends = kept.map((ix) => judgement.tallies[ix]?.last ?? Number.NaN);
  const told = toReferenceEvents(actions, instruments, calendar);
  const firsts = kept.map((ix) => judgement.tallies[ix]?.first ?? Number.NaN);
  const rates = await loadRates(located, extreme(Math.min, firsts), extreme(Math.max, ends), notes);
  const references: ReferenceEvent[] = [
    ...told,
    ...rates,
    ...(ends.length === 0 ? [] : delistingsOf(ends, told, located, calendar, notes)),
  ];
  const quality = await summarize(connection, declaration, root, folder, files, symbols, judgement, notes);
  if (quality.rowsKept === 0) throw new TruewindError("no-data", nothingLeft(declaration.name, quality));
  report("writing", 0.6);
  const facts = {
    name: declaration.name,
    kind: declaration.kind,
    barInterval: declaration.kind === "bar" ? declaration.interval : null,
    priceBasis,
    priceBasisAssumed: declaration.priceBasis === undefined,
    survivorsOnly: declaration.survivorsOnly ?? allSurvive(ends),
    survivorsAssumed: declaration.survivorsOnly === undefined,
    calendar: declaration.calendar,
    instruments,
    notTradable: declaration.notTradable.filter((id) => keptSymbols.includes(id)) as InstrumentId[],
    source: `${paths.length} ${declaration.format} file${paths.length === 1 ? "" : "s"} matching ${declaration.files.slice(0, 3).join(", ")}`,
  };
  await writeFile(
    join(folder, "declaration.yaml"),
    stringify({ ...declaration, ...(priceBasis === "full" ? { actions: undefined } : {}), priceBasis, survivorsOnly: facts.survivorsOnly }),
  );
  const manifest = await sealVersion(connection, folder, facts, references, quality, options, previous?.dataset.manifest.lineage);
  report("writing", 1);
  return { manifest, quality, update };
}

/** Without the limit on the number of arguments. */
function extreme(pick: (a: number, b: number) => number, values: readonly number[]): number {
  return values.reduce((best, value) => pick(best, value), values[0] ?? Number.NaN);
}

function allSurvive(ends: readonly number[]): boolean {
  const setEnd = extreme(Math.max, ends);
  return ends.every((end) => end >= setEnd - SURVIVAL_SLACK_US);
}

async function inferBasis(db: DuckDb, splits: readonly KnownSplit[], notes: string[]): Promise<PriceBasis> {
  const { priceBasis, note } = assumeBasis(await weighSplits(db.connection, splits));
  notes.push(note);
  return priceBasis;
}

/** View `kept`: the rows of the lake in order, with instruments renumbered densely. Returns the provisional numbers that stay. */
async function keepInstruments(db: DuckDb, kind: DatasetManifest["kind"], judgement: Judgement): Promise<number[]> {
  const kept = judgement.tallies.flatMap((tally, ix) => (tally.rows > 0 ? [ix] : []));
  const fresh = judgement.tallies.map(() => -1);
  kept.forEach((old, ix) => {
    fresh[old] = ix;
  });
  // A list and no join: joins do not keep the order of rows.
  const ix = kept.length === fresh.length ? "ix" : `([${fresh.join(", ")}])[ix + 1] AS ix`;
  await db.connection.run(`CREATE VIEW kept AS SELECT ${[ix, ...TIME_COLUMNS[kind], ...VALUE_COLUMNS[kind]].join(", ")} FROM sorted`);
  return kept;
}

/** Delistings of the actions file, and of daily names that fall silent. Intraday sets often cover names unevenly: nothing is inferred. */
function delistingsOf(
  ends: readonly number[],
  told: readonly ReferenceEvent[],
  located: LocatedDeclaration,
  calendar: Calendar,
  notes: string[],
): Delisting[] {
  if (!isDaily(located.declaration)) return [];
  const known = new Set(told.flatMap((event) => (event.kind === "delisting" ? [event.instrument] : [])));
  const dates = ends.map((end) => utcDate((end - 1) as Micros));
  const setEnd = dates.reduce((latest, date) => (date > latest ? date : latest));
  const lastBars = dates.map((date, ix) => ({ instrument: ix as InstrumentIx, date })).filter(({ instrument }) => !known.has(instrument));
  const finalReturn = located.declaration.delistingReturn ?? PERFORMANCE_DELISTING_RETURN;
  const delistings = inferDelistings(lastBars, setEnd, calendar, finalReturn);
  if (delistings.length > 0) {
    notes.push(
      `${delistings.length} symbols fall silent before the end of the set: taken as delisted, holders get the last price x ${1 + finalReturn} (assumed).`,
    );
  }
  return delistings;
}

function nothingLeft(name: string, quality: QualityReport): string {
  const file = quality.files.find((one) => one.reason !== null);
  const reasons = Object.entries(quality.quarantined).map(([reason, n]) => `${n} x ${reason}`);
  if (file !== undefined) reasons.unshift(`${file.path}: ${file.reason}`);
  return `Nothing of ${name} could be imported (${reasons.slice(0, 5).join("; ") || "the files hold no rows"}): check the declaration.`;
}
