// The columnar plan: compiled features as a fold over bars, all state in one array. The stream calls it with the rows that arrived,
// the batch folds it over time: the same code, so the same bits. An instrument's values depend on its own bars only.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { invariant, TruewindError } from "#base/errors.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { BarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { FeaturePlan } from "#ports/stages.js";
import { Sorter, writeRanks, writeZscores } from "./cross-section.js";
import { loadInput } from "./input.js";
import { type Kernels, createKernels } from "./kernels.js";
import { type BoundKernel, bindKernel, type Lane, runAll } from "./kernel.js";
import { Memory, type Region } from "./memory.js";
import type { Program } from "./program.js";

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
  readonly tradable: Uint8Array;
  readonly minHistory: number;
  /** Absolute index of each instrument's first bar; null means 0 for all. */
  readonly firstBar: Int32Array | null;
  /** Names everything that decides the layout and meaning of a snapshot. */
  readonly fingerprint: string;
}

/** A cross-section to take: of which value, and where its results are put. */
interface Crossing {
  readonly across: "rank" | "zscore";
  readonly lane: Lane;
  readonly out: Float64Array;
}

export class ColumnarPlan implements FeaturePlan {
  readonly features: readonly string[];
  private readonly memory: Memory;
  private readonly kernels: Kernels;
  private readonly fold: readonly BoundKernel[];
  private readonly view: readonly BoundKernel[];
  private readonly crossings: readonly Crossing[];
  /** Per column that is known on this data: its number, then offset in the memory, mask and lag of its value. */
  private readonly sources: Int32Array;
  private readonly outputs: readonly Lane[];
  /** Absolute index of the current bar; one before the first when there is none. */
  private readonly bar: Int32Array;
  private readonly seen: Int32Array;
  private readonly lastAt: Float64Array;
  /** Rows of the run at hand, and, per instrument, the last run that held it. */
  private readonly rows: Int32Array;
  private readonly runOf: Float64Array;
  private run = 0;
  private readonly values: Float64Array;
  private readonly fresh: Uint8Array;
  private readonly member: Uint8Array;
  private readonly column: Float64Array;
  private readonly sorter: Sorter;

  constructor(private readonly parts: PlanParts) {
    const { instruments, firstBar } = parts;
    this.features = parts.columns.map((column) => column.name);
    this.bar = Int32Array.from({ length: instruments }, (_, i) => (firstBar?.[i] ?? 0) - 1);
    this.seen = new Int32Array(instruments);
    this.lastAt = new Float64Array(instruments).fill(Number.NEGATIVE_INFINITY);
    this.rows = new Int32Array(instruments);
    this.runOf = new Float64Array(instruments);
    this.memory = new Memory(instruments);
    const results = parts.columns.map(({ across }) => (across === null ? null : this.memory.claimScratch()));
    this.kernels = createKernels(parts.program, this.memory, { width: instruments, bar: this.bar });
    this.fold = this.kernels.fold.map(bindKernel);
    this.view = this.kernels.view.map(bindKernel);
    this.outputs = parts.program.outputs.map(this.kernels.lane);
    this.crossings = parts.columns.flatMap(({ output, across }, c) =>
      output === null || across === null
        ? []
        : [{ across, lane: this.outputs[output] as Lane, out: this.memory.view(results[c] as Region) }],
    );
    this.sources = Int32Array.from(
      parts.columns.flatMap(({ output }, c) => {
        if (output === null) return [];
        const result = results[c];
        if (result !== null && result !== undefined) return [c, result.offset, 0, 0];
        const { ring, mask, lag } = this.outputs[output] as Lane;
        return [c, ring.byteOffset / ring.BYTES_PER_ELEMENT, mask, lag];
      }),
    );
    this.values = new Float64Array(instruments * parts.columns.length);
    this.fresh = new Uint8Array(instruments);
    this.member = new Uint8Array(instruments);
    this.column = new Float64Array(instruments);
    this.sorter = new Sorter(instruments);
  }

