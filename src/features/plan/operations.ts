// From a program to its memory and operations: the one place that knows which step is which kernel.
import { covarianceBlocks, covarianceWindow } from "#features/kernels/block-covariance.js";
import { momentBlocks, stdWindow } from "#features/kernels/block-moments.js";
import { skewBlocks, skewWindow } from "#features/kernels/block-skew.js";
import { slopeBlocks, slopeWindow } from "#features/kernels/block-slope.js";
import { sumBlocks, sumWindow } from "#features/kernels/block-sum.js";
import { blockColumns, type BlockState, claimBlocks } from "#features/kernels/blocks.js";
import { elementwise, where } from "#features/kernels/elementwise.js";
import { type FoldState, type Kernel, type Lane, type Op, ringSlots } from "#features/kernels/kernel.js";
import { Routine } from "#features/kernels/routine.js";
import type { Memory, Region } from "#features/kernels/memory.js";
import type { InputSource } from "#features/inputs/source.js";
import type { PeerRole } from "#features/language/node.js";
import { folds } from "#features/folds/table.js";
import { part, recursive } from "#features/kernels/recursive.js";
import { percentileInSorted, quantileOfSorted, rankInSorted, sortedWindow } from "#features/kernels/sorted-window.js";
import { statistic } from "#features/kernels/statistic.js";
import { type Across, acrosses } from "#features/statistics/across.js";
import { statistics } from "#features/statistics/table.js";
import type { BlockKind, Operand, Program, Step, StepKind } from "./program.js";
import { schedule, type Task } from "./schedule.js";
import { smooth } from "#features/kernels/smooth.js";

/** Where the values of one input are put. */
export interface InputLane {
  readonly source: InputSource;
  readonly lane: Lane;
}

/** A value over the instruments of a moment, or one instrument's value for all. */
export interface MomentOp {
  readonly x: Lane;
  readonly out: Lane;
  /** Null for a peer. */
  readonly across: Across | null;
  readonly within: "universe" | "sector";
  readonly params: readonly number[];
  readonly role: PeerRole | null;
  /** Number of cells per group. */
  readonly cells: number;
  /** Its cells by group, views into the plan's cells of moments. */
  cellsOf: readonly Float64Array[];
}

export interface Operations {
  readonly inputs: readonly InputLane[];
  /** Run at every bar: what needs the instrument's own bars only. */
  readonly fold: Routine;
  /** Run when a moment is over, one after the other: values of the moment, then what depends on them. */
  readonly layers: readonly { readonly moments: readonly MomentOp[]; readonly fold: Routine }[];
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
  const orders = program.steps.map((step) => claimSorted(step, memory));
  const recursions = program.steps.map((step) => (step.kind.op === "fold" ? claimFold(step, program, memory) : null));
  memory.allocate();

  const inputs: InputLane[] = [];
  const layers = Array.from({ length: program.layers + 1 }, () => ({ moments: [] as MomentOp[], draft: emptyDraft() }));
  const view = emptyDraft();
  program.steps.forEach((step, s) => {
    const { kind } = step;
    if (kind.op === "constant") return;
    const { moments, draft } = layers[step.layer] as (typeof layers)[number];
    const { tasks, lanes } = step.fold ? draft : view;
    const lane = (operand: Operand): Lane => laneOf(operand, regions, lanes);
    const out = lane({ step: s, lag: 0 });
    if (kind.op === "input") {
      inputs.push({ source: kind.source, lane: out });
      return;
    }
    if (kind.op === "across" || kind.op === "peer") {
      const across = kind.op === "across" ? acrosses[kind.fn] : null;
      moments.push({
        x: lane(step.operands[0] as Operand),
        out,
        across,
        within: kind.op === "across" ? kind.within : "universe",
        params: kind.op === "across" ? kind.params : [],
        role: kind.op === "peer" ? kind.role : null,
        cells: kind.op === "across" ? acrosses[kind.fn].cells(kind.params) : 0,
        cellsOf: [],
      });
      return;
    }
    // A window's first operand is its blocks or its order, which have no ring of their own.
    const operands = step.operands.slice(kind.op === "window" || kind.op === "quantile" || kind.op === "rank" ? 1 : 0).map(lane);
    const [x = nowhere, y = nowhere, z = nowhere] = operands;
    const average = averages[s];
    const order = orders[kind.op === "quantile" || kind.op === "rank" ? (step.operands[0] as Operand).step : s];
    const recursion = recursions[kind.op === "part" ? (step.operands[0] as Operand).step : s];
    const op: Op = {
      kernel: kernelOf(kind),
      fn: kind.op === "unary" || kind.op === "binary" ? kind.fn : null,
      x,
      y: average ? fixed(average.count) : order ? fixed(order) : kind.op === "part" ? fixed(outputRegion(recursion, kind.output)) : y,
      z: average ? fixed(average.value) : z,
      out,
      blocks: blockColumns(blocks[kind.op === "window" ? (step.operands[0] as Operand).step : s] ?? null),
      bars: "bars" in kind ? kind.bars : 0,
      factor: factorOf(kind),
      statistic: kind.op === "statistic" ? statistics[kind.fn] : null,
      fold: kind.op === "fold" && recursion ? foldState(kind, operands, recursion) : null,
      params: kind.op === "statistic" || kind.op === "fold" ? kind.params : [],
    };
    tasks.set(s, { op, needs: step.operands.flatMap((operand) => tasks.get(operand.step) ?? []) });
  });
  const outputs = program.outputs.map((operand) => laneOf(operand, regions, view.lanes));
  const [own, ...joint] = layers.map(({ moments, draft }) => ({ moments, fold: routine(draft) }));
  return { inputs, fold: (own as { fold: Routine }).fold, layers: joint, view: routine(view), outputs };
}

