// From expressions to a program: equal sub-expressions once, in an order in which every operand comes before its user.
// A lag is no step of its own: an operand says how many bars back it is read, and its source keeps that much history.
import type { BinaryFn, InputName, Node, UnaryFn, WindowFn } from "#features/language/node.js";
import { dimensionOf, splitExponent } from "#features/language/dimension.js";

export interface Operand {
  /** Index of the step that makes the value. */
  readonly step: number;
  /** Bars back. */
  readonly lag: number;
}

/** What a kind of block keeps; each is shared by all windows over the same values with the same block size. */
export type BlockKind = "sum" | "max" | "min" | "moments" | "skew" | "slope" | "covariance";

export type StepKind =
  | { readonly op: "input"; readonly name: InputName }
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "unary"; readonly fn: UnaryFn }
  | { readonly op: "binary"; readonly fn: BinaryFn }
  | { readonly op: "where" }
  | { readonly op: "blocks"; readonly kind: BlockKind; readonly size: number }
  | { readonly op: "window"; readonly fn: WindowFn | "covariance"; readonly bars: number }
  | { readonly op: "smooth"; readonly bars: number; readonly alpha: number };

export interface Step {
  readonly kind: StepKind;
  readonly operands: readonly Operand[];
  /** A split multiplies the value (of blocks: the first operand's value) by ratio to this power. */
  readonly splitExponent: number;
  /** Largest number of bars back at which anybody reads it. */
  history: number;
  /** True when it must run at every bar because later bars depend on it; else it runs only when a frame is wanted. */
  fold: boolean;
}

export interface Program {
  readonly steps: readonly Step[];
  /** One per expression, in their order. */
  readonly outputs: readonly Operand[];
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
      steps.push({ kind, operands, splitExponent: exponent, history: 0, fold: false });
      known.set(key, step);
    }
    return { step, lag: 0 };
  };

  const lower = (node: Node): Operand => {
    const exponent = splitExponent(dimensionOf(node));
    switch (node.op) {
      case "input":
        return intern({ op: "input", name: node.name }, [], exponent);
      case "constant":
        return intern({ op: "constant", value: node.value }, [], exponent);
      case "unary":
        return intern({ op: "unary", fn: node.fn }, [lower(node.x)], exponent);
      case "binary":
        return intern({ op: "binary", fn: node.fn }, [lower(node.x), lower(node.y)], exponent);
      case "where":
        return intern({ op: "where" }, [lower(node.condition), lower(node.x), lower(node.y)], exponent);
      case "lag": {
        const x = lower(node.x);
        return (steps[x.step] as Step).kind.op === "constant" ? x : { step: x.step, lag: x.lag + node.bars };
      }
      case "window": {
        const x = lower(node.x);
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
      default:
        return node satisfies never;
    }
  };

  const outputs = expressions.map(lower);
  markHistory(steps, outputs);
  return { steps, outputs };
}

/** Bars per block for a window of `bars`: a power of two with 2 x size <= bars < 4 x size. */
export function blockSize(bars: number): number {
  // Not 2 ** n, nor log2: what comes from a power is no small integer to the runtime, and all addresses would be floats from there on.
  return 1 << (30 - Math.clz32(bars));
}

function blockKind(fn: WindowFn): BlockKind {
  if (fn === "mean") return "sum";
  return fn === "std" ? "moments" : fn;
}

/** True when the blocks are kept relative to a value in them, which the window must then read too. */
function anchored(fn: WindowFn): boolean {
  return fn === "std" || fn === "skew" || fn === "slope";
}

/** Steps are in topological order, so walking back sees all users of a step before the step itself. */
function markHistory(steps: readonly Step[], outputs: readonly Operand[]): void {
  for (const { step, lag } of outputs) need(steps[step] as Step, lag);
  for (let s = steps.length - 1; s >= 0; s--) {
    const step = steps[s] as Step;
    const { op } = step.kind;
    if (op === "input" || op === "blocks" || op === "smooth" || step.history > 0) step.fold = true;
    let ahead = 0;
    if (step.kind.op === "blocks") ahead = 2 * step.kind.size - 1;
    else if (step.kind.op === "window") ahead = step.kind.bars - 1;
    for (const operand of step.operands) {
      const source = steps[operand.step] as Step;
      if (source.kind.op !== "blocks") need(source, operand.lag + ahead);
      if (step.fold) source.fold = true;
    }
  }
}

function need(step: Step, lag: number): void {
  if (lag > step.history) step.history = lag;
}
