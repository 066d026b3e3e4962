// From expressions to a program: equal sub-expressions once, in an order in which every operand comes before its user.
// A lag is no step of its own: an operand says how many bars back it is read, and its source keeps that much history.
import type { FoldName } from "#features/folds/table.js";
import { splitExponent } from "#features/inputs/columns.js";
import type { InputSource } from "#features/inputs/source.js";
import type { BinaryFn, Node, PeerRole, UnaryFn, WindowFn } from "#features/language/node.js";
import type { AcrossName } from "#features/statistics/across.js";
import type { StatisticName } from "#features/statistics/table.js";
import { dimensionOf } from "#features/language/dimension.js";

export interface Operand {
  /** Index of the step that makes the value. */
  readonly step: number;
  /** Bars back. */
  readonly lag: number;
}

/** What a kind of block keeps; each is shared by all windows over the same values with the same block size. */
export type BlockKind = "sum" | "moments" | "skew" | "slope" | "covariance";

/** Windows that are kept as blocks. */
type BlockFn = Exclude<WindowFn, "max" | "min"> | "covariance";

export type StepKind =
  | { readonly op: "input"; readonly source: InputSource }
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "unary"; readonly fn: UnaryFn }
  /** `share`: where(y > 0, x / y, 0). */
  | { readonly op: "binary"; readonly fn: BinaryFn | "share" }
  | { readonly op: "where" }
  | { readonly op: "blocks"; readonly kind: BlockKind; readonly size: number }
  | { readonly op: "window"; readonly fn: BlockFn; readonly bars: number }
  | { readonly op: "smooth"; readonly bars: number; readonly alpha: number }
  /** A window in ascending order, which quantiles and ranks of it are read from. */
  | { readonly op: "sorted"; readonly bars: number }
  | { readonly op: "quantile"; readonly bars: number; readonly q: number }
  /** Where the newest value stands in the window. */
  | { readonly op: "rank"; readonly fn: "percentRank" | "percentile"; readonly bars: number }
  | { readonly op: "statistic"; readonly fn: StatisticName; readonly bars: number; readonly params: readonly number[] }
  /** Steps the cells of a recursive function; its outputs are read by `part`. */
  | { readonly op: "fold"; readonly fn: FoldName; readonly params: readonly number[] }
  | { readonly op: "part"; readonly output: number }
  | { readonly op: "across"; readonly fn: AcrossName; readonly within: "universe" | "sector"; readonly params: readonly number[] }
  | { readonly op: "peer"; readonly role: PeerRole };

export interface Step {
  readonly kind: StepKind;
  readonly operands: readonly Operand[];
  /** A split multiplies the value (of blocks: the first operand's value) by ratio to this power. */
  readonly splitExponent: number;
  /** 0 when it needs the instrument's own bars only; one more for each value of the moment (`across`, `peer`) that stands before it. */
  readonly layer: number;
  /** Largest number of bars back at which anybody reads it. */
  history: number;
  /** True when it must run at every bar because later bars depend on it; else it runs only when a frame is wanted. */
  fold: boolean;
}

export interface Program {
  readonly steps: readonly Step[];
  /** One per expression, in their order. */
  readonly outputs: readonly Operand[];
  /** Highest layer of its steps. */
  readonly layers: number;
}

