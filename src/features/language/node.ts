// An expression as plain data: what a feature means, with no state and no code. It can be hashed, stored and sent to a worker.
// Nodes are built by `Series` (series.ts); nothing here checks them.

/** What a bar offers. `dayOfWeek`: UTC weekday on which the bar opened, Monday 1 to Sunday 7. */
export type InputName = "open" | "high" | "low" | "close" | "volume" | "dayOfWeek";

export type UnaryFn = "neg" | "abs" | "sign" | "log" | "sqrt";
/** `gt` gives 1 or 0, NaN where a side is not known. */
export type BinaryFn = "add" | "sub" | "mul" | "div" | "min" | "max" | "gt";
export type WindowFn = "sum" | "mean" | "max" | "min" | "std" | "skew" | "slope";

/** A value per instrument and bar. */
export type Node =
  | { readonly op: "input"; readonly name: InputName }
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "unary"; readonly fn: UnaryFn; readonly x: Node }
  | { readonly op: "binary"; readonly fn: BinaryFn; readonly x: Node; readonly y: Node }
  | { readonly op: "where"; readonly condition: Node; readonly x: Node; readonly y: Node }
  | { readonly op: "lag"; readonly x: Node; readonly bars: number }
  | { readonly op: "window"; readonly fn: WindowFn; readonly x: Node; readonly bars: number }
  | { readonly op: "covariance"; readonly x: Node; readonly y: Node; readonly bars: number }
  | { readonly op: "smooth"; readonly x: Node; readonly bars: number; readonly alpha: number };

/** A value per instrument and decision moment, taken over the members of the universe. */
export interface CrossNode {
  readonly op: "rank" | "zscore";
  readonly x: Node;
}

export function isCross(node: Node | CrossNode): node is CrossNode {
  return node.op === "rank" || node.op === "zscore";
}
