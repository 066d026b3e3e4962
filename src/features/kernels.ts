// From a program to its memory and kernels: the one place that knows which step is which kernel.
import { CovarianceBlocks, CovarianceWindow } from "./block-covariance.js";
import { ExtremeBlocks, ExtremeWindow } from "./block-extreme.js";
import { MomentBlocks, StdWindow } from "./block-moments.js";
import { SkewBlocks, SkewWindow } from "./block-skew.js";
import { SlopeBlocks, SlopeWindow } from "./block-slope.js";
import { SumBlocks, SumWindow } from "./block-sum.js";
import { type BlockState, claimBlocks } from "./blocks.js";
import { createBinary, Unary, Where } from "./elementwise.js";
import { type Kernel, type Lane, ringSlots, type Shape } from "./kernel.js";
import type { Memory, Region } from "./memory.js";
import type { InputName } from "./node.js";
import type { Operand, Program, Step } from "./program.js";
import { claimSmooth, Smooth, type SmoothState } from "./smooth.js";

/** Where the values of one bar field are put. */
export interface InputLane {
  readonly name: InputName;
  readonly lane: Lane;
}

export interface Kernels {
  readonly inputs: readonly InputLane[];
  /** Run at every bar, in this order. */
  readonly fold: readonly Kernel[];
  /** Run when a frame is wanted: nothing later depends on them. */
  readonly view: readonly Kernel[];
  readonly lane: (operand: Operand) => Lane;
}

/** Claims and allocates the memory, then makes the kernels on it. */
export function createKernels(program: Program, memory: Memory, shape: Shape): Kernels {
  const regions = program.steps.map((step) => claimValue(step, memory));
  const blocks = program.steps.map((step) => claimBlockState(step, program, memory));
  const smooths = program.steps.map((step) => (step.kind.op === "smooth" ? claimSmooth(memory, step.splitExponent) : null));
  memory.allocate();

  const rings = regions.map((region) => (region === null ? new Float64Array(0) : memory.view(region)));
  const lane = ({ step, lag }: Operand): Lane => ({ ring: rings[step] as Float64Array, mask: (regions[step]?.slots ?? 1) - 1, lag });
  const inputs: InputLane[] = [];
  const fold: Kernel[] = [];
  const view: Kernel[] = [];

  program.steps.forEach((step, s) => {
    const out = lane({ step: s, lag: 0 });
    const read = (n: number): Lane => lane(step.operands[n] as Operand);
    const kernel = createKernel(step, read, out, blocks, s, smooths[s] ?? null, memory, shape);
    if (step.kind.op === "input") inputs.push({ name: step.kind.name, lane: out });
    else if (kernel !== null) (step.fold ? fold : view).push(kernel);
  });
  return { inputs, fold, view, lane };
}

function claimValue(step: Step, memory: Memory): Region | null {
  if (step.kind.op === "blocks") return null;
  if (step.kind.op === "constant") return memory.claimScratch(step.kind.value);
  return step.fold ? memory.claim(ringSlots(step.history), step.splitExponent) : memory.claimScratch();
}

function claimBlockState(step: Step, program: Program, memory: Memory): BlockState | null {
  if (step.kind.op !== "blocks") return null;
  const e = step.splitExponent;
  switch (step.kind.kind) {
    case "sum":
    case "max":
    case "min":
      return claimBlocks(memory, step.kind.size, [e]);
    case "moments":
      return claimBlocks(memory, step.kind.size, [e, 2 * e]);
    case "skew":
      return claimBlocks(memory, step.kind.size, [e, 2 * e, 3 * e]);
    case "slope":
      return claimBlocks(memory, step.kind.size, [e, e]);
    case "covariance": {
      const other = (program.steps[(step.operands[1] as Operand).step] as Step).splitExponent;
      return claimBlocks(memory, step.kind.size, [e, other, e + other]);
    }
    default:
      return step.kind.kind satisfies never;
  }
}

/** Null for inputs and constants, which compute nothing. */
function createKernel(
  step: Step,
  read: (operand: number) => Lane,
  out: Lane,
  blocks: readonly (BlockState | null)[],
  index: number,
  smooth: SmoothState | null,
  memory: Memory,
  shape: Shape,
): Kernel | null {
  const { kind } = step;
  switch (kind.op) {
    case "input":
    case "constant":
      return null;
    case "unary":
      return new Unary(kind.fn, read(0), out, shape);
    case "binary":
      return createBinary(kind.fn, read(0), read(1), out, shape);
    case "where":
      return new Where(read(0), read(1), read(2), out, shape);
    case "smooth":
      return new Smooth(kind.bars, kind.alpha, read(0), out, smooth as SmoothState, memory, shape);
    case "blocks": {
      const state = blocks[index] as BlockState;
      if (kind.kind === "sum") return new SumBlocks(read(0), state, memory, shape);
      if (kind.kind === "moments") return new MomentBlocks(read(0), state, memory, shape);
      if (kind.kind === "skew") return new SkewBlocks(read(0), state, memory, shape);
      if (kind.kind === "slope") return new SlopeBlocks(read(0), state, memory, shape);
      if (kind.kind === "covariance") return new CovarianceBlocks(read(0), read(1), state, memory, shape);
      return new ExtremeBlocks(kind.kind === "max" ? 1 : -1, read(0), state, memory, shape);
    }
    case "window": {
      const state = blocks[(step.operands[0] as Operand).step] as BlockState;
      const { fn, bars } = kind;
      // Sums and extremes read the blocks alone; operand 0 is the blocks, which have no ring of their own.
      if (fn === "sum") return new SumWindow(1, bars, read(0), state, out, memory, shape);
      if (fn === "mean") return new SumWindow(bars, bars, read(0), state, out, memory, shape);
      if (fn === "max" || fn === "min") return new ExtremeWindow(fn === "max" ? 1 : -1, bars, read(0), state, out, memory, shape);
      if (fn === "std") return new StdWindow(bars, read(1), state, out, memory, shape);
      if (fn === "skew") return new SkewWindow(bars, read(1), state, out, memory, shape);
      if (fn === "slope") return new SlopeWindow(bars, read(1), state, out, memory, shape);
      return new CovarianceWindow(bars, read(1), read(2), state, out, memory, shape);
    }
    default:
      return kind satisfies never;
  }
}