/** Throws `bad-config` for a dimensionally wrong expression. */
export function compileProgram(expressions: readonly Node[]): Program {
  const steps: Step[] = [];
  const known = new Map<string, number>();

  const intern = (kind: StepKind, operands: readonly Operand[], exponent: number): Operand => {
    const key = JSON.stringify([kind, operands.map(({ step, lag }) => [step, lag])]);
    let step = known.get(key);
    if (step === undefined) {
      step = steps.length;
      const below = Math.max(0, ...operands.map((operand) => (steps[operand.step] as Step).layer));
      const layer = below + (kind.op === "across" || kind.op === "peer" ? 1 : 0);
      steps.push({ kind, operands, splitExponent: exponent, layer, history: 0, fold: false });
      known.set(key, step);
    }
    return { step, lag: 0 };
  };

  // Of `bars` values: of two runs that may overlap. Runs are powers of two, so that all windows of a series share them, and as nothing
  // is ever taken out again a spike leaves no trace.
  const extreme = (fn: "max" | "min", x: Operand, bars: number, exponent: number): Operand => {
    const half = 1 << (31 - Math.clz32(bars - 1));
    const run = half === 1 ? x : extreme(fn, x, half, exponent);
    return intern({ op: "binary", fn }, [run, { step: run.step, lag: run.lag + bars - half }], exponent);
  };

  const constant = (value: number): Operand => intern({ op: "constant", value }, [], 0);

  // How many bars ago the extreme was, the oldest of equals: of the same runs. The newer run has it only where it is truly beyond.
  const age = (fn: "max" | "min", x: Operand, bars: number, exponent: number): Operand => {
    if (bars === 1) return constant(0);
    const half = 1 << (31 - Math.clz32(bars - 1));
    const later = bars - half;
    const run = half === 1 ? x : extreme(fn, x, half, exponent);
    const older = { step: run.step, lag: run.lag + later };
    const beyond = intern({ op: "binary", fn: "gt" }, fn === "max" ? [run, older] : [older, run], 0);
    const own = age(fn, x, half, exponent);
    const past = half === 1 ? constant(later) : intern({ op: "binary", fn: "add" }, [{ step: own.step, lag: later }, constant(later)], 0);
    return intern({ op: "where" }, [beyond, own, past], 0);
  };

  const lower = (node: Node): Operand => {
    const exponent = splitExponent(dimensionOf(node));
    switch (node.op) {
      case "input":
        return intern({ op: "input", source: node.source }, [], exponent);
      case "constant":
        return constant(node.value);
      case "unary":
        return intern({ op: "unary", fn: node.fn }, [lower(node.x)], exponent);
      case "binary":
        return intern({ op: "binary", fn: node.fn }, [lower(node.x), lower(node.y)], exponent);
      case "where": {
        const [part, whole] = shareIn(node) ?? [];
        if (part !== undefined && whole !== undefined) return intern({ op: "binary", fn: "share" }, [lower(part), lower(whole)], exponent);
        return intern({ op: "where" }, [lower(node.condition), lower(node.x), lower(node.y)], exponent);
      }
      case "lag": {
        const x = lower(node.x);
        return (steps[x.step] as Step).kind.op === "constant" ? x : { step: x.step, lag: x.lag + node.bars };
      }
      case "window": {
        const x = lower(node.x);
        if (node.fn === "max" || node.fn === "min") return extreme(node.fn, x, node.bars, exponent);
        const blocks = intern(
          { op: "blocks", kind: blockKind(node.fn), size: blockSize(node.bars) },
          [x],
          splitExponent(dimensionOf(node.x)),
        );
        return intern({ op: "window", fn: node.fn, bars: node.bars }, anchored(node.fn) ? [blocks, x] : [blocks], exponent);
      }
      case "covariance": {
        const x = lower(node.x);
        const y = lower(node.y);
        const blocks = intern({ op: "blocks", kind: "covariance", size: blockSize(node.bars) }, [x, y], splitExponent(dimensionOf(node.x)));
        return intern({ op: "window", fn: "covariance", bars: node.bars }, [blocks, x, y], exponent);
      }
      case "smooth":
        return intern({ op: "smooth", bars: node.bars, alpha: node.alpha }, [lower(node.x)], exponent);
      case "statistic":
        if (node.fn === "placeOfMax" || node.fn === "placeOfMin") {
          const x = node.xs[0] as Node;
          const ago = age(node.fn === "placeOfMax" ? "max" : "min", lower(x), node.bars, splitExponent(dimensionOf(x)));
          return intern({ op: "binary", fn: "sub" }, [constant(node.bars), ago], 0);
        }
        if (node.fn === "quantile" || node.fn === "percentRank" || node.fn === "percentile") {
          const x = lower(node.xs[0] as Node);
          const { fn, bars } = node;
          const sorted = intern({ op: "sorted", bars }, [x], splitExponent(dimensionOf(node.xs[0] as Node)));
          if (fn !== "quantile") return intern({ op: "rank", fn, bars }, [sorted, x], 0);
          return intern({ op: "quantile", bars, q: node.params[0] as number }, [sorted], exponent);
        }
        return intern({ op: "statistic", fn: node.fn, bars: node.bars, params: node.params }, node.xs.map(lower), exponent);
      case "fold": {
        const whole = intern({ op: "fold", fn: node.fn, params: node.params }, node.xs.map(lower), 0);
        return intern({ op: "part", output: node.output }, [whole], exponent);
      }
      case "across":
        return intern({ op: "across", fn: node.fn, within: node.within, params: node.params }, [lower(node.x)], exponent);
      case "peer":
        return intern({ op: "peer", role: node.role }, [lower(node.x)], exponent);
      default:
        return node satisfies never;
    }
  };

  const outputs = expressions.map(lower);
  markHistory(steps, outputs);
  return { steps, outputs, layers: Math.max(0, ...steps.map(({ layer }) => layer)) };
}

