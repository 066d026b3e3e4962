// The physical dimension of an expression, price^p x volume^v. A split multiplies such a value by ratio^(v - p), and a value with
// p or v other than 0 is a level: on adjusted data it holds the future (later splits and dividends), so it may not be used there.
import { TruewindError } from "#base/errors.js";
import type { CrossNode, Node } from "./node.js";
import { isCross } from "./node.js";

export interface Dimension {
  readonly price: number;
  readonly volume: number;
}

const none: Dimension = { price: 0, volume: 0 };

/** Throws `bad-config` when unlike things are added or compared, or a logarithm or root is taken of a level. */
export function dimensionOf(node: Node): Dimension {
  switch (node.op) {
    case "input":
      if (node.name === "volume") return { price: 0, volume: 1 };
      return node.name === "dayOfWeek" ? none : { price: 1, volume: 0 };
    case "constant":
      return none;
    case "unary": {
      const x = dimensionOf(node.x);
      if (node.fn === "sign") return none;
      if ((node.fn === "log" || node.fn === "sqrt") && !isPure(x)) throw unlike(`${node.fn} of`, x, none);
      return x;
    }
    case "binary":
      return binaryDimension(node);
    case "where":
      dimensionOf(node.condition);
      return common("where", node.x, node.y);
    case "window":
      return node.fn === "skew" ? (dimensionOf(node.x), none) : dimensionOf(node.x);
    case "covariance": {
      const x = dimensionOf(node.x);
      const y = dimensionOf(node.y);
      return { price: x.price + y.price, volume: x.volume + y.volume };
    }
    case "lag":
    case "smooth":
      return dimensionOf(node.x);
    default:
      return node satisfies never;
  }
}

/** True when a constant rescaling of prices or volumes changes the value, or what it is ranked by. */
export function isLevel(node: Node | CrossNode): boolean {
  return !isPure(dimensionOf(isCross(node) ? node.x : node));
}

/** A split with ratio r multiplies the value by r to this power. */
export function splitExponent({ price, volume }: Dimension): number {
  return volume - price;
}

function binaryDimension(node: Extract<Node, { op: "binary" }>): Dimension {
  if (node.fn === "mul" || node.fn === "div") {
    const x = dimensionOf(node.x);
    const y = dimensionOf(node.y);
    const sign = node.fn === "mul" ? 1 : -1;
    return { price: x.price + sign * y.price, volume: x.volume + sign * y.volume };
  }
  const shared = common(node.fn, node.x, node.y);
  return node.fn === "gt" ? none : shared;
}

function common(what: string, x: Node, y: Node): Dimension {
  const a = dimensionOf(x);
  const b = dimensionOf(y);
  if (isZero(y)) return a;
  if (isZero(x)) return b;
  if (a.price !== b.price || a.volume !== b.volume) throw unlike(what, a, b);
  return a;
}

function isZero(node: Node): boolean {
  return node.op === "constant" && node.value === 0;
}

function isPure({ price, volume }: Dimension): boolean {
  return price === 0 && volume === 0;
}

function unlike(what: string, a: Dimension, b: Dimension): TruewindError {
  const name = (d: Dimension): string => `price^${d.price} volume^${d.volume}`;
  return new TruewindError("bad-config", `A feature expression is dimensionally wrong: ${what} needs ${name(b)} where it has ${name(a)}.`);
}
