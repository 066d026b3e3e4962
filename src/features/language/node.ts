// An expression as plain data: what a feature means, with no state and no code. It can be hashed, stored and sent to a worker.
// Nodes are built by `Series` and the functions beside it; nothing here checks them.
import type { FoldName } from "#features/folds/table.js";
import type { InputSource } from "#features/inputs/source.js";
import type { AcrossName } from "#features/statistics/across.js";
import type { StatisticName } from "#features/statistics/table.js";

export type UnaryFn = "neg" | "abs" | "sign" | "log" | "sqrt" | "exp" | "tanh" | "atan" | "floor" | "known";
/** `gt` gives 1 or 0, NaN where a side is not known; `or` gives the second where the first is not known. */
export type BinaryFn = "add" | "sub" | "mul" | "div" | "min" | "max" | "gt" | "or";
export type WindowFn = "sum" | "mean" | "max" | "min" | "std" | "skew" | "slope";

/** A value per instrument and bar. */
export type Node =
  | { readonly op: "input"; readonly source: InputSource }
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "unary"; readonly fn: UnaryFn; readonly x: Node }
  | { readonly op: "binary"; readonly fn: BinaryFn; readonly x: Node; readonly y: Node }
  | { readonly op: "where"; readonly condition: Node; readonly x: Node; readonly y: Node }
  | { readonly op: "lag"; readonly x: Node; readonly bars: number }
  | { readonly op: "window"; readonly fn: WindowFn; readonly x: Node; readonly bars: number }
  | { readonly op: "covariance"; readonly x: Node; readonly y: Node; readonly bars: number }
  | { readonly op: "smooth"; readonly x: Node; readonly bars: number; readonly alpha: number }
  /** A function of the last `bars` values of one or two series. */
  | {
      readonly op: "statistic";
      readonly fn: StatisticName;
      readonly xs: readonly Node[];
      readonly bars: number;
      readonly params: readonly number[];
    }
  /** One output of a recursive function with a fixed number of memory cells. */
  | {
      readonly op: "fold";
      readonly fn: FoldName;
      readonly xs: readonly Node[];
      readonly params: readonly number[];
      readonly output: number;
    }
  /** A function of `x` over all tradable instruments with a bar that ended at the same moment, or over those of the own sector. */
  | {
      readonly op: "across";
      readonly fn: AcrossName;
      readonly x: Node;
      readonly within: "universe" | "sector";
      readonly params: readonly number[];
    }
  /** `x` of the instrument that has this role, where its bar ended at the same moment; NaN elsewhere. */
  | { readonly op: "peer"; readonly role: PeerRole; readonly x: Node };

/** Reference instruments that a run may name. */
export const peerRoles = ["market", "bonds", "gold", "oil", "dollar", "volatility", "small", "growth", "emerging", "credit"] as const;
export type PeerRole = (typeof peerRoles)[number];

/** A value per instrument and decision moment, taken over the members of the universe. */
export interface CrossNode {
  readonly op: "rank" | "zscore";
  readonly x: Node;
}

export function isCross(node: Node | CrossNode): node is CrossNode {
  return node.op === "rank" || node.op === "zscore";
}

/** The operands of a node, in order. */
export function operandsOf(node: Node | CrossNode): readonly Node[] {
  switch (node.op) {
    case "input":
    case "constant":
      return [];
    case "unary":
    case "lag":
    case "window":
    case "smooth":
    case "across":
    case "peer":
    case "rank":
    case "zscore":
      return [node.x];
    case "binary":
    case "covariance":
      return [node.x, node.y];
    case "where":
      return [node.condition, node.x, node.y];
    case "statistic":
    case "fold":
      return node.xs;
    default:
      return node satisfies never;
  }
}

/** The node with other operands. */
export function mapOperands(node: Node, change: (operand: Node) => Node): Node {
  switch (node.op) {
    case "input":
    case "constant":
      return node;
    case "unary":
    case "lag":
    case "window":
    case "smooth":
    case "across":
    case "peer":
      return { ...node, x: change(node.x) };
    case "binary":
    case "covariance":
      return { ...node, x: change(node.x), y: change(node.y) };
    case "where":
      return { ...node, condition: change(node.condition), x: change(node.x), y: change(node.y) };
    case "statistic":
    case "fold":
      return { ...node, xs: node.xs.map(change) };
    default:
      return node satisfies never;
  }
}
