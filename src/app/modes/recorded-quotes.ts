// The quotes that an experiment names beside its bars: those of instruments that have both, numbered as the bars number them. The venue reads them;
// decisions never do.
import { TruewindError } from "#base/errors.js";
import { type OpenDataset, openDataset } from "#data/lake/open-dataset.js";
import type { SymbolNames } from "#data/names/name-key.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { Instrument, InstrumentId } from "#domain/instrument.js";
import type { QuoteBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { type Micros, SECOND_US, utcDate } from "#domain/time.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { QuoteRhythm } from "#simulation/venue/quote-rhythm.js";
import type { QuoteTerms } from "#simulation/venue/quotes.js";
import type { Experiment } from "../config/experiment.js";
import { haltsOf } from "../config/venue-rules.js";
import { rhythmOfQuotes } from "./rhythm-of-quotes.js";

export interface RecordedQuotes {
  readonly manifest: DatasetManifest;
  /** 1 for each row of the bars whose orders meet quotes. */
  readonly quoted: Uint8Array;
  /** Of the whole recording, read once when it is first asked for: whichever of its sessions are traded, in whatever mode, it is the same. */
  rhythm(): Promise<QuoteRhythm>;
  /** Quote batches, instruments numbered as in the bars; exchange time within the window. */
  source(window: Window): MarketDataSource;
}

interface Window {
  readonly from: Micros;
  readonly to: Micros;
}

/** The quotes of a stretch of trading, for the venues of its accounts. */
export interface QuoteFeed {
  readonly terms: QuoteTerms;
  readonly rhythm: QuoteRhythm;
  readonly sessions: readonly Session[];
  readonly source: MarketDataSource;
}

/** Of the sessions that are traded; null where there are none. */
export async function quoteFeed(quotes: RecordedQuotes | null, sessions: readonly Session[]): Promise<QuoteFeed | null> {
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (quotes === null || first === undefined || last === undefined) return null;
  const rhythm = await quotes.rhythm();
  const terms = { quoted: quotes.quoted, maxAge: rhythm.maxAge };
  return { terms, rhythm, sessions, source: quotes.source({ from: first.openAt, to: last.closeAt }) };
}

/** Null where the experiment names none. `names`: of bars that bear aliases; quotes are kept under symbols. Throws `no-such-dataset` or `bad-config`. */
export async function openRunQuotes(
  lakeDir: string,
  { data, venue }: Experiment,
  bars: OpenDataset,
  names: SymbolNames | null,
): Promise<RecordedQuotes | null> {
  if (data.quotes === undefined) return null;
  const quotes = await openDataset(lakeDir, data.quotes);
  const { manifest } = quotes;
  const where = `data.quotes: ${manifest.name}`;
  if (manifest.kind !== "quote") throw new TruewindError("bad-config", `${where} holds ${manifest.kind}s, not quotes.`);
  const rowOf = new Map(bars.manifest.instruments.map(({ id }, row) => [(names?.symbolOf(id) ?? id) as InstrumentId, row]));
  const shared = manifest.instruments.filter(({ id }) => rowOf.has(id));
  const problem = misfit(shared, manifest, bars.manifest, rowOf);
  if (problem !== null) throw new TruewindError("bad-config", `${where} ${problem}`);
  const rows = shared.map(({ id }) => rowOf.get(id) as number);
  const quoted = new Uint8Array(bars.manifest.instruments.length);
  for (const row of rows) quoted[row] = 1;
  const instruments = shared.map(({ id }) => id);
  async function* batchesOf(window: Partial<Window>, fromRow: number): AsyncGenerator<QuoteBatch> {
    for await (const batch of quotes.source({ ...window, instruments }).batches(fromRow)) {
      if (batch.kind !== "quote") continue;
      const { instrument } = batch;
      for (let k = 0; k < batch.length; k++) instrument[k] = rows[instrument[k] as number] as number;
      yield batch;
    }
  }
  function listen(): Promise<QuoteRhythm> {
    const halts = venue === undefined ? undefined : haltsOf(venue, bars.manifest.instruments);
    const maxAge = data.maxQuoteSeconds === undefined ? null : Math.round(data.maxQuoteSeconds * SECOND_US);
    return rhythmOfQuotes(manifest, bars.manifest.calendar, batchesOf({}, 0), { quoted, halts, maxAge });
  }
  let rhythm: Promise<QuoteRhythm> | null = null;
  return {
    manifest,
    quoted,
    rhythm: () => (rhythm ??= listen()),
    source: (window) => ({ batches: (fromRow) => batchesOf(window, fromRow) }),
  };
}

/** The same, filled on bars: for markets that nobody quoted. */
export function withoutQuotes(experiment: Experiment): Experiment {
  const { quotes: _, maxQuoteSeconds: __, ...data } = experiment.data;
  return { ...experiment, data };
}

/** What keeps these quotes from being those of the bars, in words that follow the dataset's name; null: nothing. */
function misfit(
  shared: readonly Instrument[],
  quotes: DatasetManifest,
  bars: DatasetManifest,
  rowOf: ReadonlyMap<InstrumentId, number>,
): string | null {
  if (shared.length === 0) return `quotes none of the instruments of ${bars.name}: both datasets must use the same symbols.`;
  if (quotes.priceBasis !== bars.priceBasis)
    return `has ${quotes.priceBasis} prices and ${bars.name} ${bars.priceBasis} ones: declare the same priceBasis for both, and import the one that is wrong again.`;
  const other = shared.find(({ id, currency }) => bars.instruments[rowOf.get(id) as number]?.currency !== currency);
  return other === undefined ? null : `quotes in ${other.currency} what ${bars.name} prices in another currency.`;
}

/** Throws `bad-config` where trading would begin before the quotes or go on after them: nothing could be filled there. */
export function refuseUnquoted(quotes: RecordedQuotes | null, sessions: readonly Session[]): void {
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (quotes === null || first === undefined || last === undefined || covers(quotes, sessions)) return;
  const { name, from, to } = quotes.manifest;
  const range = from === null || to === null ? "is empty" : `reaches from ${utcDate(from)} to ${utcDate(to)}`;
  throw new TruewindError(
    "bad-config",
    `Trading goes from ${first.date} to ${last.date}, and data.quotes ${name} ${range}: no order would be filled outside of it; set splits.firstTest and data.to within it.`,
  );
}

/** Whether there are quotes in the first and in the last of the sessions, or before and after. */
export function covers({ manifest: { from, to } }: RecordedQuotes, sessions: readonly Session[]): boolean {
  const [first, last] = [sessions[0], sessions.at(-1)];
  return from !== null && to !== null && first !== undefined && last !== undefined && from < first.closeAt && to >= last.openAt;
}