/** Bars per block for a window of `bars`: a power of two with 2 x size <= bars < 4 x size. */
export function blockSize(bars: number): number {
  // Not 2 ** n, nor log2: what comes from a power is no small integer to the runtime, and all addresses would be floats from there on.
  return 1 << (30 - Math.clz32(bars));
}

function blockKind(fn: Exclude<BlockFn, "covariance">): BlockKind {
  if (fn === "mean") return "sum";
  return fn === "std" ? "moments" : fn;
}

/** The part and the whole when the node is where(whole > 0, part / whole, 0). */
function shareIn({ condition, x, y }: Extract<Node, { op: "where" }>): readonly [Node, Node] | null {
  const isZero = (node: Node): boolean => node.op === "constant" && node.value === 0;
  if (condition.op !== "binary" || condition.fn !== "gt" || !isZero(condition.y) || !isZero(y)) return null;
  if (x.op !== "binary" || x.fn !== "div" || JSON.stringify(x.y) !== JSON.stringify(condition.x)) return null;
  return [x.x, x.y];
}

/** True when the blocks are kept relative to a value in them, which the window must then read too. */
function anchored(fn: BlockFn): boolean {
  return fn === "std" || fn === "skew" || fn === "slope";
}

/** Steps with memory of their own, or that other instruments look at. */
const ALWAYS: ReadonlySet<StepKind["op"]> = new Set(["input", "blocks", "sorted", "smooth", "fold", "across", "peer"]);

/** Steps are in topological order, so walking back sees all users of a step before the step itself. */
function markHistory(steps: readonly Step[], outputs: readonly Operand[]): void {
  for (const { step, lag } of outputs) need(steps[step] as Step, lag);
  for (let s = steps.length - 1; s >= 0; s--) {
    const step = steps[s] as Step;
    const { op } = step.kind;
    if (ALWAYS.has(op) || step.history > 0) step.fold = true;
    let ahead = 0;
    if (step.kind.op === "blocks") ahead = 2 * step.kind.size - 1;
    else if (step.kind.op === "sorted") ahead = step.kind.bars;
    else if (step.kind.op === "window" || step.kind.op === "statistic") ahead = step.kind.bars - 1;
    for (const operand of step.operands) {
      const source = steps[operand.step] as Step;
      if (source.kind.op !== "blocks" && source.kind.op !== "sorted" && source.kind.op !== "fold") need(source, operand.lag + ahead);
      if (step.fold) source.fold = true;
    }
  }
}

function need(step: Step, lag: number): void {
  if (lag > step.history) step.history = lag;
}
