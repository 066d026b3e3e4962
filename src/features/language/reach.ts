// How far back an expression looks: bars without a value, and bars until its first bar has stopped mattering.
import type { CrossNode, Node } from "./node.js";

export interface Reach {
  /** Bars of an instrument before the first value (0 for `close`, 20 for `close.lag(20)`), when no input is missing. */
  readonly warmup: number;
  /** Bars after which the bars before the first one change nothing: equal bits when windowed, < 1e-10 of them left when recursive. */
  readonly memory: number;
  readonly kind: "windowed" | "recursive";
}

const FORGOTTEN = 1e-10;

export function reachOf(node: Node | CrossNode): Reach {
  switch (node.op) {
    case "input":
    case "constant":
      return { warmup: 0, memory: 0, kind: "windowed" };
    case "unary":
    case "rank":
    case "zscore":
      return reachOf(node.x);
    case "binary":
      return widest(reachOf(node.x), reachOf(node.y));
    case "where":
      return widest(reachOf(node.condition), reachOf(node.x), reachOf(node.y));
    case "lag":
      return longer(reachOf(node.x), node.bars);
    case "window":
      return longer(reachOf(node.x), node.bars - 1);
    case "covariance":
      return longer(widest(reachOf(node.x), reachOf(node.y)), node.bars - 1);
    case "smooth": {
      const x = reachOf(node.x);
      const fade = node.bars + Math.ceil(Math.log(FORGOTTEN) / Math.log1p(-node.alpha));
      return { warmup: x.warmup + node.bars - 1, memory: x.memory + fade, kind: "recursive" };
    }
    default:
      return node satisfies never;
  }
}

function longer(reach: Reach, bars: number): Reach {
  return { warmup: reach.warmup + bars, memory: reach.memory + bars, kind: reach.kind };
}

function widest(...all: readonly Reach[]): Reach {
  return {
    warmup: Math.max(...all.map((r) => r.warmup)),
    memory: Math.max(...all.map((r) => r.memory)),
    kind: all.some((r) => r.kind === "recursive") ? "recursive" : "windowed",
  };
}
