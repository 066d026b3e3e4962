// The columnar plan: compiled features as a fold over bars, all state in one array. The stream calls it with the rows that arrived,
// the batch folds it over time: the same code, so the same bits. An instrument's values depend on its own bars only.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { invariant, TruewindError } from "#base/errors.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Fact } from "#domain/fact.js";
import type { BarBatch, EventBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import type { Micros } from "#domain/time.js";
import type { FeaturePlan } from "#ports/stages.js";
import { writeRanks, writeZscores } from "./cross-section.js";
import { Groups } from "./groups.js";
import { type Lane, slotAt, type Work } from "#features/kernels/kernel.js";
import type { Routine } from "#features/kernels/routine.js";
import { Inputs } from "./inputs.js";
import { type Company, Moments } from "./moments.js";
import { createOperations, type Operations } from "./operations.js";
import { Memory } from "#features/kernels/memory.js";
import type { Program } from "./program.js";
import { Sorter } from "./sorter.js";

/** One column of the frame: which output of the program, and how it is shown. `output` null: not known on this data, always NaN. */
export interface Column {
  readonly name: string;
  readonly output: number | null;
  readonly across: "rank" | "zscore" | null;
}

export interface PlanParts {
  readonly columns: readonly Column[];
  readonly program: Program;
  /** Members need `output >= min`; NaN fails. */
  readonly filters: readonly { readonly output: number; readonly min: number }[];
  readonly instruments: number;
  readonly company: Company;
  /** For inputs of the calendar. */
  readonly sessions: readonly Session[];
  readonly minHistory: number;
  /** Absolute index of each instrument's first bar; null means 0 for all. */
  readonly firstBar: Int32Array | null;
  /** Names everything that decides the layout and meaning of a snapshot. */
  readonly fingerprint: string;
}

/** A column of the frame that is known on this data, and where its value is read. */
interface Source {
  readonly column: number;
  readonly lane: Lane;
}

interface CrossedSource extends Source {
  readonly across: "rank" | "zscore";
}

/** Instruments whose columns are computed together, so that they are still near when they are put into rows. */
const CHUNK = 128;

export class ColumnarPlan implements FeaturePlan {
  readonly features: readonly string[];
  private readonly memory: Memory;
  private readonly operations: Operations;
  /** Columns shown as they are, and those of which a cross-section is taken. */
  private readonly plain: readonly Source[];
  private readonly crossed: readonly CrossedSource[];
  private readonly filters: readonly { readonly lane: Lane; readonly min: number }[];
  /** Absolute index of the current bar; one before the first when there is none. */
  private readonly bar: Int32Array;
  private readonly seen: Int32Array;
  private readonly lastAt: Float64Array;
  private readonly groups: Groups;
  private readonly work: Work;
  private readonly inputs: Inputs;
  private readonly moments: Moments;
  /** Instruments with a bar at the moment at hand whose values of the moment are still to be taken, how many they are, and the moment. */
  private readonly waiting: Int32Array;
  private readonly waits: Uint8Array;
  private readonly moment = new Float64Array([0, Number.NaN]);
  private readonly rows: Int32Array;
  private readonly values: Float64Array;
  private readonly fresh: Uint8Array;
  private readonly member: Uint8Array;
  private readonly column: Float64Array;
  private readonly sorter: Sorter;

  constructor(private readonly parts: PlanParts) {
    const { instruments, columns, program, firstBar, company, sessions } = parts;
    this.features = columns.map((column) => column.name);
    this.bar = Int32Array.from({ length: instruments }, (_, i) => (firstBar?.[i] ?? 0) - 1);
    this.seen = new Int32Array(instruments);
    this.lastAt = new Float64Array(instruments).fill(Number.NEGATIVE_INFINITY);
    this.memory = new Memory(instruments);
    this.operations = createOperations(program, this.memory);
    this.inputs = new Inputs(this.operations.inputs, instruments, sessions);
    this.moments = new Moments(
      this.operations.layers.flatMap(({ moments }) => moments),
      company,
    );
    this.waiting = new Int32Array(instruments);
    this.waits = new Uint8Array(instruments);
    this.groups = new Groups(instruments);
    this.work = { memory: this.memory.all, width: instruments, rows: this.groups.rows, t: 0, from: 0, to: 0, neighbors: false };
    const { outputs } = this.operations;
    const sources = columns.flatMap(({ output, across }, column) =>
      output === null ? [] : [{ column, across, lane: outputs[output] as Lane }],
    );
    this.plain = sources.flatMap(({ column, across, lane }) => (across === null ? [{ column, lane }] : []));
    this.crossed = sources.flatMap(({ column, across, lane }) => (across === null ? [] : [{ column, across, lane }]));
    this.filters = parts.filters.map(({ output, min }) => ({ lane: outputs[output] as Lane, min }));
    this.rows = new Int32Array(instruments);
    this.values = new Float64Array(instruments * columns.length).fill(Number.NaN);
    this.fresh = new Uint8Array(instruments);
    this.member = new Uint8Array(instruments);
    this.column = new Float64Array(instruments);
    this.sorter = new Sorter(instruments);
  }

  advance(batch: EventBatch, start: number, end: number): void {
    if (batch.kind === "bar") this.advanceBars(batch, start, end);
    else this.inputs.absorb(batch, start, end);
  }

  private advanceBars(batch: BarBatch, start: number, end: number): void {
    // Kernels want distinct instruments, so a slice is cut where they do not ascend; sources give them in order.
    const { bar, seen, lastAt, groups } = this;
    const { instrument, at } = batch;
    const { fold, layers } = this.operations;
    const joint = layers.length > 0;
    for (let from = start, row = start; from < end; from = row) {
      const moment = at[from] as number;
      if (joint && (moment !== this.moment[1] || this.anyWaits(batch, from, end, moment))) this.settle();
      for (let last = -1; row < end; row++) {
        const i = instrument[row] as number;
        if (!(i >= 0 && i < bar.length)) invariant(false, `the plan was made for ${bar.length} instruments and was given number ${i}`);
        if (i <= last || (joint && at[row] !== moment)) break;
        last = i;
        groups.rows[row - from] = i;
        bar[i] = (bar[i] as number) + 1;
        seen[i] = (seen[i] as number) + 1;
        lastAt[i] = at[row] as number;
        if (joint) this.wait(i);
      }
      if (joint) this.moment[1] = moment;
      this.inputs.load(batch, from, row, bar, this.work);
      this.runGroups(fold, row - from, false);
    }
  }

  /** True when the run of rows that begins at `from` holds an instrument that waits already: its earlier bar has to be settled first. */
  private anyWaits({ instrument, at }: BarBatch, from: number, end: number, moment: number): boolean {
    for (let row = from, last = -1; row < end && at[row] === moment; row++) {
      const i = instrument[row] as number;
      if (i <= last) return false;
      last = i;
      if (this.waits[i] === 1) return true;
    }
    return false;
  }

  private wait(instrument: number): void {
    const n = this.moment[0] as number;
    this.waiting[n] = instrument;
    this.moment[0] = n + 1;
    this.waits[instrument] = 1;
  }

  /** Takes the values of the moment at hand, and what depends on them, for the instruments that wait. */
  private settle(): void {
    const { waiting, waits, groups, bar, lastAt, work, moments } = this;
    const n = this.moment[0] as number;
    if (n === 0) return;
    for (const { moments: operations, fold } of this.operations.layers) {
      for (const operation of operations) moments.write(operation, work, waiting, n, bar, lastAt, this.moment[1] as number);
      groups.rows.set(waiting.subarray(0, n));
      this.runGroups(fold, n, false);
    }
    for (let k = 0; k < n; k++) waits[waiting[k] as number] = 0;
    this.moment[0] = 0;
  }

  /** Runs over the first `n` instruments of `groups`. */
  private runGroups(routine: Routine, n: number, show: boolean): void {
    const { groups, work } = this;
    const count = groups.split(n, this.bar);
    work.to = 0;
    for (let group = 0; group < count; group++) {
      work.t = groups.bars[group] as number;
      const end = groups.ends[group] as number;
      while (work.to < end) {
        work.from = work.to;
        work.to = Math.min(end, work.from + CHUNK);
        work.neighbors = areNeighbors(work);
        routine.run(work);
        if (show) this.writePlain();
      }
    }
  }

  /** Dividends change nothing: no feature here is a total return. */
  reference(event: Split | Dividend | Fact): void {
    if (event.kind === "fact") this.inputs.note(event);
    if (event.kind !== "split") return;
    invariant(event.ratio > 0 && Number.isFinite(event.ratio), `a split ratio is positive; found ${event.ratio}`);
    this.settle();
    this.memory.split(event.instrument, event.ratio);
    this.inputs.split(event.instrument, event.ratio);
  }

  frame(asOf: Micros, since: Micros): FeatureFrame {
    this.settle();
    const { lastAt, fresh, groups, values } = this;
    const { instruments } = this.parts;
    const columns = this.features.length;
    if (this.crossed.length > 0) values.fill(Number.NaN);
    let known = 0;
    for (let i = 0; i < instruments; i++) {
      const on = (lastAt[i] as number) >= since;
      fresh[i] = on ? 1 : 0;
      if (on) groups.rows[known++] = i;
      else values.fill(Number.NaN, i * columns, (i + 1) * columns);
    }
    this.runGroups(this.operations.view, known, true);
    const members = this.findMembers();
    for (let k = 0; k < this.crossed.length; k++) this.writeCrossed(this.crossed[k] as CrossedSource, members);
    return { asOf, instruments, features: this.features, values, fresh, member: this.member, history: null };
  }

  /** From one column per feature to one row per instrument, for the group at hand. What is not finite is NaN. */
  private writePlain(): void {
    const { values, plain } = this;
    const { memory, rows, to, neighbors } = this.work;
    const columns = this.features.length;
    // Eight instruments at a time: neighbors share the cache lines of every column.
    for (let from = this.work.from; from < to; from += 8) {
      const end = Math.min(from + 8, to);
      for (let c = 0; c < plain.length; c++) {
        const { column, lane } = plain[c] as Source;
        const slot = lane.at;
        if (neighbors) {
          const first = rows[from] as number;
          for (let at = slot + first, to = at + end - from, place = first * columns + column; at < to; at++, place += columns) {
            const v = memory[at] as number;
            values[place] = v - v === 0 ? v : Number.NaN;
          }
          continue;
        }
        for (let j = from; j < end; j++) {
          const i = rows[j] as number;
          const v = memory[slot + i] as number;
          values[i * columns + column] = v - v === 0 ? v : Number.NaN;
        }
      }
    }
  }

  /** Marks the members and puts their numbers into `rows`; returns how many there are. */
  private findMembers(): number {
    const { fresh, member, rows, seen, bar, filters } = this;
    const { instruments, company, minHistory } = this.parts;
    const { memory, width } = this.work;
    let members = 0;
    for (let i = 0; i < instruments; i++) {
      let belongs = fresh[i] === 1 && company.tradable[i] === 1 && (seen[i] as number) >= minHistory;
      for (let f = 0; belongs && f < filters.length; f++) {
        const { lane, min } = filters[f] as { lane: Lane; min: number };
        belongs = (memory[slotAt(lane, bar[i] as number, width) + i] as number) >= min;
      }
      member[i] = belongs ? 1 : 0;
      if (belongs) rows[members++] = i;
    }
    return members;
  }

  private writeCrossed({ column, across, lane }: CrossedSource, members: number): void {
    const { rows, bar, values, sorter, column: taken } = this;
    const { memory, width } = this.work;
    const { offset, mask, lag } = lane;
    for (let k = 0; k < members; k++) {
      const i = rows[k] as number;
      taken[k] = memory[offset + Math.imul(((bar[i] as number) - lag) & mask, width) + i] as number;
    }
    const out = { values, columns: this.features.length, column };
    if (across === "rank") writeRanks(taken, rows, members, out, sorter);
    else writeZscores(taken, rows, members, out);
  }

  snapshot(): Uint8Array {
    const { state } = this.memory;
    const writer = new ByteWriter(state.byteLength + this.bar.length * 16 + 256);
    writer.text(this.parts.fingerprint);
    for (const array of this.arrays()) writer.bytes(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return writer.finish();
  }

  /** Throws `corrupt-artifact` when the snapshot was made by a plan with other features or options. */
  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    if (reader.text() !== this.parts.fingerprint) {
      throw new TruewindError(
        "corrupt-artifact",
        "The feature snapshot was made with other features or another universe; start again from the bars.",
      );
    }
    const saved = this.arrays().map((array) => [array, reader.bytes()] as const);
    if (saved.some(([array, bytes]) => array.byteLength !== bytes.length)) {
      throw new TruewindError(
        "corrupt-artifact",
        "The feature snapshot was made by another version of this program; start again from the bars.",
      );
    }
    for (const [array, bytes] of saved) new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes);
  }

  /** All state, in the order of a snapshot. */
  private arrays(): readonly (Int32Array | Float64Array | Uint8Array)[] {
    const { bar, seen, lastAt, waiting, waits, moment, moments, inputs, memory } = this;
    return [bar, seen, lastAt, waiting, waits, moment, moments.cells, ...inputs.state, memory.state];
  }
}

function areNeighbors({ rows, from, to }: Work): boolean {
  let k = from + 1;
  while (k < to && rows[k] === (rows[k - 1] as number) + 1) k++;
  return k === to;
}
