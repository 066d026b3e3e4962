// What every kernel is: a function that makes the values of steps of one kind, for some instruments at their current bar, in loops over columns.
// All values live in one array, in rings `[slot][instrument]`, slot = bar index & mask; the bar index is absolute and per instrument.
// Instruments come in groups at the same bar: slots, and what else depends on the bar alone, are found once per group.
import type { BlockColumns } from "./blocks.js";
import type { Fold } from "#features/folds/fold.js";
import type { BinaryFn, UnaryFn } from "#features/language/node.js";
import type { Statistic } from "#features/statistics/statistic.js";

/** Where an operand is read, or a value written. */
export interface Lane {
  /** First element of the ring in the memory. */
  readonly offset: number;
  /** Slots - 1; the number of slots is a power of two. */
  readonly mask: number;
  /** Bars back. */
  readonly lag: number;
  /** First element of the slot at the bar of the group at hand. */
  at: number;
}

/** One step made ready to run. All have the same fields, used or not: kernels then read them without looking up where they are. */
export interface Op {
  readonly kernel: Kernel;
  /** Of an elementwise step. */
  readonly fn: UnaryFn | BinaryFn | "share" | null;
  readonly x: Lane;
  readonly y: Lane;
  readonly z: Lane;
  readonly out: Lane;
  readonly blocks: BlockColumns;
  /** Length of a window or of the seed of an average. */
  readonly bars: number;
  /** Weight of the new value in an average; what a window's sum is divided by. */
  readonly factor: number;
  /** Of a statistic or a recursive function; null elsewhere. */
  readonly statistic: Statistic | null;
  readonly fold: FoldState | null;
  readonly params: readonly number[];
}

/** Where a recursive function reads and keeps: cell `c` of instrument `i` is at `cells + i x count + c`, output `c` at `outputs + c x width + i`. */
export interface FoldState {
  readonly fold: Fold;
  readonly inputs: readonly Lane[];
  readonly cells: number;
  readonly count: number;
  readonly outputs: number;
}

/** Runs steps of its kind in their order. */
export type Kernel = (ops: readonly Op[], work: Work) => void;

/** What kernels work on: the instruments `rows[from..to)`, distinct and all at bar `t`. */
export interface Work {
  readonly memory: Float64Array;
  /** Number of instruments of the plan: the length of a slot. */
  readonly width: number;
  readonly rows: Int32Array;
  t: number;
  from: number;
  to: number;
  /** True when those instruments' numbers follow one another without a gap. */
  neighbors: boolean;
}

/** Steps of one kind that can run one after the other: one call of their kernel. With one instrument, calls cost more than the work. */
export interface Stage {
  readonly kernel: Kernel;
  readonly ops: readonly Op[];
}

/** Element in the memory where the slot read at bar `t` begins. */
export function slotAt({ offset, mask, lag }: Lane, t: number, width: number): number {
  return offset + Math.imul((t - lag) & mask, width);
}

/** Smallest power of two that holds the current bar and `history` bars before it. */
export function ringSlots(history: number): number {
  let slots = 1;
  while (slots < history + 1) slots *= 2;
  return slots;
}
