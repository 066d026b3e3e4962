// From a program to its memory and operations: the one place that knows which step is which kernel.
import { covarianceBlocks, covarianceWindow } from "#features/kernels/block-covariance.js";
import { extremeBlocks, extremeWindow } from "#features/kernels/block-extreme.js";
import { momentBlocks, stdWindow } from "#features/kernels/block-moments.js";
import { skewBlocks, skewWindow } from "#features/kernels/block-skew.js";
import { slopeBlocks, slopeWindow } from "#features/kernels/block-slope.js";
import { sumBlocks, sumWindow } from "#features/kernels/block-sum.js";
import { blockColumns, type BlockState, claimBlocks } from "#features/kernels/blocks.js";
import { elementwise, where } from "#features/kernels/elementwise.js";
import { type Kernel, type Lane, type Op, ringSlots, type Routine } from "#features/kernels/kernel.js";
import type { Memory, Region } from "#features/kernels/memory.js";
import type { InputName } from "#features/language/node.js";
import type { BlockKind, Operand, Program, Step, StepKind } from "./program.js";
import { schedule, type Task } from "./schedule.js";
import { smooth } from "#features/kernels/smooth.js";

/** Where the values of one bar field are put. */
export interface InputLane {
  readonly name: InputName;
  readonly lane: Lane;
}

export interface Operations {
  readonly inputs: readonly InputLane[];
  /** Run at every bar. */
  readonly fold: Routine;
  /** Run when a frame is wanted: nothing later depends on it. Its lanes are also those of the outputs. */
  readonly view: Routine;
  /** One per output of the program. */
  readonly outputs: readonly Lane[];
}

/** Claims and allocates the memory, then makes the operations on it. */
export function createOperations(program: Program, memory: Memory): Operations {
  const regions = program.steps.map((step) => claimValue(step, memory));
  const blocks = program.steps.map((step) => claimBlockState(step, program, memory));
  const averages = program.steps.map((step) => (step.kind.op === "smooth" ? claimAverage(step, memory) : null));
  memory.allocate();

  const inputs: InputLane[] = [];
  const fold: Draft = { tasks: new Map(), lanes: new Map() };
  const view: Draft = { tasks: new Map(), lanes: new Map() };
  program.steps.forEach((step, s) => {
    const { kind } = step;
    if (kind.op === "constant") return;
    const { tasks, lanes } = step.fold ? fold : view;
    const lane = (operand: Operand): Lane => laneOf(operand, regions, lanes);
    const out = lane({ step: s, lag: 0 });
    if (kind.op === "input") {
      inputs.push({ name: kind.name, lane: out });
      return;
    }
    // A window's first operand is its blocks, which have no ring of their own.
    const [x = nowhere, y = nowhere, z = nowhere] = step.operands.slice(kind.op === "window" ? 1 : 0).map(lane);
    const average = averages[s];
    const op: Op = {
      kernel: kernelOf(kind),
      fn: kind.op === "unary" || kind.op === "binary" ? kind.fn : null,
      x,
      y: average ? fixed(average.count) : y,
      z: average ? fixed(average.value) : z,
      out,
      blocks: blockColumns(blocks[kind.op === "window" ? (step.operands[0] as Operand).step : s] ?? null),
      bars: kind.op === "window" || kind.op === "smooth" ? kind.bars : 0,
      factor: factorOf(kind),
    };
    tasks.set(s, { op, needs: step.operands.flatMap((operand) => tasks.get(operand.step) ?? []) });
  });
  const outputs = program.outputs.map((operand) => laneOf(operand, regions, view.lanes));
  return { inputs, fold: routine(fold), view: routine(view), outputs };
}

/** A routine in the making: tasks by the number of their step. */
interface Draft {
  readonly tasks: Map<number, Task>;
  readonly lanes: Map<string, Lane>;
}

function routine({ tasks, lanes }: Draft): Routine {
  return { stages: schedule([...tasks.values()]), lanes: [...lanes.values()].filter(({ mask }) => mask > 0) };
}

const nowhere: Lane = { offset: 0, mask: 0, lag: 0, at: 0 };

function fixed({ offset }: Region): Lane {
  return { offset, mask: 0, lag: 0, at: offset };
}

/** Operands that are the same share a lane, so that its slot is found once. */
function laneOf({ step, lag }: Operand, regions: readonly (Region | null)[], known: Map<string, Lane>): Lane {
  const region = regions[step];
  if (!region) return nowhere;
  const key = `${step}/${lag}`;
  const lane = known.get(key) ?? { offset: region.offset, mask: region.slots - 1, lag, at: region.offset };
  known.set(key, lane);
  return lane;
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

function claimAverage(step: Step, memory: Memory): { readonly count: Region; readonly value: Region } {
  return { count: memory.claim(1, 0, 0), value: memory.claim(1, step.splitExponent, 0) };
}

type Computed = Exclude<StepKind, { op: "input" | "constant" }>;

function kernelOf(kind: Computed): Kernel {
  switch (kind.op) {
    case "unary":
    case "binary":
      return elementwise;
    case "where":
      return where;
    case "smooth":
      return smooth;
    case "blocks":
      return blockKernels[kind.kind];
    case "window":
      return windowKernels[kind.fn];
    default:
      return kind satisfies never;
  }
}

const blockKernels: Readonly<Record<BlockKind, Kernel>> = {
  sum: sumBlocks,
  max: extremeBlocks,
  min: extremeBlocks,
  moments: momentBlocks,
  skew: skewBlocks,
  slope: slopeBlocks,
  covariance: covarianceBlocks,
};

const windowKernels: Readonly<Record<Extract<StepKind, { op: "window" }>["fn"], Kernel>> = {
  sum: sumWindow,
  mean: sumWindow,
  max: extremeWindow,
  min: extremeWindow,
  std: stdWindow,
  skew: skewWindow,
  slope: slopeWindow,
  covariance: covarianceWindow,
};

function factorOf(kind: Computed): number {
  if (kind.op === "smooth") return kind.alpha;
  if (kind.op === "blocks") return kind.kind === "min" ? -1 : 1;
  if (kind.op !== "window") return 1;
  if (kind.fn === "mean") return kind.bars;
  return kind.fn === "min" ? -1 : 1;
}
