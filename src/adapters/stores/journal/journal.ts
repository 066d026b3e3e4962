// Four journals over one file format: a new one that writes, a resumed one that first checks what is already written, one that only checks, and
// reading.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { Trip } from "#domain/breaker.js";
import type { EngineEvent } from "#domain/event.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { SessionNote } from "#domain/session-note.js";
import type { Micros } from "#domain/time.js";
import type { Journal } from "#ports/journal.js";
import { isAttribution, type StoredEntry, readEntry, readTold, writeAttribution, writeDecision, writeEvent, writeNote } from "./codec.js";
import { type Disk, type DiskFile, systemDisk } from "./disk.js";
import { type JournalFile, appendBlock, blockIsFull, blocks, createJournalFile, firstEntryBlock, openJournalFile } from "./file.js";

export interface FileJournalOptions {
  /** Market rows seen before this moment are written as row numbers of the dataset that the header names; later ones in full. */
  readonly referenceBefore: number;
  /** Whether a barrier waits for the disk. A backtest can be run again; a paper or live session cannot. */
  readonly durable: boolean;
}

/** The record that is checked goes no further. */
export class RecordEnd extends Error {}

export class FileJournal implements Journal {
  private readonly block = new ByteWriter(1 << 16);
  /** Recorded entries that a resumed session has to repeat before it goes on. */
  private readonly recorded: Iterator<Uint8Array> | null;
  /** The next of them; null when there is none left. */
  private ahead: Uint8Array | null = null;
  private readonly scratch = new ByteWriter(1 << 12);
  private count = 0;

  private constructor(
    private readonly file: JournalFile,
    private readonly options: FileJournalOptions,
    recorded: Iterator<Uint8Array> | null,
    private readonly checks = false,
  ) {
    this.recorded = recorded;
    this.lookAhead();
  }

  static create(path: string, header: unknown, options: FileJournalOptions, disk: Disk = systemDisk): FileJournal {
    return new FileJournal(createJournalFile(path, header, disk), options, null);
  }

  /**
   * Goes on with a journal that a crash or Ctrl-C left. The session is run again from its snapshot (or start): each entry it
   * makes must equal the recorded one, byte for byte, until the record ends; then it appends. `skip`: entries before the snapshot.
   */
  static resume(
    path: string,
    options: FileJournalOptions,
    skip: number,
    disk: Disk = systemDisk,
  ): { readonly journal: FileJournal; readonly header: unknown; readonly cutBytes: number } {
    const { file, header, cutBytes } = openJournalFile(path, disk);
    const recorded = entryBytes(file.disk);
    for (let i = 0; i < skip; i++) {
      if (recorded.next().done === true)
        throw new TruewindError("corrupt-journal", `${path} ends before its snapshot: delete the snapshot and resume from the start.`);
    }
    const journal = new FileJournal(file, options, recorded);
    journal.count = skip;
    return { journal, header, cutBytes };
  }

  /**
   * Writes nothing. The session is run again from its start: each entry that it makes must equal the recorded one, byte for byte, and the first
   * one behind the record throws `RecordEnd`.
   */
  static check(path: string, referenceBefore: number): FileJournal {
    const disk = systemDisk.open(path, "read");
    return new FileJournal({ disk, end: 0 }, { referenceBefore, durable: false }, entryBytes(disk), true);
  }

  /** Entries so far, the repeated ones included. */
  get entries(): number {
    return this.count;
  }

  /** True while a resumed session is still on recorded ground. */
  get isRepeating(): boolean {
    return this.ahead !== null;
  }

  /** The event that a resumed session has to repeat next; null when a decision or nothing is next, and for market rows and timers. */
  get nextRecorded(): EngineEvent | null {
    return this.ahead === null ? null : readTold(this.ahead);
  }

  event(event: EngineEvent): void {
    const byReference = event.seenAt < this.options.referenceBefore;
    if (this.repeats((out) => writeEvent(out, event, byReference))) return;
    const start = this.block.beginLength();
    writeEvent(this.block, event, byReference);
    this.end(start);
  }