  advance(batch: BarBatch, start: number, end: number): void {
    // Kernels want distinct instruments, so a slice is cut where one comes again.
    const { rows, runOf, bar, seen, lastAt } = this;
    const { instrument, at } = batch;
    let from = start;
    while (from < end) {
      const run = ++this.run;
      let row = from;
      for (; row < end; row++) {
        const i = instrument[row] as number;
        if (!(i >= 0 && i < rows.length)) invariant(false, `the plan was made for ${rows.length} instruments and was given number ${i}`);
        if (runOf[i] === run) break;
        runOf[i] = run;
        rows[row - from] = i;
        bar[i] = (bar[i] as number) + 1;
        seen[i] = (seen[i] as number) + 1;
        lastAt[i] = at[row] as number;
      }
      const n = row - from;
      for (const { name, lane } of this.kernels.inputs) loadInput(name, batch, from, rows, n, lane, bar);
      runAll(this.fold, rows, n);
      from = row;
    }
  }

  /** Dividends change nothing: no feature here is a total return. */
  reference(event: Split | Dividend): void {
    if (event.kind !== "split") return;
    invariant(event.ratio > 0 && Number.isFinite(event.ratio), `a split ratio is positive; found ${event.ratio}`);
    this.memory.split(event.instrument, event.ratio);
  }

  frame(asOf: Micros, since: Micros): FeatureFrame {
    const { rows, lastAt, member, seen, bar, outputs } = this;
    const { instruments, tradable, minHistory, filters } = this.parts;
    let fresh = 0;
    for (let i = 0; i < instruments; i++) {
      this.fresh[i] = (lastAt[i] as number) >= since ? 1 : 0;
      if (this.fresh[i] === 1) rows[fresh++] = i;
    }
    runAll(this.view, rows, fresh);

    member.fill(0);
    let members = 0;
    for (let k = 0; k < fresh; k++) {
      const i = rows[k] as number;
      let belongs = tradable[i] === 1 && (seen[i] as number) >= minHistory;
      for (const { output, min } of filters) belongs &&= read(outputs[output] as Lane, i, bar[i] as number, instruments) >= min;
      if (!belongs) continue;
      member[i] = 1;
      rows[members++] = i;
    }
    for (const { across, lane, out } of this.crossings) {
      for (let k = 0; k < members; k++) {
        const i = rows[k] as number;
        this.column[k] = read(lane, i, bar[i] as number, instruments);
      }
      out.fill(Number.NaN);
      if (across === "rank") writeRanks(this.column, rows, members, out, this.sorter);
      else writeZscores(this.column, rows, members, out);
    }
    this.writeColumns();
    return { asOf, instruments, features: this.features, values: this.values, fresh: this.fresh, member };
  }

  /** From one column per feature to one row per instrument. What is late, or not finite, stays NaN. */
  private writeColumns(): void {
    const { fresh, bar, values, sources } = this;
    const { instruments, columns } = this.parts;
    const all = this.memory.all;
    const width = columns.length;
    values.fill(Number.NaN);
    // Eight instruments at a time: they share the cache lines of every column.
    for (let from = 0; from < instruments; from += 8) {
      const to = Math.min(from + 8, instruments);
      for (let c = 0; c < sources.length; c += 4) {
        const column = sources[c] as number;
        const offset = sources[c + 1] as number;
        const mask = sources[c + 2] as number;
        const lag = sources[c + 3] as number;
        for (let i = from; i < to; i++) {
          if (fresh[i] === 0) continue;
          const v = all[offset + Math.imul(((bar[i] as number) - lag) & mask, instruments) + i] as number;
          if (v - v === 0) values[i * width + column] = v;
        }
      }
    }
  }

  snapshot(): Uint8Array {
    const { state } = this.memory;
    const bytes = (array: Int32Array | Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const writer = new ByteWriter(state.byteLength + this.bar.length * 16 + 256);
    writer.text(this.parts.fingerprint).bytes(bytes(this.bar)).bytes(bytes(this.seen)).bytes(bytes(this.lastAt)).bytes(bytes(state));
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
    this.bar.set(new Int32Array(reader.bytes().buffer));
    this.seen.set(new Int32Array(reader.bytes().buffer));
    this.lastAt.set(new Float64Array(reader.bytes().buffer));
    this.memory.state.set(new Float64Array(reader.bytes().buffer));
  }
}

function read({ ring, mask, lag }: Lane, instrument: number, bar: number, width: number): number {
  return ring[Math.imul((bar - lag) & mask, width) + instrument] as number;
}
