// How a moving window is summed without ever subtracting. Bars are cut into blocks of `size` at absolute multiples of it. A window of
// 2 x size to 4 x size bars is the tail of an old block, up to 3 whole blocks and the head of the current one; merging these needs no
// subtraction, so a spike leaves no trace once it has left the window, and a NaN neither. The blocks depend on the absolute bar
// index alone: the same bits come out wherever the plan started. All windows with the same block size share the blocks of a series.
// Means are kept relative to a bar of their block, the first (head, whole) or the last (tail), so that a high flat price loses no digits.
//
// Per bar t, phase p = t mod size: the head takes bar t; the tail of the block before grows one bar to the left, by bar t - 2p - 1,
// so that it is complete when the block ends and never earlier needed. Constant work per bar, no peaks.
import { type Lane, slotAt } from "./kernel.js";
import type { Memory, Region } from "./memory.js";

/** One accumulated quantity. */
interface Field {
  /** Of the current block, up to the current bar: one slot. */
  readonly head: Region;
  /** From a bar to the end of its block: 4 x size slots by bar index. */
  readonly tail: Region;
  /** Of a complete block: 4 slots by block number. */
  readonly whole: Region;
}

export interface BlockState {
  readonly size: number;
  readonly fields: readonly Field[];
}

/** `exponents`: per quantity, the power of the split ratio that rescales it. */
export function claimBlocks(memory: Memory, size: number, exponents: readonly number[]): BlockState {
  return {
    size,
    fields: exponents.map((exponent) => ({
      head: memory.claim(1, exponent),
      tail: memory.claim(4 * size, exponent),
      whole: memory.claim(4, exponent),
    })),
  };
}

/** Where the block kernels find their columns in the memory; blocks of fewer than three quantities leave the others alone. */
export interface BlockColumns {
  /** Block size - 1. */
  readonly last: number;
  /** log2 of the block size. */
  readonly shift: number;
  readonly head: number;
  readonly tail: number;
  readonly whole: number;
  readonly head2: number;
  readonly tail2: number;
  readonly whole2: number;
  readonly head3: number;
  readonly tail3: number;
  readonly whole3: number;
}

/** `state` null: of a step that has no blocks. */
export function blockColumns(state: BlockState | null): BlockColumns {
  const column = (field: number, part: "head" | "tail" | "whole"): number => {
    const fields = state?.fields ?? [];
    return fields[Math.min(field, fields.length - 1)]?.[part].offset ?? 0;
  };
  const size = state?.size ?? 1;
  return {
    last: size - 1,
    shift: 31 - Math.clz32(size),
    head: column(0, "head"),
    tail: column(0, "tail"),
    whole: column(0, "whole"),
    head2: column(1, "head"),
    tail2: column(1, "tail"),
    whole2: column(1, "whole"),
    head3: column(2, "head"),
    tail3: column(2, "tail"),
    whole3: column(2, "whole"),
  };
}

/** Where, from a quantity's tails at `tail`, the one that begins with bar `s` lies. */
export function tailSlot({ last }: BlockColumns, s: number, width: number): number {
  return Math.imul(s & (4 * last + 3), width);
}

/** The same for the whole block number `b`. */
export function wholeSlot(b: number, width: number): number {
  return Math.imul(b & 3, width);
}

/** Where the first value of block number `b` lies in the ring of the values. */
export function anchorAt(x: Lane, { shift }: BlockColumns, b: number, width: number): number {
  return slotAt(x, b << shift, width);
}
