// One part of a feature set, from the bars of a dataset to Parquet files: the live plan folded over history, one frame per moment.
// Goes on where an earlier run stopped, after it has read what that run had folded and found it unchanged; else begins anew.
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import type { FactColumns } from "#data/facts/fact-columns.js";
import { mergeTold } from "#data/facts/told.js";
import { type PartState, readPartState, type Segment, writePartState } from "#data/feature-lake/part-state.js";
import { SegmentBuffer, segmentRows } from "#data/feature-lake/segment-buffer.js";
import { readSegment, writeSegment } from "#data/feature-lake/segment-file.js";
import { RunningStatistics } from "#data/feature-lake/statistics.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { ToldEvents } from "#domain/fact.js";
import type { InstrumentId } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { FeaturePlan } from "#ports/stages.js";
import { InputDigest } from "./input-digest.js";
import type { Part } from "./parts.js";
import { type PeerSymbols, planOfDataset } from "../modes/plan-of-dataset.js";

export interface PartOptions {
  readonly dataset: OpenDataset;
  readonly peers: PeerSymbols;
  /** Facts that the features read, numbered by the part's symbols. */
  readonly facts: readonly FactColumns[];
  /** Files and state of the part. */
  readonly folder: string;
  /** Bars taken since the last call. */
  readonly onRows?: (rows: number) => void;
  readonly stopped?: () => boolean;
  /** Rows of a file, for tests; by default what fits into memory. */
  readonly segment?: number;
}

export const STATE_FILE = "state";

/** Returns the finished state. Throws `interrupted`; what was written by then is kept. */
export async function computePart(part: Part, options: PartOptions): Promise<PartState> {
  await mkdir(options.folder, { recursive: true });
  const earlier = await readPartState(join(options.folder, STATE_FILE));
  const usable = earlier !== null && equal(earlier.symbols, part.symbols) && equal(earlier.features, namesOf(part)) ? earlier : null;
  const done = (await new PartRun(part, options, usable).run()) ?? (await new PartRun(part, options, null).run());
  if (done === null) throw new TruewindError("invariant", "Invariant: a part without a past cannot differ from it");
  await removeStrays(options.folder, done);
  return done;
}

class PartRun {
  private readonly plan: FeaturePlan;
  private readonly buffer: SegmentBuffer;
  private readonly digest = new InputDigest();
  private readonly names: readonly string[];
  private readonly events: ToldEvents;
  private readonly full: number;
  private readonly segments: Segment[] = [];
  private statistics: RunningStatistics;
  private nextEvent = 0;
  /** Rows and files of the past that were read again so far; both equal the past's when it is confirmed. */
  private confirmed = 0;
  private readAgain = 0;
  private saved: PartState | null;
  /** The past's last file when it is not full: its rows are read when more are to come, and it is written anew. */
  private open: Segment | null = null;

  constructor(
    private readonly part: Part,
    private readonly options: PartOptions,
    private readonly past: PartState | null,
  ) {
    const { dataset, peers, facts } = options;
    const { definitions } = part;
    const selection = { instruments: part.symbols as readonly InstrumentId[] };
    this.names = namesOf(part);
    this.plan = planOfDataset(dataset.manifest, dataset.instruments(selection), definitions, peers);
    this.buffer = new SegmentBuffer(definitions.length);
    this.full = options.segment ?? segmentRows(definitions.length);
    this.statistics = new RunningStatistics(definitions.map(({ range }) => range));
    this.events = mergeTold(dataset.references(selection), facts);
    this.saved = past;
  }

  /** Null when the past is not the beginning of what is there now. */
  async run(): Promise<PartState | null> {
    const { dataset, onRows, stopped } = this.options;
    const source = dataset.source({ instruments: this.part.symbols as readonly InstrumentId[] }, { threads: 1, memoryLimit: "512MB" });
    for await (const batch of source.batches(0)) {
      if (stopped?.() === true) await this.stop();
      if (batch.kind !== "bar") continue;
      for (let start = 0, end = 0; start < batch.length; start = end) {
        while (end < batch.length && batch.seenAt[end] === batch.seenAt[start]) end++;
        const step = this.isConfirmed ? this.fold(batch, start, end) : this.compare(batch, start, end);
        if (step !== undefined && (await step) === false) return null;
      }
      onRows?.(batch.length);
    }
    if (!this.isConfirmed) return null;
    if (this.buffer.rows > 0) await this.close();
    return this.saved ?? this.save();
  }

  /** What was folded by now is kept; an open file is continued by the next run. */
  private async stop(): Promise<never> {
    if (this.buffer.rows > 0) await this.close();
    throw new TruewindError("interrupted", "Stopped while features were computed; the same command goes on from there.");
  }

  private get isConfirmed(): boolean {
    return this.past === null || this.confirmed === this.past.segments.length;
  }

