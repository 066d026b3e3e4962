// The physical dimension of an expression, price^p x volume^v. A split multiplies such a value by ratio^(v - p), and a value with
// p or v other than 0 is a level: on adjusted data it holds the future (later splits and dividends), so it may not be used there.
import { TruewindError } from "#base/errors.js";
import { calendarColumns } from "#features/inputs/calendar.js";
import { type Dimension, PRICE, PURE, splitExponent, VOLUME } from "#features/inputs/columns.js";
import type { InputSource } from "#features/inputs/source.js";
import { tapeByName } from "#features/inputs/tapes.js";
import { folds } from "#features/folds/table.js";
import { statistics } from "#features/statistics/table.js";
import { type CrossNode, isCross, mapOperands, type Node, operandsOf } from "./node.js";

/** Formulas share parts: what was found of a part is kept for as long as the part lives. */
const found = new WeakMap<Node, Dimension>();

/** Throws `bad-config` when unlike things are added or compared, a logarithm or root is taken of a level, or an input does not exist. */
export function dimensionOf(node: Node): Dimension {
  const kept = found.get(node) ?? dimensionFrom(node);
  found.set(node, kept);
  return kept;
}

function dimensionFrom(node: Node): Dimension {
  switch (node.op) {
    case "input":
      return inputDimension(node.source);
    case "constant":
      return PURE;
    case "unary": {
      const x = dimensionOf(node.x);
      if (node.fn === "sign" || node.fn === "known") return PURE;
      if (node.fn !== "neg" && node.fn !== "abs" && !isPure(x)) throw unlike(`${node.fn} of`, x, PURE);
      return x;
    }
    case "binary":
      return binaryDimension(node);
    case "where":
      dimensionOf(node.condition);
      return common("where", node.x, node.y);
    case "window":
      return node.fn === "skew" ? (dimensionOf(node.x), PURE) : dimensionOf(node.x);
    case "covariance":
      return product([dimensionOf(node.x), dimensionOf(node.y)], [1, 1]);
    case "statistic":
      return product(node.xs.map(dimensionOf), statistics[node.fn].powers);
    case "fold":
      return product(node.xs.map(dimensionOf), folds[node.fn].outputs[node.output] as readonly number[]);
    case "across":
    case "peer": {
      const x = dimensionOf(node.x);
      if (!isPure(x)) throw unlike(node.op === "peer" ? "the value of another instrument" : "a value over instruments", x, PURE);
      return PURE;
    }
    case "lag":
    case "smooth":
      return dimensionOf(node.x);
    default:
      return node satisfies never;
  }
}

/**
 * True when a constant rescaling of prices or volumes changes the value, or what it is ranked by; and when it sets facts in prices or
 * shares beside the market's, which adjusted prices no longer fit: what a split rescales (earnings per share), and money against turnover.
 */
export function isLevel(node: Node | CrossNode): boolean {
  const own = isCross(node) ? node.x : node;
  if (!isPure(dimensionOf(own))) return true;
  return holdsFacts(own) && (holdsSplitFacts(own) || !isPureWithoutFacts(own));
}

/** True when the market's own prices and volumes cancel out, facts aside: a ratio of two facts in money is no level. */
function isPureWithoutFacts(node: Node): boolean {
  try {
    return isPure(dimensionOf(withoutFactDimensions(node)));
  } catch (error) {
    // Facts and market are added or compared, which only their common dimension allows.
    if (error instanceof TruewindError) return false;
    throw error;
  }
}

/** The same formula with facts that have no dimension. */
function withoutFactDimensions(node: Node): Node {
  if (node.op !== "input") return mapOperands(node, withoutFactDimensions);
  return node.source.kind === "fact" ? { ...node, source: { ...node.source, dimension: PURE } } : node;
}

function holdsFacts(node: Node): boolean {
  return node.op === "input" ? node.source.kind === "fact" : operandsOf(node).some(holdsFacts);
}

function holdsSplitFacts(node: Node): boolean {
  if (node.op === "input") return node.source.kind === "fact" && splitExponent(inputDimension(node.source)) !== 0;
  return operandsOf(node).some(holdsSplitFacts);
}

function inputDimension(source: InputSource): Dimension {
  switch (source.kind) {
    case "bar":
      return source.name === "volume" ? VOLUME : PRICE;
    case "calendar":
      if (!calendarColumns.has(source.name)) throw new TruewindError("bad-config", `There is no calendar input "${source.name}".`);
      return PURE;
    case "tape": {
      const found = tapeByName(source.tape)?.columns[source.column];
      if (found === undefined) throw new TruewindError("bad-config", `There is no input "${source.tape}.${source.column}".`);
      return found;
    }
    case "fact":
      if (source.show === "age" || source.show === "count") return PURE;
      return source.show === "squares" ? product([source.dimension], [2]) : source.dimension;
    default:
      return source satisfies never;
  }
}

/** Product of dimensions to powers. */
export function product(dimensions: readonly Dimension[], powers: readonly number[]): Dimension {
  let [price, volume] = [0, 0];
  dimensions.forEach((d, k) => {
    price += d.price * (powers[k] ?? 0);
    volume += d.volume * (powers[k] ?? 0);
  });
  return { price, volume };
}

function binaryDimension(node: Extract<Node, { op: "binary" }>): Dimension {
  if (node.fn === "mul" || node.fn === "div") {
    return product([dimensionOf(node.x), dimensionOf(node.y)], [1, node.fn === "mul" ? 1 : -1]);
  }
  const shared = common(node.fn, node.x, node.y);
  return node.fn === "gt" ? PURE : shared;
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