function emptyDraft(): Draft {
  return { tasks: new Map(), lanes: new Map() };
}

/** A routine in the making: tasks by the number of their step. */
interface Draft {
  readonly tasks: Map<number, Task>;
  readonly lanes: Map<string, Lane>;
}

function routine({ tasks, lanes }: Draft): Routine {
  return new Routine(schedule(gatheredTogether([...tasks.values()])), [...lanes.values()]);
}

/** Statistics of the same series stand together, the shortest window first, so that its values are gathered once; all else keeps its order. */
function gatheredTogether(tasks: readonly Task[]): readonly Task[] {
  const key = ({ op: { x, y } }: Task): string => `${x.offset}/${x.lag}/${y.offset}/${y.lag}`;
  const [rest, gathering] = [tasks.filter(({ op }) => op.statistic === null), tasks.filter(({ op }) => op.statistic !== null)];
  const groups = new Map<string, Task[]>();
  for (const task of gathering) groups.set(key(task), [...(groups.get(key(task)) ?? []), task]);
  return [...rest, ...[...groups.values()].flatMap((group) => group.sort((a, b) => a.op.bars - b.op.bars))];
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
  if (step.kind.op === "blocks" || step.kind.op === "sorted" || step.kind.op === "fold") return null;
  if (step.kind.op === "constant") return memory.claimScratch(step.kind.value);
  return step.fold ? memory.claim(ringSlots(step.history), step.splitExponent) : memory.claimScratch();
}

function claimBlockState(step: Step, program: Program, memory: Memory): BlockState | null {
  if (step.kind.op !== "blocks") return null;
  const e = step.splitExponent;
  switch (step.kind.kind) {
    case "sum":
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

function claimSorted({ kind, splitExponent }: Step, memory: Memory): Region | null {
  return kind.op === "sorted" ? memory.claimByInstrument(new Array<number>(kind.bars).fill(splitExponent), Number.POSITIVE_INFINITY) : null;
}

function claimAverage(step: Step, memory: Memory): { readonly count: Region; readonly value: Region } {
  return { count: memory.claim(1, 0, 0), value: memory.claim(1, step.splitExponent, 0) };
}

/** The cells of a recursive function, and its outputs: one slot each, in a row. */
interface Recursion {
  readonly cells: Region;
  readonly outputs: readonly Region[];
}

function claimFold(step: Step, program: Program, memory: Memory): Recursion | null {
  if (step.kind.op !== "fold") return null;
  const { fn, params } = step.kind;
  const exponents = step.operands.map((operand) => (program.steps[operand.step] as Step).splitExponent);
  const exponent = (powers: readonly number[]): number => powers.reduce((sum, power, k) => sum + power * (exponents[k] ?? 0), 0);
  const cells = memory.claimByInstrument(folds[fn].cells(params).map(exponent), 0);
  return { cells, outputs: folds[fn].outputs.map((powers) => memory.claim(1, exponent(powers))) };
}

function outputRegion(recursion: Recursion | null | undefined, output: number): Region {
  return recursion?.outputs[output] as Region;
}

function foldState({ fn }: Extract<StepKind, { op: "fold" }>, inputs: readonly Lane[], { cells, outputs }: Recursion): FoldState {
  return { fold: folds[fn], inputs, cells: cells.offset, count: cells.slots, outputs: (outputs[0] as Region).offset };
}

type Computed = Exclude<StepKind, { op: "input" | "constant" | "across" | "peer" }>;

function kernelOf(kind: Computed): Kernel {
  switch (kind.op) {
    case "unary":
    case "binary":
      return elementwise;
    case "where":
      return where;
    case "smooth":
      return smooth;
    case "sorted":
      return sortedWindow;
    case "quantile":
      return quantileOfSorted;
    case "rank":
      return kind.fn === "percentRank" ? rankInSorted : percentileInSorted;
    case "statistic":
      return statistic;
    case "fold":
      return recursive;
    case "part":
      return part;
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
  moments: momentBlocks,
  skew: skewBlocks,
  slope: slopeBlocks,
  covariance: covarianceBlocks,
};

const windowKernels: Readonly<Record<Extract<StepKind, { op: "window" }>["fn"], Kernel>> = {
  sum: sumWindow,
  mean: sumWindow,
  std: stdWindow,
  skew: skewWindow,
  slope: slopeWindow,
  covariance: covarianceWindow,
};

function factorOf(kind: Computed): number {
  if (kind.op === "smooth") return kind.alpha;
  if (kind.op === "quantile") return kind.q;
  return kind.op === "window" && kind.fn === "mean" ? kind.bars : 1;
}