  decision(asOf: Micros, decisions: readonly RiskDecision[], cancels: readonly OrderId[], trips?: readonly Trip[]): void {
    if (this.repeats((out) => writeDecision(out, asOf, decisions, cancels, trips))) return;
    const start = this.block.beginLength();
    writeDecision(this.block, asOf, decisions, cancels, trips);
    this.end(start);
  }

  /** A resumed session has to say why where the record does, not in the same bits: reasons act on nothing, and the first ones are kept. */
  attribution(attribution: DecisionAttribution): void {
    if (this.repeats((out) => writeAttribution(out, attribution), isAttribution)) return;
    const start = this.block.beginLength();
    writeAttribution(this.block, attribution);
    this.end(start);
  }

  /** Waits for the next barrier, as an attribution does; a resumed session has to note the same, to the bit. */
  note(note: SessionNote): void {
    if (this.repeats((out) => writeNote(out, note))) return;
    const start = this.block.beginLength();
    writeNote(this.block, note);
    this.end(start);
  }

  /** The session has come to its end: throws `replay-differs` when the record of an earlier attempt goes further. */
  finish(): void {
    if (this.ahead === null) return;
    throw new TruewindError(
      "replay-differs",
      `The journal goes on after entry ${this.count}, where the resumed session ends: its data, code or configuration has changed.`,
    );
  }

  barrier(): void {
    if (!this.options.durable) return; // nothing real follows: the block is written when it is full
    this.flush();
    if (!this.isRepeating) this.file.disk.sync();
  }

  close(): void {
    this.flush();
    if (this.options.durable) this.file.disk.sync();
    this.file.disk.close();
  }

  /** Entries are length-prefixed, so that a reader can compare or skip them without knowing them. */
  private end(start: number): void {
    this.block.endLength(start);
    this.count++;
    if (!blockIsFull(this.block.length)) return;
    this.flush();
    if (this.options.durable) this.file.disk.sync(); // never two blocks that a crash may lose: the second could survive the first
  }

  /** False once the record has ended. `enough`: what a recorded entry must be, where it need not be the same bytes. */
  private repeats(write: (out: ByteWriter) => void, enough: (recorded: Uint8Array) => boolean = () => false): boolean {
    const next = this.ahead;
    if (next === null) {
      if (this.checks) throw new RecordEnd();
      return false;
    }
    this.lookAhead();
    this.count++;
    this.scratch.reset();
    write(this.scratch);
    if (!this.scratch.view().equals(next) && !enough(next)) {
      throw new TruewindError(
        "replay-differs",
        `Entry ${this.count} of the journal differs from what the resumed session does: its data, code or configuration has changed. ` +
          `Recorded ${describe(next)}, now ${describe(this.scratch.view())}.`,
      );
    }
    return true;
  }

  private lookAhead(): void {
    const next = this.recorded?.next();
    this.ahead = next === undefined || next.done === true ? null : next.value;
  }

  private flush(): void {
    if (this.block.length === 0) return;
    appendBlock(this.file, this.block.view());
    this.block.reset();
  }
}

/** The entries of a closed or abandoned journal, in order. */
export function* readJournal(path: string, on: Disk = systemDisk): Generator<StoredEntry> {
  const disk = on.open(path, "read");
  try {
    let entry = 0;
    for (const bytes of entryBytes(disk)) yield entryOf(bytes, ++entry, path);
  } finally {
    disk.close();
  }
}

/** Its checksum holds, so no disk did it: another version wrote it, or a hand. */
function entryOf(bytes: Uint8Array, number: number, path: string): StoredEntry {
  try {
    return readEntry(new ByteReader(bytes));
  } catch (cause) {
    throw new TruewindError("corrupt-journal", `Entry ${number} of ${path} cannot be read: restore it from a copy.`, { cause });
  }
}

function* entryBytes(disk: DiskFile): Generator<Uint8Array> {
  const size = disk.size();
  for (const block of blocks(disk, size, firstEntryBlock(disk, size))) {
    const reader = new ByteReader(block.payload);
    while (!reader.done) yield reader.bytes();
  }
}

function describe(bytes: Uint8Array): string {
  const entry = readEntry(new ByteReader(bytes));
  return JSON.stringify(entry, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)).slice(0, 300);
}
