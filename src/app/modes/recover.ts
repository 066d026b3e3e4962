// A live session that died is brought back: its journal is told again to a fresh engine, against a silent venue, and every entry that the
// engine makes must equal the recorded one; when the record ends it goes on appending. So nothing is decided twice, and nothing is lost.
// It sends nothing: what became of the orders that were out is what `runLive` asks the venue before it trades.
import type { Disk } from "#adapters/stores/journal/disk.js";
import { FileJournal, type FileJournalOptions, readJournal } from "#adapters/stores/journal/journal.js";
import { ByteWriter } from "#base/bytes.js";
import { Engine } from "#engine/engine.js";
import type { EngineParts } from "#engine/engine-parts.js";
import { restoreEngine, snapshotEngine } from "#engine/snapshot.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { FreshBars } from "./fresh-bars.js";
import { createSliceCursor } from "./slice-cursor.js";
import { readSealed, sealBytes } from "./sealed-bytes.js";

/** How far a live session has come in its schedule and its feed. */
export interface LivePosition {
  /** Timers that have fired: the schedule goes on behind them. */
  readonly timers: number;
  /** Row of the feed behind the last one seen; 0 before the first. */
  readonly nextRow: number;
  /** End of the newest bar seen per instrument row, Micros. */
  readonly newestBars: readonly number[];
}

export const LIVE_START: LivePosition = { timers: 0, nextRow: 0, newestBars: [] };

/** A session between two events: with it, only the entries behind it are told again. */
export interface LiveSnapshot {
  readonly position: LivePosition;
  /** Entries of the journal when it was taken. */
  readonly entries: number;
  readonly engine: Uint8Array;
}

/** Passes a barrier first: a snapshot never runs ahead of its journal. */
export function snapshotLive(engine: Engine, journal: FileJournal, position: LivePosition): LiveSnapshot {
  journal.barrier();
  return { position, entries: journal.entries, engine: snapshotEngine(engine) };
}

export function encodeLiveSnapshot({ engine, ...rest }: LiveSnapshot): Uint8Array {
  return sealBytes(new ByteWriter(1 << 12).json(rest).bytes(engine).finish());
}

/** Null when the bytes are damaged: the whole journal is told again then. */
export function decodeLiveSnapshot(bytes: Uint8Array): LiveSnapshot | null {
  return readSealed(bytes, (reader) => ({ ...(reader.json() as Omit<LiveSnapshot, "engine">), engine: reader.bytes() }));
}

export interface RecoverParts {
  readonly path: string;
  readonly options: FileJournalOptions;
  /** The system's when left out. */
  readonly disk?: Disk | undefined;
  /** Null tells the whole journal again. */
  readonly from: LiveSnapshot | null;
  /** Of the engine that died; its stages fresh. */
  readonly engine: Omit<EngineParts, "venue" | "journal">;
  readonly venue: ExecutionVenue;
  /** Rows that the journal only names: those before the session began, so that a snapshot covers them. */
  readonly source: MarketDataSource;
}

export interface Recovered {
  readonly engine: Engine;
  readonly journal: FileJournal;
  readonly position: LivePosition;
  /** Of the journal: what a crash had left of a block that was never acted on. */
  readonly cutBytes: number;
}

/** Throws `corrupt-journal`, `corrupt-artifact`, or `replay-differs` when data, code or configuration are not those of the session. */
export async function recoverLive(parts: RecoverParts): Promise<Recovered> {
  const { path, options, disk, from } = parts;
  const skip = from?.entries ?? 0;
  const { journal, cutBytes } = FileJournal.resume(path, options, skip, disk);
  const gate = gatedVenue(parts.venue);
  const engine = new Engine({ ...parts.engine, venue: gate.venue, journal });
  if (from !== null) restoreEngine(engine, from.engine);
  let { timers, nextRow, newestBars } = from?.position ?? LIVE_START;
  const fresh = new FreshBars(newestBars);
  const cursor = createSliceCursor(parts.source);
  let index = 0;
  for (const entry of readJournal(path, disk)) {
    if (index++ < skip || entry.kind !== "event") continue;
    const event = entry.event.kind === "rows" ? await cursor.next(entry.event) : entry.event;
    const isNews = (event.kind === "split" || event.kind === "delisting") && !engine.account.references.knows(event);
    await engine.step(event);
    if (event.kind === "timer") timers++;
    if (isNews) fresh.reference(event);
    if (event.kind !== "market") continue;
    nextRow = Math.max(nextRow, event.nextRow);
    fresh.take(event);
  }
  newestBars = fresh.save();
  journal.finish();
  gate.open();
  return { engine, journal, position: { timers, nextRow, newestBars }, cutBytes };
}

/** Silent until opened: whatever the journal tells again was sent when it was recorded, or is settled with the venue afterwards. */
function gatedVenue(venue: ExecutionVenue): { readonly venue: ExecutionVenue; open(): void } {
  let open = false;
  return {
    venue: {
      capabilities: venue.capabilities,
      submit: (order) => void (open && venue.submit(order)),
      cancel: (id) => void (open && venue.cancel(id)),
      snapshot: () => venue.snapshot(),
      fillsSince: (at) => venue.fillsSince(at),
      postingsSince: (at) => venue.postingsSince(at),
    },
    open: () => {
      open = true;
    },
  };
}
