// Brings the values of all inputs to the bars at which they are wanted: the bar's own fields column by column, the rest bar by bar.
import type { Fact } from "#domain/fact.js";
import type { BarBatch, EventBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { DAY_US } from "#domain/time.js";
import { barColumn } from "#features/inputs/bar.js";
import { type BarMoment, calendarColumns, sessionOf } from "#features/inputs/calendar.js";
import { FactBoard, type FactCells } from "#features/inputs/fact-board.js";
import type { BarColumn, FactSource } from "#features/inputs/source.js";
import type { Tape } from "#features/inputs/tape.js";
import { TapeDeck } from "#features/inputs/tape-deck.js";
import { tapeByName } from "#features/inputs/tapes.js";
import { type Lane, type Work } from "#features/kernels/kernel.js";
import type { InputLane } from "./operations.js";

interface Put<T> {
  readonly lane: Lane;
  readonly from: T;
}

/** Instruments whose taped values are put into the rings together. */
const TILE = 8;

export class Inputs {
  private readonly bars: readonly Put<BarColumn>[];
  private readonly calendar: readonly Put<(moment: BarMoment) => number>[];
  private readonly taped: readonly Put<{ readonly out: Float64Array; readonly place: number }>[];
  private readonly known: readonly Put<FactCells>[];
  private readonly deck: TapeDeck;
  private readonly board: FactBoard;
  /** Values of a tile, column by column. */
  private readonly told: Float64Array;

  constructor(
    lanes: readonly InputLane[],
    instruments: number,
    private readonly sessions: readonly Session[],
  ) {
    const sources = lanes.map(({ source }) => source);
    const tapes = new Map(sources.flatMap((s) => (s.kind === "tape" ? [[s.tape, tapeByName(s.tape) as Tape] as const] : [])));
    const facts = sources.filter((s): s is FactSource => s.kind === "fact");
    this.deck = new TapeDeck(tapes, instruments);
    this.board = new FactBoard(facts, instruments);
    this.bars = lanes.flatMap(({ source, lane }) => (source.kind === "bar" ? [{ lane, from: source.name }] : []));
    this.calendar = lanes.flatMap(({ source, lane }) => {
      const column = source.kind === "calendar" ? calendarColumns.get(source.name) : undefined;
      return column === undefined ? [] : [{ lane, from: column }];
    });
    this.taped = lanes.flatMap(({ source, lane }) =>
      source.kind === "tape" ? [{ lane, from: this.deck.find(source.tape, source.column) }] : [],
    );
    this.told = new Float64Array(this.taped.length * TILE);
    this.known = lanes.flatMap(({ source, lane }) => (source.kind === "fact" ? [{ lane, from: this.board.find(source) }] : []));
  }

  /** What a snapshot must hold besides the memory. */
  get state(): readonly Float64Array[] {
    return [this.deck.state, this.board.state];
  }

  absorb(batch: EventBatch, start: number, end: number): void {
    if (!this.deck.isEmpty) this.deck.absorb(batch, start, end);
  }

  note(fact: Fact): void {
    this.board.absorb(fact);
  }

  split(instrument: number, ratio: number): void {
    this.deck.split(instrument, ratio);
    this.board.split(instrument, ratio);
  }

  /** Puts rows `from` to `to` (exclusive) of the batch, of distinct instruments, at the current bar of each. */
  load(batch: BarBatch, from: number, to: number, bar: Int32Array, { memory, width }: Work): void {
    const { instrument } = batch;
    for (let k = 0; k < this.bars.length; k++) {
      const { lane, from: name } = this.bars[k] as Put<BarColumn>;
      const { offset, mask } = lane;
      const source = barColumn(batch, name);
      for (let row = from; row < to; row++) {
        const i = instrument[row] as number;
        const v = source[row] as number;
        memory[offset + Math.imul((bar[i] as number) & mask, width) + i] = v - v === 0 ? v : Number.NaN;
      }
    }
    if (this.calendar.length > 0) this.loadCalendar(batch, from, to, bar, memory, width);
    if (this.taped.length > 0) this.loadTaped(batch, from, to, bar, memory, width);
    if (this.known.length > 0) this.loadKnown(batch, from, to, bar, memory, width);
  }

  private loadCalendar(batch: BarBatch, from: number, to: number, bar: Int32Array, memory: Float64Array, width: number): void {
    const { sessions } = this;
    for (let row = from; row < to; row++) {
      const i = batch.instrument[row] as number;
      const at = batch.at[row] as number;
      const moment = { openAt: batch.openAt[row] as number, at, sessions, session: sessionOf(sessions, at) };
      for (let k = 0; k < this.calendar.length; k++) {
        const { lane, from: column } = this.calendar[k] as Put<(moment: BarMoment) => number>;
        memory[lane.offset + Math.imul((bar[i] as number) & lane.mask, width) + i] = column(moment);
      }
    }
  }

  private loadTaped(batch: BarBatch, from: number, to: number, bar: Int32Array, memory: Float64Array, width: number): void {
    const { taped, told } = this;
    // A tape gives all columns of one instrument; they are put into the rings for several at a time, neighbors in one cache line.
    for (let start = from; start < to; start += TILE) {
      const end = Math.min(to, start + TILE);
      for (let row = start; row < end; row++) {
        this.deck.emit(batch.instrument[row] as number, batch.at[row] as number);
        for (let k = 0, place = row - start; k < taped.length; k++, place += TILE) {
          const { out, place: column } = (taped[k] as (typeof taped)[number]).from;
          told[place] = out[column] as number;
        }
      }
      for (let k = 0; k < taped.length; k++) {
        const { offset, mask } = (taped[k] as (typeof taped)[number]).lane;
        for (let row = start; row < end; row++) {
          const i = batch.instrument[row] as number;
          const v = told[k * TILE + row - start] as number;
          memory[offset + Math.imul((bar[i] as number) & mask, width) + i] = v - v === 0 ? v : Number.NaN;
        }
      }
    }
  }

  private loadKnown({ instrument, at }: BarBatch, from: number, to: number, bar: Int32Array, memory: Float64Array, width: number): void {
    const { known, board } = this;
    const { state } = board;
    for (let k = 0; k < known.length; k++) {
      const { lane, from: cells } = known[k] as Put<FactCells>;
      const { offset, mask } = lane;
      const { first, stride, isTime } = cells;
      for (let row = from; row < to; row++) {
        const i = instrument[row] as number;
        const told = state[first + i * stride] as number;
        // What became known between a bar's end and its coming is new, not younger than that.
        const v = isTime ? Math.max(0, (at[row] as number) - told) / DAY_US : told;
        memory[offset + Math.imul((bar[i] as number) & mask, width) + i] = v - v === 0 ? v : Number.NaN;
      }
    }
    board.restart(instrument, from, to);
  }
}