  /** Reads a moment that was folded before; at the end of the past, takes up its state. False when it is another past. */
  private compare(batch: BarBatch, start: number, end: number): Promise<boolean> | boolean | undefined {
    this.tell(batch, start, end, false);
    this.readAgain += end - start;
    const { segments } = this.past as PartState;
    const segment = segments[this.confirmed] as Segment;
    if (this.readAgain < segment.rows) return undefined;
    if (this.readAgain > segment.rows || this.digest.peek() !== segment.input) return false;
    this.confirmed++;
    this.readAgain = 0;
    if (this.confirmed < segments.length) {
      this.digest.take();
      return undefined;
    }
    return this.takeUp(segments);
  }

  private async takeUp(segments: readonly Segment[]): Promise<boolean> {
    const { statistics, snapshot } = this.past as PartState;
    if (!this.restores(snapshot)) return false;
    this.statistics = new RunningStatistics(
      this.part.definitions.map(({ range }) => range),
      statistics,
    );
    const last = segments.at(-1) as Segment;
    this.segments.push(...segments);
    if (last.rows >= this.full) this.digest.take();
    else this.open = last;
    return true;
  }

  /** False for the snapshot of another plan, as an earlier version of this program or a dataset with other sectors leaves it. */
  private restores(snapshot: Uint8Array): boolean {
    try {
      this.plan.restore(snapshot);
      return true;
    } catch (error) {
      if (error instanceof TruewindError && error.code === "corrupt-artifact") return false;
      throw error;
    }
  }

  private async reopen(): Promise<void> {
    const { file } = this.open as Segment;
    this.open = null;
    await readSegment(join(this.options.folder, file), this.buffer, this.part.symbols, this.names);
    this.segments.pop();
  }

  private fold(batch: BarBatch, start: number, end: number): Promise<boolean> | undefined {
    if (this.open !== null) return this.reopen().then(async () => (await this.fold(batch, start, end)) ?? true);
    this.tell(batch, start, end, true);
    const { plan, buffer, statistics } = this;
    let since = Number.POSITIVE_INFINITY;
    for (let row = start; row < end; row++) since = Math.min(since, batch.at[row] as number);
    const seenAt = batch.seenAt[start] as Micros;
    const { values, features } = plan.frame(seenAt, since as Micros);
    for (let row = start; row < end; row++) {
      const instrument = batch.instrument[row] as number;
      const from = instrument * features.length;
      buffer.add(instrument, batch.at[row] as number, seenAt, values, from);
      statistics.add(values, from);
    }
    if (buffer.rows < this.full) return undefined;
    return this.close().then(() => true);
  }

  /** Everything of a moment, in the engine's order: first the events up to it, then its bars. */
  private tell(batch: BarBatch, start: number, end: number, fold: boolean): void {
    const moment = batch.seenAt[start] as number;
    for (
      let event = this.events.at(this.nextEvent);
      event !== undefined && event.seenAt <= moment;
      event = this.events.at(++this.nextEvent)
    ) {
      if (event.kind !== "split" && event.kind !== "dividend" && event.kind !== "fact") continue;
      this.digest.event(event);
      if (fold) this.plan.reference(event);
    }
    this.digest.rows(batch, start, end);
    if (fold) this.plan.advance(batch, start, end);
  }

  /** Writes the buffered rows as a file, and then the state that names it. */
  private async close(): Promise<void> {
    const { buffer, part, names, segments } = this;
    const { folder } = this.options;
    const hash = buffer.hash();
    const full = buffer.rows >= this.full;
    // The name says what is in it, so that no file is ever changed under whoever reads it.
    const file = `rows-${String(segments.length).padStart(5, "0")}-${hash.slice(0, 16)}.parquet`;
    await writeSegment(join(folder, file), buffer, part.symbols, names);
    segments.push({
      file,
      rows: buffer.rows,
      from: buffer.seenAt[0] as number,
      to: buffer.seenAt[buffer.rows - 1] as number,
      hash,
      input: full ? this.digest.take() : this.digest.peek(),
    });
    buffer.clear();
    await this.save();
  }

  private async save(): Promise<PartState> {
    this.saved = {
      symbols: this.part.symbols,
      features: this.names,
      segments: [...this.segments],
      statistics: new Float64Array(this.statistics.cells),
      snapshot: this.plan.snapshot(),
    };
    await writePartState(join(this.options.folder, STATE_FILE), this.saved);
    return this.saved;
  }
}

function namesOf(part: Part): readonly string[] {
  return part.definitions.map(({ name }) => name);
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

async function removeStrays(folder: string, { segments }: PartState): Promise<void> {
  const named = new Set([STATE_FILE, ...segments.map(({ file }) => file)]);
  for (const entry of await readdir(folder)) if (!named.has(entry)) await rm(join(folder, entry), { force: true });
}
