// How a moving window is summed without ever subtracting. Bars are cut into blocks of `size` at absolute multiples of it. A window of
// 2 x size to 4 x size bars is the tail of an old block, up to 3 whole blocks and the head of the current one; merging these needs no
// subtraction, so a spike leaves no trace once it has left the window, and a NaN neither. The blocks depend on the absolute bar
// index alone: the same bits come out wherever the plan started. All windows with the same block size share the blocks of a series.
// Means are kept relative to a bar of their block, the first (head, whole) or the last (tail), so that a high flat price loses no digits.
//
// Per bar t, phase p = t mod size: the head takes bar t; the tail of the block before grows one bar to the left, by bar t - 2p - 1,
// so that it is complete when the block ends and never earlier needed. Constant work per bar, no peaks.
import type { Lane, Shape } from "./kernel.js";
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

/** The columns every block kernel works on; a kernel with fewer than three quantities leaves the others alone. */
export abstract class BlockKernel {
  protected readonly width: number;
  protected readonly bar: Int32Array;
  /** The values themselves. */
  protected readonly ring: Float64Array;
  protected readonly mask: number;
  protected readonly lag: number;
  /** Block size - 1. */
  protected readonly last: number;
  /** log2 of the block size. */
  protected readonly shift: number;
  protected readonly head: Float64Array;
  protected readonly tail: Float64Array;
  protected readonly whole: Float64Array;
  protected readonly head2: Float64Array;
  protected readonly tail2: Float64Array;
  protected readonly whole2: Float64Array;
  protected readonly head3: Float64Array;
  protected readonly tail3: Float64Array;
  protected readonly whole3: Float64Array;

  constructor(x: Lane, state: BlockState, memory: Memory, shape: Shape) {
    this.width = shape.width;
    this.bar = shape.bar;
    this.ring = x.ring;
    this.mask = x.mask;
    this.lag = x.lag;
    this.last = state.size - 1;
    this.shift = Math.log2(state.size);
    const column = (field: number, part: "head" | "tail" | "whole"): Float64Array =>
      memory.view((state.fields[Math.min(field, state.fields.length - 1)] as Field)[part]);
    this.head = column(0, "head");
    this.tail = column(0, "tail");
    this.whole = column(0, "whole");
    this.head2 = column(1, "head");
    this.tail2 = column(1, "tail");
    this.whole2 = column(1, "whole");
    this.head3 = column(2, "head");
    this.tail3 = column(2, "tail");
    this.whole3 = column(2, "whole");
  }
}

/** A kernel that asks the blocks for a window of `bars`. */
export abstract class BlockWindow extends BlockKernel {
  protected readonly out: Float64Array;
  protected readonly outMask: number;

  constructor(
    protected readonly bars: number,
    x: Lane,
    state: BlockState,
    out: Lane,
    memory: Memory,
    shape: Shape,
  ) {
    super(x, state, memory, shape);
    this.out = out.ring;
    this.outMask = out.mask;
  }
}
