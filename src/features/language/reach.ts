// How far back an expression looks: bars without a value, and bars until its first bar has stopped mattering.
import { folds } from "#features/folds/table.js";
import { acrosses } from "#features/statistics/across.js";
import { type CrossNode, type Node, operandsOf } from "./node.js";

export interface Reach {
  /** Bars of an instrument before the first value (0 for `close`, 20 for `close.lag(20)`), when no input is missing. */
  readonly warmup: number;
  /** Bars after which the bars before the first one change nothing: equal bits when windowed, < 1e-10 of them left when recursive. */
  readonly memory: number;
  readonly kind: "windowed" | "recursive";
  /** True when other instruments' bars of the same moment take part. */
  readonly joint: boolean;
}

const FORGOTTEN = 1e-10;

/** Formulas share parts: what was found of a part is kept for as long as the part lives. */
const found = new WeakMap<Node | CrossNode, Reach>();

export function reachOf(node: Node | CrossNode): Reach {
  const kept = found.get(node) ?? reachFrom(node);
  found.set(node, kept);
  return kept;
}

function reachFrom(node: Node | CrossNode): Reach {
  const x = widest(operandsOf(node).map(reachOf));
  switch (node.op) {
    case "input":
    case "constant":
    case "unary":
    case "rank":
    case "zscore":
    case "where":
      return x;
    case "binary":
      // Where the first is not known yet, the second stands in for it.
      return node.fn === "or" ? { ...x, warmup: Math.min(reachOf(node.x).warmup, reachOf(node.y).warmup) } : x;
    case "lag":
      return longer(x, node.bars);
    case "window":
    case "covariance":
    case "statistic":
      return longer(x, node.bars - 1);
    case "smooth": {
      const fade = node.bars + Math.ceil(Math.log(FORGOTTEN) / Math.log1p(-node.alpha));
      return { ...x, warmup: x.warmup + node.bars - 1, memory: x.memory + fade, kind: "recursive" };
    }
    case "fold": {
      const fold = folds[node.fn];
      const warmup = x.warmup + fold.warmup(node.params, node.output);
      return { ...x, warmup, memory: x.memory + fold.memory(node.params), kind: "recursive" };
    }
    case "across": {
      const across = acrosses[node.fn];
      const remembers = across.cells(node.params) > 0;
      return {
        warmup: x.warmup + across.warmup(node.params),
        memory: x.memory + across.memory(node.params),
        kind: remembers ? "recursive" : x.kind,
        joint: true,
      };
    }
    case "peer":
      return { ...x, joint: true };
    default:
      return node satisfies never;
  }
}

function longer(reach: Reach, bars: number): Reach {
  return { ...reach, warmup: reach.warmup + bars, memory: reach.memory + bars };
}

function widest(all: readonly Reach[]): Reach {
  return {
    warmup: Math.max(0, ...all.map((r) => r.warmup)),
    memory: Math.max(0, ...all.map((r) => r.memory)),
    kind: all.some((r) => r.kind === "recursive") ? "recursive" : "windowed",
    joint: all.some((r) => r.joint),
  };
}
